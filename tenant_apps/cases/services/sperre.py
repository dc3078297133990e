"""Sperrfall (§ 35 Abs. 1 SGB I): a case that only named persons know of."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import Fehlt, Konflikt, RegelVerletzt, Verweigert
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases import policies
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.models import FreigabeArt, Hilfefall
from tenant_apps.cases.selectors import list_rollen
from tenant_apps.cases.services.freigabe import (
    FALSCHE_ROLLE,
    NICHT_IHR_FALL,
    check_disposable,
    check_grund,
    close_freigabe,
    record_benennung,
)
from tenant_apps.cases.services.klient import lock_klient

SCHON_GESPERRT = "Dieser Fall ist schon gesperrt."
NICHT_GESPERRT = "Dieser Fall ist nicht gesperrt."
NUMMER_DOPPELT = (
    "Solange der Fall gesperrt war, ist seine PKZ oder Fallnummer ein zweites Mal vergeben worden."
    " Bitte ändern Sie sie, bevor Sie die Sperre aufheben."
)


@transaction.atomic
def seal_hilfefall(*, akteur: Akteur, hilfefall: Hilfefall, benannte: Iterable[UUID], grund: str) -> Hilfefall:
    """Hide the case from everybody but `benannte`, the acting person and the worker in charge.

    The database hides the young person with it as soon as all her cases are sealed (trigger `cases_person_folgt`).
    The names come first: from the moment of sealing it shows the rows to nobody else.
    """
    grund = check_grund(grund)
    hilfefall = _lock(akteur, hilfefall)
    if hilfefall.gesperrt:
        raise Konflikt(SCHON_GESPERRT)
    erlaubt = policies.nameable(hilfefall)
    andere = set(benannte) - {akteur.user_id, hilfefall.fachkraft_id}
    for user_id in sorted(andere):
        if not list_rollen(user_id) & erlaubt:
            raise RegelVerletzt(FALSCHE_ROLLE, feld="benannte")
    for user_id in sorted({*andere, akteur.user_id, hilfefall.fachkraft_id}):
        record_benennung(akteur=akteur, hilfefall=hilfefall, user_id=user_id, grund=grund)
    hilfefall.gesperrt = True
    hilfefall.save(update_fields=["gesperrt"])
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.FALL_SPERREN, objekt=hilfefall, felder=("gesperrt",),
        grund=grund[:200],
    )  # fmt: skip
    return hilfefall


def _lock(akteur: Akteur, hilfefall: Hilfefall) -> Hilfefall:
    """The case as it is now, and before it the person: two who seal or unseal a case of hers each see what the other
    one did, and one of them hides or shows her."""
    try:
        lock_klient(hilfefall.klient_id)
    except Fehlt as error:
        raise Verweigert(NICHT_IHR_FALL) from error
    return check_disposable(akteur, hilfefall)


@transaction.atomic
def unseal_hilfefall(*, akteur: Akteur, hilfefall: Hilfefall, grund: str) -> Hilfefall:
    """Show the case again to those who see it by the ordinary rules. Only a named person reaches it at all."""
    grund = check_grund(grund)
    hilfefall = _lock(akteur, hilfefall)
    if not hilfefall.gesperrt:
        raise Konflikt(NICHT_GESPERRT)
    hilfefall.gesperrt = False
    try:
        with transaction.atomic():
            hilfefall.save(update_fields=["gesperrt"])
    except IntegrityError as error:
        raise Konflikt(NUMMER_DOPPELT) from error
    for freigabe in hilfefall.freigaben.filter(art=FreigabeArt.SPERRFALL, beendet_at__isnull=True):
        close_freigabe(akteur=akteur, freigabe=freigabe)
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.FALL_ENTSPERREN, objekt=hilfefall, felder=("gesperrt",),
        grund=grund[:200],
    )  # fmt: skip
    return hilfefall
