"""When a row of the register never was, how long its history is kept, where on the map a facility may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

#: A day before every day of this system. What was taken back with its list is said to have been there on it alone, for
#: rows of the register are never deleted: so nobody finds it on any day, and no reader has to ask for a state.
NIE = date(1900, 1, 1)
#: How long the history of the register is kept: as long as books and the agreements in them (§ 147 Abs. 3 AO).
VERLAUF_JAHRE = 10
#: How long the register keeps why something was proposed or declined, and whom to call at a house that is no more: time
#: to ask back, to settle, or to go to court (§ 58 Abs. 2 VwGO), as with applications to join (ADR 0061).
NACHLAUF = timedelta(days=365)
#: How far beyond the outermost seats of a state's districts a facility may be, in degrees: some 130 km to the north and
#: 80 km to the east, for a district may reach 70 km beyond its seat (Greifswald, Pomellen).
UMKREIS_GRAD = Decimal("1.2")

#: How far a house may be from the middle of its postcode, in degrees of latitude and longitude: some 55 km either way.
#: No area of a postcode is as large; what is further is a slip in one of the two.
PLZ_GRAD = Decimal("0.5"), Decimal("0.9")


@dataclass(frozen=True, slots=True)
class Umkreis:
    """A box on the map, in degrees."""

    sued: Decimal
    nord: Decimal
    west: Decimal
    ost: Decimal

    def enthaelt(self, breite: Decimal, laenge: Decimal) -> bool:
        """Whether a place is in it, its edge included."""
        return self.sued <= breite <= self.nord and self.west <= laenge <= self.ost


def liegt_bei(ort: tuple[Decimal, Decimal], mitte: tuple[Decimal, Decimal]) -> bool:
    """Whether a place (latitude, longitude) can be in the area of a postcode with this middle."""
    return all(abs(a - b) <= grad for a, b, grad in zip(ort, mitte, PLZ_GRAD, strict=True))


def umkreis_des_landes(sitze: Sequence[tuple[Decimal, Decimal]]) -> Umkreis | None:
    """Where a facility of a state is, or is nearby, by the seats (latitude, longitude) of its districts."""
    if not sitze:
        return None
    breiten, laengen = zip(*sitze, strict=True)
    return Umkreis(
        min(breiten) - UMKREIS_GRAD,
        max(breiten) + UMKREIS_GRAD,
        min(laengen) - UMKREIS_GRAD,
        max(laengen) + UMKREIS_GRAD,
    )


def nie_gewesen(rang: int = 0) -> tuple[date, date]:
    """The half-open time of what was taken back; of several rates of one offer, which never overlap, the next ones."""
    return NIE + timedelta(days=rang), NIE + timedelta(days=rang + 1)
