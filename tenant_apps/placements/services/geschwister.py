"""Brothers and sisters: a place for each of them in one facility, or none at all (ADR 0084).

Order of what others may wait for, as in `reserve`: all persons, all cases, all kept searches, each by id; the chain of
the Auswahlvermerke; the facility, so that no two such acts hold a place that the other one waits for; all places, by
offer; then the rest. A search that is made here nobody else can wait for; it marks its month, and so comes after the
chain. What takes long, the list of each child, is asked before the chain is held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from uuid6 import uuid7

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import KeinPlatzFrei, Konflikt, RegelVerletzt
from tenant_apps.cases.services.klient import lock_hilfefall, lock_klienten
from tenant_apps.placements import rules
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.search.selectors.geschwister import build_haeuser, read_betraege
from tenant_apps.placements.search.selectors.kriterien import Kriterien, kriterien_of
from tenant_apps.placements.search.selectors.passung import get_gewichtung
from tenant_apps.placements.search.selectors.search import Ergebnis, search_angebote
from tenant_apps.placements.search.selectors.treffer import Sortierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.preis import ENTGELT_GEAENDERT
from tenant_apps.placements.services.reserve import (
    Platzwahl,
    bind_platzwahl,
    check_reservierung,
    create_reservierung,
)
from tenant_apps.placements.services.search import create_suche, lock_suche
from tenant_apps.placements.services.vermerk import lock_kette
from tenants.db.locks import PairLock

ZU_WENIGE = "Bitte geben Sie mindestens zwei Kinder an, jedes einmal."
EIN_HAUS = "Geschwister kommen in dieselbe Einrichtung. Diese Angebote gehören zu verschiedenen."
NICHT_FUER_ALLE = (
    "In dieser Einrichtung ist seit eben nicht mehr für alle Kinder etwas frei. Es wurde nichts reserviert."
)
EINE_FUER_ALLE = (
    "Sozialpädagogische Familienhilfe (§ 31 SGB VIII) ist eine Hilfe für die ganze Familie: Eine genügt für alle"
    " Geschwister. Bitte reservieren Sie nur eine, im Fall eines der Kinder."
)
ANDERE_ANGEBOTE = (
    "In dieser Einrichtung sind es jetzt andere Angebote als eben, zum selben Entgelt. Es wurde nichts reserviert;"
    " bitte sehen Sie sie noch einmal an."
)


@dataclass(frozen=True, slots=True)
class Kindsuche:
    """One of the children: out of which search; without one it is made by these criteria."""

    betroffen: Betroffen
    suche: Suche | None = None
    kriterien: Kriterien | None = None

    @property
    def gilt_der_familie(self) -> bool:
        """Whether a help that is looked for is one for all of them."""
        if self.suche:
            return self.suche.gilt_der_familie
        return self.kriterien is not None and rules.gilt_der_familie([art.code for art in self.kriterien.hilfearten])

    def search(self, sortierung: str, probe: int | None) -> Ergebnis:
        """Her whole list as it is now, in the order that was shown; it is sealed with the choice."""
        kriterien = kriterien_of(self.suche) if self.suche else self.kriterien
        assert kriterien is not None
        klient_id = self.suche.klient_id if self.suche else self.betroffen.klient.pk
        return search_angebote(kriterien, sortierung, gewichtung=get_gewichtung(klient_id, preis=probe))


@dataclass(frozen=True, slots=True)
class Wahl(Kindsuche):
    """Which offer for her. `gezeigt`: the Soll-Entgelt that was shown."""

    angebot_id: UUID = field(kw_only=True)
    gezeigt: Decimal | int | None = None


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
    return _reserve(akteur, wahlen, _search(wahlen, angaben), angaben)


@transaction.atomic
def reserve_haus(
    *, akteur: Akteur, kinder: Sequence[Kindsuche], einrichtung_id: UUID, gezeigt: str, angaben: Angaben = Angaben()
) -> list[Reservierung]:
    """The same in a facility; which offer each child gets is found now. `gezeigt`: as it was shown (`Haus.gezeigt`);
    `Konflikt` when it is not so any more."""
    ergebnisse = _search(kinder, angaben)
    passend = build_haeuser(ergebnisse, angaben.sortierung).passend
    haus = next((haus for haus in passend if haus.einrichtung_id == einrichtung_id), None)
    if haus is None:
        raise Konflikt(NICHT_FUER_ALLE, code="nicht_fuer_alle")
    if haus.gezeigt != gezeigt:
        if read_betraege(haus.gezeigt) == read_betraege(gezeigt):
            raise Konflikt(ANDERE_ANGEBOTE, code="angebot_geaendert")
        raise Konflikt(ENTGELT_GEAENDERT, code="entgelt_geaendert")
    wahlen = [
        Wahl(kind.betroffen, kind.suche, kind.kriterien, angebot_id=zeile.angebot)
        for kind, zeile in zip(kinder, haus.zeilen, strict=True)
    ]
    return _reserve(akteur, wahlen, ergebnisse, angaben)


def _search(kinder: Sequence[Kindsuche], angaben: Angaben) -> list[Ergebnis]:
    """The list of each child, once she, her case and her search are held."""
    if len(kinder) < 2 or len({kind.betroffen.klient.pk for kind in kinder}) < len(kinder):
        raise RegelVerletzt(ZU_WENIGE, feld="geschwister")
    if any(kind.gilt_der_familie for kind in kinder):
        raise RegelVerletzt(EINE_FUER_ALLE, feld="geschwister", code="hilfe_der_familie")
    _lock(kinder)
    return [kind.search(angaben.sortierung, angaben.probe) for kind in kinder]


def _reserve(
    akteur: Akteur, wahlen: Sequence[Wahl], ergebnisse: Sequence[Ergebnis], angaben: Angaben
) -> list[Reservierung]:
    """All places or none, of what was found for each."""
    lock_kette()  # before the months that a new search marks
    platzwahlen = _check(akteur, wahlen, ergebnisse, angaben)
    haeuser = {eines.angebot.einrichtung_id for eines in platzwahlen}
    if len(haeuser) > 1:
        raise RegelVerletzt(EIN_HAUS, feld="einrichtung")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PairLock.GESCHWISTER, str(haeuser.pop())])
    ablauf_at = platzwahlen[0].ablauf_at
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


def _lock(kinder: Sequence[Kindsuche]) -> None:
    """All persons, all cases, all searches that there are: before anything is written for one of them."""
    lock_klienten(kind.betroffen.klient.pk for kind in kinder)
    for fall_id in sorted({kind.betroffen.hilfefall.pk for kind in kinder}):
        lock_hilfefall(fall_id)
    for suche_id in sorted({kind.suche.pk for kind in kinder if kind.suche}):
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
