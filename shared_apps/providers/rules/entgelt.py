"""Which rate follows which, and which one an office pays (§§ 77, 78d SGB VIII)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared_apps.core.zeitraum import Zeitraum

#: How many days whoever proposed a rate is told on the first page what became of it. No law says it.
ENTSCHEIDUNG_ZEIGEN_TAGE = 14
#: More than any rate is: what the column holds.
ENTGELT_MAX = Decimal("9999999.99")


def wirkt_zurueck(*, ab: date, vereinbart_am: date) -> bool:
    """Whether a rate would have effect before the day of its agreement, as it must not (§ 78d Abs. 2 S. 1 SGB VIII)."""
    return ab < vereinbart_am


@dataclass(frozen=True, slots=True)
class Entgeltsatz:
    """A rate as somebody proposes it: its components, its first day, on what it rests."""

    grundleistung: Decimal
    investition: Decimal
    sonderleistung: Decimal
    ab: date
    vereinbart_am: date
    rechtsgrundlage: str

    @property
    def betrag(self) -> Decimal:
        """The whole rate."""
        return self.grundleistung + self.investition + self.sonderleistung


@dataclass(frozen=True, slots=True)
class Entgeltzeit:
    """When one rate applies, half-open; `ende` None: until another one follows (§ 78d Abs. 2 Satz 4 SGB VIII)."""

    entgelt_id: UUID
    beginn: date
    ende: date | None


def naechstes_entgelt(zeiten: Iterable[Entgeltzeit], ab: date) -> Entgeltzeit | None:
    """The rate that begins on the day or later, which a new one must not precede: what was agreed stays as it is."""
    return min((zeit for zeit in zeiten if zeit.beginn >= ab), key=lambda zeit: zeit.beginn, default=None)


def abzuloesendes_entgelt(zeiten: Iterable[Entgeltzeit], ab: date) -> Entgeltzeit | None:
    """The rate that applies on the day and ends with it, because a new one begins."""
    return next((zeit for zeit in zeiten if zeit.beginn < ab and (zeit.ende is None or ab < zeit.ende)), None)


def mit_vorrang(
    allgemeine: Iterable[tuple[Zeitraum, Decimal]], eigene: Iterable[tuple[Zeitraum, Decimal]]
) -> list[tuple[Zeitraum, Decimal]]:
    """The rates that one office pays, by their first day: what it agreed for itself alone goes before the rate of all.

    From the first day of its own rate on no other one counts for it: that one goes on until the two agree on the next.
    § 77 SGB VIII does not say so; it is § 78d Abs. 2 Satz 4, taken over (a guess, ADR 0073).
    """
    eigene = sorted(eigene, key=lambda satz: satz[0].beginn)
    ab = eigene[0][0].beginn if eigene else None
    davor = [
        (Zeitraum(zeit.beginn, ab if ab and (zeit.ende is None or ab < zeit.ende) else zeit.ende), betrag)
        for zeit, betrag in sorted(allgemeine, key=lambda satz: satz[0].beginn)
        if ab is None or zeit.beginn < ab
    ]
    return [*davor, *eigene]
