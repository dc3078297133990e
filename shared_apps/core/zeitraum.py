"""Periods of whole days, stored half-open.

Screens show inclusive periods ("01.06.2017 bis 30.11.2017"); the database (daterange, `EXCLUDE … &&`) and
every computation use the half-open form `[beginn, ende)`. The two meet only in `from_inclusive` and
`letzter_tag`. The planning figure of the screen is *not* `tage`: it is an exclusive difference (see
placements/rules).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

EIN_TAG = timedelta(days=1)
#: Years of this system: SGB VIII is in force since the first; the last leaves room for every planned help.
_SAMSTAG = 5
JAHR_AB, JAHR_BIS = 1990, 2199


class ZeitraumError(ValueError):
    """A period that cannot exist or cannot answer the question; the message is German and fit for the
    screen.
    """


class _Range(Protocol):
    """What psycopg's and Django's DateRange have in common."""

    lower: date | None
    upper: date | None


def _pruefe_datum(wert: object, name: str) -> None:
    # datetime is a subclass of date and compares with neither: keep it out at the border.
    if not isinstance(wert, date) or isinstance(wert, datetime):
        raise TypeError(f"{name}: a plain date is required, not {type(wert).__name__}")


def format_datum(tag: date) -> str:
    """German date, e.g. `01.06.2017`."""
    return f"{tag.day:02d}.{tag.month:02d}.{tag.year:04d}"


def ist_arbeitstag(tag: date, frei: Collection[date] = ()) -> bool:
    """Whether somebody works on this day: Monday to Friday, and none of those that are known to be free."""
    return tag.weekday() < _SAMSTAG and tag not in frei


def monatserster(tag: date) -> date:
    """First day of the month in which `tag` falls."""
    return date(tag.year, tag.month, 1)


def build_monat(jahr: int, monat: int) -> date:
    """First day of a month out of an address. ValueError when there is no such month of this system's years."""
    if not JAHR_AB <= jahr <= JAHR_BIS:
        raise ValueError("no year of this system")
    if not 1 <= monat <= 12:
        raise ValueError("no month")
    return date(jahr, monat, 1)


def naechster_monat(tag: date) -> date:
    """First day of the month after the one in which `tag` falls."""
    return date(tag.year + tag.month // 12, tag.month % 12 + 1, 1)


def vormonat(tag: date) -> date:
    """First day of the month before the one in which `tag` falls."""
    return monatserster(monatserster(tag) - EIN_TAG)


def tage_im_monat(tag: date) -> int:
    """Actual number of days (28 to 31) of the month in which `tag` falls."""
    return (naechster_monat(tag) - monatserster(tag)).days


@dataclass(frozen=True, slots=True)
class Zeitraum:
    """Half-open period of days `[beginn, ende)`; `ende=None` means open ended. Never empty.

    Raises `ZeitraumError` (German) if `ende <= beginn`, `TypeError` for anything but plain dates.
    """

    beginn: date
    ende: date | None = None

    def __post_init__(self) -> None:
        _pruefe_datum(self.beginn, "beginn")
        if self.ende is None:
            return
        _pruefe_datum(self.ende, "ende")
        if self.ende <= self.beginn:
            raise ZeitraumError("Das Ende des Zeitraums liegt vor dem Beginn.")

    @classmethod
    def from_inclusive(cls, beginn: date, letzter_tag: date | None) -> Zeitraum:
        """From the period as shown on screens and paper: `letzter_tag` belongs to it; None = open ended."""
        if letzter_tag is None:
            return cls(beginn)
        _pruefe_datum(letzter_tag, "letzter_tag")
        return cls(beginn, letzter_tag + EIN_TAG)

    @classmethod
    def from_range(cls, bereich: _Range) -> Zeitraum:
        """From a database daterange in its canonical form `[)`. Raises `ZeitraumError` without a lower
        bound.
        """
        if bereich.lower is None:
            raise ZeitraumError("Der Zeitraum hat keinen Beginn.")
        return cls(bereich.lower, bereich.upper)

    @classmethod
    def fuer_monat(cls, tag: date) -> Zeitraum:
        """The calendar month in which `tag` falls."""
        return cls(monatserster(tag), naechster_monat(tag))

    @property
    def ist_offen(self) -> bool:
        return self.ende is None

    @property
    def letzter_tag(self) -> date | None:
        """The inclusive end for the screen; None if open ended."""
        return None if self.ende is None else self.ende - EIN_TAG

    @property
    def tage(self) -> int:
        """Number of calendar days, first and last included. Raises `ZeitraumError` if open ended."""
        return (self._geschlossenes_ende() - self.beginn).days

    def _geschlossenes_ende(self) -> date:
        if self.ende is None:
            raise ZeitraumError("Der Zeitraum ist unbefristet; seine Dauer steht noch nicht fest.")
        return self.ende

    def overlaps(self, other: Zeitraum) -> bool:
        """True if both have at least one day in common (`&&` of the database)."""
        return self.intersect(other) is not None

    def contains(self, other: date | Zeitraum) -> bool:
        """True if the day, or every day of the other period, is in this one."""
        if isinstance(other, Zeitraum):
            if self.ende is not None and (other.ende is None or other.ende > self.ende):
                return False
            return self.beginn <= other.beginn
        _pruefe_datum(other, "tag")
        return self.beginn <= other and (self.ende is None or other < self.ende)

    def __contains__(self, tag: date) -> bool:
        return self.contains(tag)

    def intersect(self, other: Zeitraum) -> Zeitraum | None:
        """The common period, None if there is none."""
        beginn = max(self.beginn, other.beginn)
        enden = [ende for ende in (self.ende, other.ende) if ende is not None]
        ende = min(enden) if enden else None
        return None if ende is not None and ende <= beginn else Zeitraum(beginn, ende)

    def einzelne_tage(self) -> Iterator[date]:
        """Every day, ascending. Raises `ZeitraumError` if open ended."""
        for nummer in range(self.tage):
            yield self.beginn + nummer * EIN_TAG

    def monate(self) -> Iterator[date]:
        """First day of every calendar month touched, ascending. Raises `ZeitraumError` if open ended."""
        ende = self._geschlossenes_ende()
        monat = monatserster(self.beginn)
        while monat < ende:
            yield monat
            monat = naechster_monat(monat)

    def in_monat(self, tag: date) -> Zeitraum | None:
        """The part that falls in the calendar month of `tag`, None if there is none."""
        return self.intersect(Zeitraum.fuer_monat(tag))

    def __str__(self) -> str:
        if self.letzter_tag is None:
            return f"ab {format_datum(self.beginn)}"
        return f"{format_datum(self.beginn)} bis {format_datum(self.letzter_tag)}"
