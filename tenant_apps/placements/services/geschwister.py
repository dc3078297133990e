"""Brothers and sisters: a place for each of them in one facility, or none at all (ADR 0084).

Order of what others may wait for, as in `reserve`: all persons, all cases, all kept searches, each by id; the chain of
the Auswahlvermerke; the facility, so that no two such acts hold a place that the other one waits for; all places, by
offer; then the rest. A search that is made here nobody else can wait for; it marks its month, and so comes after the
chain. What takes long, the list of each child, is asked before the chain is held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from uuid6 import uuid7

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import KeinPlatzFrei, RegelVerletzt
from tenant_apps.cases.services.klient import lock_hilfefall, lock_klienten
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.search.selectors.kriterien import Kriterien, kriterien_of
from tenant_apps.placements.search.selectors.passung import get_gewichtung
from tenant_apps.placements.search.selectors.search import Ergebnis, search_angebote
from tenant_apps.placements.search.selectors.treffer import Sortierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import (
    Platzwahl,
    bind_platzwahl,
    check_reservierung,
    compute_ablauf,
    create_reservierung,
)
from tenant_apps.placements.services.search import create_suche, lock_suche
from tenant_apps.placements.services.vermerk import lock_kette
from tenants.db.locks import PairLock

ZU_WENIGE = "Bitte geben Sie mindestens zwei Kinder an, jedes einmal."
EIN_HAUS = "Geschwister kommen in dieselbe Einrichtung. Diese Angebote gehören zu verschiedenen."
NICHT_FUER_ALLE = (
    "In dieser Einrichtung ist seit eben nicht mehr für alle Kinder ein Platz frei. Es wurde nichts reserviert."
)


@dataclass(frozen=True, slots=True)
class Wahl:
    """One of the children: which offer, out of which search; without one it is made by these criteria. `gezeigt`: the
    Soll-Entgelt that was shown."""

    betroffen: Betroffen
    angebot_id: UUID
    suche: Suche | None = None
    kriterien: Kriterien | None = None
    gezeigt: Decimal | int | None = None

    def search(self, sortierung: str, probe: int | None) -> Ergebnis:
        """Her whole list as it is now, in the order that was shown; it is sealed with the choice."""
        kriterien = kriterien_of(self.suche) if self.suche else self.kriterien
        assert kriterien is not None
        klient_id = self.suche.klient_id if self.suche else self.betroffen.klient.pk
        return search_angebote(kriterien, sortierung, gewichtung=get_gewichtung(klient_id, preis=probe))


@dataclass(frozen=True, slots=True)
class Angaben:
    """What is said for all of them, and sealed with each choice. `sortierung`, `probe`: how it was shown."""

    begruendung: str = ""
    wuensche: str = ""
    zweiter_platz: bool = False
    sortierung: str = Sortierung.KOSTEN.value
    probe: int | None = None


@transaction.atomic
def reserve_geschwister(*, akteur: Akteur, wahlen: Sequence[Wahl], angaben: Angaben = Angaben()) -> list[Reservierung]:
    """Hold a place for each of them, in their order. `KeinPlatzFrei` when there is not one for all any more, and every
    error of `reserve_angebot`; nothing is kept then."""
    if len(wahlen) < 2 or len({wahl.betroffen.klient.pk for wahl in wahlen}) < len(wahlen):
        raise RegelVerletzt(ZU_WENIGE, feld="geschwister")
    _lock(wahlen)
    ergebnisse = [wahl.search(angaben.sortierung, angaben.probe) for wahl in wahlen]
    lock_kette()  # before the months that a new search marks
    platzwahlen = _check(akteur, wahlen, ergebnisse, angaben)
    haeuser = {eines.angebot.einrichtung_id for eines in platzwahlen}
    if len(haeuser) > 1:
        raise RegelVerletzt(EIN_HAUS, feld="einrichtung")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PairLock.GESCHWISTER, str(haeuser.pop())])
    ablauf_at = compute_ablauf()
    try:
        bindungen = {
            nummer: bind_platzwahl(eines, ablauf_at=ablauf_at)
            for nummer, eines in sorted(enumerate(platzwahlen), key=lambda paar: (paar[1].angebot.pk, paar[0]))
        }
    except KeinPlatzFrei as error:
        raise KeinPlatzFrei(NICHT_FUER_ALLE) from error
    return [
        create_reservierung(akteur=akteur, platzwahl=eines, bindung=bindungen[nummer])
        for nummer, eines in enumerate(platzwahlen)
    ]


def _lock(wahlen: Sequence[Wahl]) -> None:
    """All persons, all cases, all searches that there are: before anything is written for one of them."""
    lock_klienten(wahl.betroffen.klient.pk for wahl in wahlen)
    for fall_id in sorted({wahl.betroffen.hilfefall.pk for wahl in wahlen}):
        lock_hilfefall(fall_id)
    for suche_id in sorted({wahl.suche.pk for wahl in wahlen if wahl.suche}):
        lock_suche(suche_id)


def _check(akteur: Akteur, wahlen: Sequence[Wahl], ergebnisse: Sequence[Ergebnis], angaben: Angaben) -> list[Platzwahl]:
    """What is about to be reserved for each, in their order."""
    suchen = [
        wahl.suche
        or create_suche(akteur=akteur, kriterien=ergebnis.kriterien, betroffen=wahl.betroffen, zahlen=ergebnis.zahlen)
        for wahl, ergebnis in zip(wahlen, ergebnisse, strict=True)
    ]
    gemeinsam = str(uuid7())
    platzwahlen = []
    for wahl, suche, ergebnis in zip(wahlen, suchen, ergebnisse, strict=True):
        with _name_kind(wahl.betroffen):
            platzwahl = check_reservierung(
                akteur=akteur,
                suche=suche,
                angebot_id=wahl.angebot_id,
                betroffen=wahl.betroffen,
                begruendung=angaben.begruendung,
                wuensche=angaben.wuensche,
                zweiter_platz=angaben.zweiter_platz,
                gezeigt=wahl.gezeigt,
                sortierung=angaben.sortierung,
                probe=angaben.probe,
                ergebnis=ergebnis,
                geschwister=len(wahlen) - 1,
                gemeinsam=gemeinsam,
            )
            platzwahlen.append(platzwahl)
    return platzwahlen


@contextmanager
def _name_kind(betroffen: Betroffen) -> Iterator[None]:
    """What is refused for one of them says for which."""
    try:
        yield
    except RegelVerletzt as error:
        nummer = betroffen.hilfefall.fallnummer
        raise RegelVerletzt(f"Fall {nummer}: {error.message}", code=error.code, feld=error.feld) from error
