"""A case passes on to another worker; two cases of one person are joined."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases import policies
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.models import (
    Falluebergabe,
    Fallverknuepfung,
    FreigabeArt,
    Hilfefall,
)
from tenant_apps.cases.selectors import list_rollen, list_teams, list_verknuepfte
from tenant_apps.cases.services.freigabe import (
    FALSCHE_ROLLE,
    NICHT_IHR_FALL,
    check_disposable,
    check_grund,
    close_freigabe,
    record_benennung,
)

NICHTS_UEBERGEBEN = "Es wurde keiner übergeben. Bitte öffnen Sie die Liste neu."
NICHT_VERKNUEPFBAR = "Verknüpfen lassen sich nur zwei Fälle derselben Person, die Sie beide führen oder leiten."


@transaction.atomic
def transfer_hilfefall(*, akteur: Akteur, hilfefall: Hilfefall, neue_fachkraft_id: UUID, grund: str) -> Hilfefall:
    """Hand the case over. From then on the old worker sees nothing of it: searches, reservations and bookings pass on
    with it. Whoever disposes of it may, and of a case without anybody, or from the night, its lead
    (`policies.assignable_hilfefaelle`).

    What was entrusted to her stays hers (§ 65). In a sealed case the new worker is named in place of the old one.
    """
    grund = check_grund(grund)
    mine = policies.assignable_hilfefaelle(akteur).select_for_update(of=("self",), no_key=True)
    found = mine.filter(pk=hilfefall.pk).first()
    if found is None:
        raise Verweigert(NICHT_IHR_FALL)
    hilfefall = found
    alte_id = hilfefall.fachkraft_id
    if neue_fachkraft_id == alte_id:
        raise RegelVerletzt("Diese Person führt den Fall schon.", feld="person")
    if not list_rollen(neue_fachkraft_id) & policies.takers(hilfefall):
        raise RegelVerletzt(FALSCHE_ROLLE, feld="person")
    if hilfefall.gesperrt:
        record_benennung(akteur=akteur, hilfefall=hilfefall, user_id=neue_fachkraft_id, grund=grund)
    teams = list_teams(neue_fachkraft_id)
    hilfefall.fachkraft_id, hilfefall.uebernahme_offen = neue_fachkraft_id, False
    if hilfefall.team not in teams:
        hilfefall.team = teams[0] if teams else ""
    hilfefall.save(update_fields=["fachkraft", "team", "uebernahme_offen"])
    Falluebergabe.objects.create(
        hilfefall=hilfefall, alte_fachkraft_id=alte_id, neue_fachkraft_id=neue_fachkraft_id, grund=grund[:500],
        erteilt_von_id=akteur.user_id,
    )  # fmt: skip
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.FALL_UEBERGEBEN, objekt=hilfefall,
        felder=("fachkraft", "team"), grund=grund[:200],
    )  # fmt: skip
    laufend = hilfefall.freigaben.filter(beendet_at__isnull=True)
    for freigabe in laufend.filter(user_id=neue_fachkraft_id, art=FreigabeArt.MITARBEIT):
        close_freigabe(akteur=akteur, freigabe=freigabe)
    # Last: with her name the old worker's own sight ends, in the database too.
    for freigabe in laufend.filter(user_id=alte_id, art=FreigabeArt.SPERRFALL):
        close_freigabe(akteur=akteur, freigabe=freigabe)
    return hilfefall


@transaction.atomic
def transfer_hilfefaelle(
    *, akteur: Akteur, hilfefall_ids: Iterable[UUID], neue_fachkraft_id: UUID, grund: str
) -> list[Hilfefall]:
    """Hand several cases over to one worker, all of them or none; each is recorded as if it were the only one.

    Raises as `transfer_hilfefall`, `RegelVerletzt` (field faelle) when none is named. Locked in one order, so that two
    people who hand over the same cases wait for each other.
    """
    ids = sorted(set(hilfefall_ids))
    if not ids:
        raise RegelVerletzt("Bitte wählen Sie mindestens einen Fall.", feld="faelle")
    faelle = {fall.pk: fall for fall in policies.assignable_hilfefaelle(akteur).filter(pk__in=ids)}
    if len(faelle) < len(ids):
        raise Verweigert(f"Mindestens einen dieser Fälle können Sie nicht mehr übergeben. {NICHTS_UEBERGEBEN}")
    return [
        transfer_hilfefall(akteur=akteur, hilfefall=faelle[pk], neue_fachkraft_id=neue_fachkraft_id, grund=grund)
        for pk in ids
    ]


@transaction.atomic
def link_hilfefaelle(*, akteur: Akteur, hilfefall: Hilfefall, anderer: Hilfefall, grund: str) -> Fallverknuepfung:
    """Join two cases of one young person (§ 63 Abs. 2): each then shows number, task and worker of the other."""
    grund = check_grund(grund)
    if not policies.may_link_faelle(akteur):
        raise Verweigert(NICHT_VERKNUEPFBAR)
    hilfefall, anderer = check_disposable(akteur, hilfefall), check_disposable(akteur, anderer)
    if hilfefall.pk == anderer.pk or hilfefall.klient_id != anderer.klient_id:
        raise RegelVerletzt(NICHT_VERKNUEPFBAR, feld="anderer")
    if anderer.pk in {fall.pk for fall in list_verknuepfte(hilfefall)}:
        raise Konflikt("Diese beiden Fälle sind schon verknüpft.")
    paar = Fallverknuepfung.objects.create(
        hilfefall=hilfefall, verbunden=anderer, grund=grund[:500], erteilt_von_id=akteur.user_id
    )
    for fall in (hilfefall, anderer):
        record_access(
            akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.FALL_VERKNUEPFEN, objekt=fall, grund=grund[:200]
        )
    return paar
