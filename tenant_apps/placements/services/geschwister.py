"""Brothers and sisters: a place for each of them in one facility, or none at all (ADR 0084).

Order of what others may wait for: all persons, all cases, each by id; the chain of the Auswahlvermerke; all searches of
these persons; the facility, so that no two such
acts hold a place that the other one waits for; all places, by offer; then the rest, as in `reserve`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import KeinPlatzFrei, RegelVerletzt
from tenant_apps.cases.services.klient import lock_hilfefall, lock_klient
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.search.selectors.treffer import Sortierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import (
    bind_vorhaben,
    check_reservierung,
    compute_ablauf,
    create_reservierung,
)
from tenant_apps.placements.services.vermerk import lock_kette
from tenants.db.locks import PairLock

ZU_WENIGE = "Bitte geben Sie mindestens zwei Kinder an, jedes einmal."
EIN_HAUS = "Geschwister kommen in dieselbe Einrichtung. Diese Angebote gehören zu verschiedenen."
NICHT_FUER_ALLE = (
    "In dieser Einrichtung ist seit eben nicht mehr für alle Kinder ein Platz frei. Es wurde nichts reserviert."
)


@dataclass(frozen=True, slots=True)
class Wahl:
    """One of the children: out of which search, which offer."""

    suche: Suche
    betroffen: Betroffen
    angebot_id: UUID


def lock_geschwister(kinder: Sequence[Betroffen]) -> None:
    """All persons, all cases, the chain: before anything is written for one of them."""
    for klient_id in sorted(kind.klient.pk for kind in kinder):
        lock_klient(klient_id)
    for fall_id in sorted({kind.hilfefall.pk for kind in kinder}):
        lock_hilfefall(fall_id)
    lock_kette()


@transaction.atomic
def reserve_geschwister(
    *,
    akteur: Akteur,
    wahlen: Sequence[Wahl],
    begruendung: str = "",
    zweiter_platz: bool = False,
    sortierung: str = Sortierung.KOSTEN.value,
    probe: int | None = None,
) -> list[Reservierung]:
    """Hold a place for each of them, in their order; `sortierung`, `probe`: how it was shown.

    `KeinPlatzFrei` when there is not one for all any more, and every error of `reserve_angebot`; nothing is kept then.
    """
    if len(wahlen) < 2 or len({wahl.betroffen.klient.pk for wahl in wahlen}) < len(wahlen):
        raise RegelVerletzt(ZU_WENIGE, feld="geschwister")
    lock_geschwister([wahl.betroffen for wahl in wahlen])
    vorhaben = {
        wahl.suche.pk: check_reservierung(
            akteur=akteur,
            suche=wahl.suche,
            angebot_id=wahl.angebot_id,
            betroffen=wahl.betroffen,
            begruendung=begruendung,
            zweiter_platz=zweiter_platz,
            gezeigt=None,
            sortierung=sortierung,
            probe=probe,
        )
        for wahl in sorted(wahlen, key=lambda wahl: wahl.suche.pk)
    }
    haeuser = {eines.angebot.einrichtung_id for eines in vorhaben.values()}
    if len(haeuser) > 1:
        raise RegelVerletzt(EIN_HAUS, feld="einrichtung")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PairLock.GESCHWISTER, str(haeuser.pop())])
    ablauf_at = compute_ablauf()
    try:
        bindungen = {
            pk: bind_vorhaben(eines, ablauf_at=ablauf_at)
            for pk, eines in sorted(vorhaben.items(), key=lambda paar: (paar[1].angebot.pk, paar[0]))
        }
    except KeinPlatzFrei as error:
        raise KeinPlatzFrei(NICHT_FUER_ALLE) from error
    return [
        create_reservierung(akteur=akteur, vorhaben=vorhaben[wahl.suche.pk], bindung=bindungen[wahl.suche.pk])
        for wahl in wahlen
    ]
