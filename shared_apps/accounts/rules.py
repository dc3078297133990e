"""Which roles one person never holds at the same time, and for how long an auditor is admitted. No Django here.

The same pairs are in the database (migration 0005, function `accounts_refused_pairs`); a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shared_apps.accounts.rollen import ROLLEN, Wirkungsort

#: An auditor's period at most (§ 67c Abs. 3 SGB X: only as long as the audit needs it). The database holds the role
#: to it; an operator can set less (`settings.PRUEFUNG_TAGE`), never more.
PRUEFUNG_TAGE_MAX = 92

#: Who is on call at night for an office is appointed for a year at most (days), and then again. The database holds it.
RUFBEREITSCHAFT_TAGE_MAX = 366

#: Where two roles meet: at the same place, anywhere, or at two different places.
HIER = "HIER"
UEBERALL = "UEBERALL"
FREMD = "FREMD"

_AMT = tuple(sorted(code for code, art in ROLLEN.items() if art.ort is Wirkungsort.AMT))
_ANBIETERSEITE = tuple(sorted(code for code, art in ROLLEN.items() if art.ort is Wirkungsort.ANBIETERSEITE))
_FALL = ("ASD", "TEAMLEITUNG", "WJH", "JUGENDAMTSLEITUNG")

_GELD = "Wer über eine Hilfe entscheidet, darf ihre Bezahlung nicht freigeben."
_ADMIN = "Wer die Zugänge verwaltet, darf selbst nicht mit Hilfefällen arbeiten."
_PLANUNG = "Wer mit Hilfefällen arbeitet, darf nicht zugleich die anonymen Planungsdaten auswerten."
_VORMUND = "Vormundschaft und Beistandschaft sind von den übrigen Aufgaben des Jugendamtes personell zu trennen."
_DATENSCHUTZ = "Die Datenschutzbeauftragte prüft diese Aufgabe und darf sie deshalb nicht selbst ausüben."
_PRUEFUNG = "Die Rechnungsprüfung prüft diese Aufgabe und darf sie deshalb nicht selbst ausüben."
_RUFBEREITSCHAFT = (
    "Die Rufbereitschaft reserviert nachts und gibt ihre Fälle ab; im selben Jugendamt tut sie sonst nichts."
)
_BETRIEB = (
    "Wer SoJuS betreibt, sieht keine Inhalte und arbeitet deshalb in keinem Jugendamt und bei keinem Anbieter mit."
)
_EINRICHTUNG = "Der Zugang einer Einrichtung ist auf diese Einrichtung begrenzt; eine zweite Rolle würde ihn erweitern."
_ANBIETER = "Bei mehreren Anbietern kann eine Person nur dieselbe Rolle haben; sonst gälte jede Rolle bei allen."


@dataclass(frozen=True, slots=True)
class RefusedPair:
    """Two roles that exclude each other, where, and why (shown to the person who tries)."""

    a: str
    b: str
    wo: str
    grund: str

    def meets(self, one: str, other: str, *, same_place: bool) -> bool:
        """Whether these two roles are the pair, there where it counts."""
        if {one, other} != {self.a, self.b}:
            return False
        return self.wo == UEBERALL or (self.wo == HIER) == same_place


def _pairs(one: str, others: Iterable[str], wo: str, grund: str) -> tuple[RefusedPair, ...]:
    return tuple(RefusedPair(min(one, other), max(one, other), wo, grund) for other in others if other != one)


#: All of them, each once. `a` sorts before `b`.
REFUSED_PAIRS: tuple[RefusedPair, ...] = (
    *_pairs("ASD", ("WJH", "JUGENDAMTSLEITUNG"), HIER, _GELD),
    *_pairs("TEAMLEITUNG", ("WJH",), HIER, _GELD),
    *_pairs("TENANT_ADMIN", _FALL, HIER, _ADMIN),
    *_pairs("CONTROLLING", ("ASD", "TEAMLEITUNG"), HIER, _PLANUNG),
    *_pairs("VORMUND", (r for r in _AMT if r not in {"DATENSCHUTZ", "PRUEFUNG"}), HIER, _VORMUND),
    *_pairs("DATENSCHUTZ", (*_FALL, "TENANT_ADMIN", "VORMUND"), HIER, _DATENSCHUTZ),
    *_pairs("PRUEFUNG", (*_FALL, "CONTROLLING", "TENANT_ADMIN", "VORMUND"), HIER, _PRUEFUNG),
    *_pairs("RUFBEREITSCHAFT", (r for r in _AMT if r not in {"AUSSCHUSS", "VORMUND"}), HIER, _RUFBEREITSCHAFT),
    *_pairs("BETRIEB", (*_AMT, *_ANBIETERSEITE), UEBERALL, _BETRIEB),
    *_pairs("EINRICHTUNG", ("ANBIETER", "ANBIETER_ABRECHNUNG"), UEBERALL, _EINRICHTUNG),
    *_pairs("ANBIETER", ("ANBIETER_ABRECHNUNG",), FREMD, _ANBIETER),
)


#: A deputyship bridges an absence; who is away longer is succeeded (days, from the first to the last).
VERTRETUNG_TAGE_MAX = 366

#: Whose own role at the office lets her do the work of the role she stands in for: somebody of the same task, and
#: among those who lead cases also the team's lead. The same list is in the database (migration 0016, function
#: `accounts_vertretbar`); a test compares the two.
VERTRETBAR_DURCH: dict[str, tuple[str, ...]] = {
    code: () if ROLLEN[code].ohne_vertretung else tuple(sorted((code, *ROLLEN[code].vertretbar_durch))) for code in _AMT
}


def vertretung_befristet(ab: date, bis: date | None) -> bool:
    """Whether a deputyship in the half-open period [ab, bis) has an end, and soon enough."""
    return bis is not None and bis <= ab + timedelta(days=VERTRETUNG_TAGE_MAX)


@dataclass(frozen=True, slots=True)
class RoleAt:
    """A role at a place (any value that tells places apart) in the half-open period [ab, bis)."""

    rolle: str
    ort: str
    ab: date
    bis: date | None = None

    def overlaps(self, other: RoleAt) -> bool:
        """Whether both hold on at least one day."""
        return (other.bis is None or self.ab < other.bis) and (self.bis is None or other.ab < self.bis)


def pruefung_befristet(ab: date, bis: date | None, *, tage: int) -> bool:
    """Whether an audit in [ab, bis) ends in time: the auditor's role as well as her access to a single case."""
    return bis is not None and bis <= ab + timedelta(days=min(tage, PRUEFUNG_TAGE_MAX))


def rufbereitschaft_befristet(ab: date, bis: date | None) -> bool:
    """Whether an appointment for the nights in the half-open period [ab, bis) has an end, and soon enough."""
    return bis is not None and bis <= ab + timedelta(days=RUFBEREITSCHAFT_TAGE_MAX)


def unvereinbares_paar(new: RoleAt, existing: Iterable[RoleAt]) -> RefusedPair | None:
    """The first pair that `new` would make with what the person already is, or None."""
    for other in existing:
        if not new.overlaps(other):
            continue
        for pair in REFUSED_PAIRS:
            if pair.meets(new.rolle, other.rolle, same_place=new.ort == other.ort):
                return pair
    return None
