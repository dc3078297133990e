"""Setting a value from a day on, and confirming it as the second person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db import IntegrityError, connection, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.policies import check_autor
from shared_apps.accounts.postfach import list_eigene_konten
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.core.gelesen import Gelesen
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.vorgaben.enums import Vorgang
from tenant_apps.vorgaben.katalog import Vorgabe
from tenant_apps.vorgaben.models import Vorgabebestaetigung, Vorgabewert
from tenant_apps.vorgaben.policies import may_grant_vorgabewert, may_update_vorgabe
from tenant_apps.vorgaben.selectors import describe_zuletzt, get_ersten_tag, is_zuletzt, list_wartende
from tenants.context import require_schema
from tenants.db.locks import PairLock

NICHT_MEHR = (
    "Dieser Vorschlag lässt sich nicht mehr bestätigen: Er ist schon bestätigt, sein Tag ist vorbei, oder es gibt"
    " einen neueren."
)


def _lock(code: str) -> None:
    """Who sets or confirms this setting does so alone. The office's role may not lock a row that it may not alter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PairLock.VORGABE, f"{require_schema()}.{code}"]
        )


@transaction.atomic
def create_vorgabewert(
    *,
    akteur: Akteur,
    vorgabe: Vorgabe[Any],
    wert: Any,
    gueltig_ab: date,
    grund: str,
    gelesen: Gelesen | None = None,
) -> Vorgabewert:
    """Set a value from a day on. One that takes two people holds once the second has confirmed it.

    `Verweigert` for other roles, `RegelVerletzt` (wert, gueltig_ab, grund). `Veraltet` when somebody has set, proposed
    or confirmed another value since the page was read (`gelesen`; None: no page was).
    """
    if not may_update_vorgabe(akteur, vorgabe):
        raise Verweigert("Diese Vorgabe dürfen Sie mit Ihrer Rolle nicht ändern.")
    try:
        wert = vorgabe.field().clean(wert)
    except forms.ValidationError as error:
        raise RegelVerletzt(error.messages[0], feld="wert") from error
    if gueltig_ab < get_ersten_tag():
        raise RegelVerletzt("Eine Vorgabe gilt frühestens ab heute: Was war, bleibt.", feld="gueltig_ab")
    if not grund.strip():
        raise RegelVerletzt("Bitte nennen Sie den Grund.", feld="grund")
    _lock(vorgabe.code)
    zuletzt = describe_zuletzt(vorgabe)
    if gelesen is not None and zuletzt and not is_zuletzt(vorgabe, wert, gueltig_ab):
        gelesen.check(jetzt={"wert": zuletzt}, neu={"wert": wert})
    zeile = Vorgabewert.objects.create(
        vorgabe=vorgabe.code,
        gueltig_ab=gueltig_ab,
        wert=wert,
        grund=grund.strip()[:500],
        user_id=akteur.user_id,
        user_name=akteur.name[:220],
    )
    record_access(
        akteur=akteur,
        aktion=Aktion.ANLEGEN,
        vorgang=Vorgang.VORGABE_FESTLEGEN,
        objekt=zeile,
        felder=["wert", "gueltig_ab"],
        grund=grund.strip(),
    )
    return zeile


@transaction.atomic
def grant_vorgabewert(*, akteur: Akteur, wert: Vorgabewert) -> Vorgabebestaetigung:
    """Confirm as the second person. `Verweigert` for whoever set it, `Konflikt` when it is over or confirmed."""
    if not may_grant_vorgabewert(akteur, wert, list_eigene_konten()):
        raise Verweigert("Eine zweite Person bestätigt, die diese Vorgabe auch festlegen darf.")
    _lock(wert.vorgabe)
    check_autor(wert.user_id)
    if not list_wartende().filter(pk=wert.pk).exists():
        raise Konflikt(NICHT_MEHR)
    try:
        with transaction.atomic():
            bestaetigung = Vorgabebestaetigung.objects.create(
                vorgabewert=wert, user_id=akteur.user_id, user_name=akteur.name[:220]
            )
    except IntegrityError as error:
        raise Konflikt(NICHT_MEHR) from error
    record_access(akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.VORGABE_BESTAETIGEN, objekt=bestaetigung)
    return bestaetigung
