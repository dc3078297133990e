"""Key figures of one youth office from its own cases, as law.md 3.2 defines them. No Django.

What runs is the SQL of publish_sql.py; these functions are its oracle: a test compares both over made-up offices.

The input are bare Hilfen without a person; what leaves the tenant are the numbers only (§ 64 Abs. 3 SGB
VIII).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from shared_apps.core.geld import als_decimal, round_cent
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.placements.rules import ZUSTAENDIGKEITSWECHSEL_CODE, ist_abbruch

# Mean month of the Gregorian leap-year cycle: 365.25 / 12 days.
TAGE_JE_MONAT = Fraction(36525, 1200)


@dataclass(frozen=True, slots=True)
class Hilfe:
    """One Hilfe: its number, its period and, once ended, the code of the official statistics for the
    reason.
    """

    nummer: str
    zeitraum: Zeitraum
    ende_code: str | None = None


def fallzahl(hilfen: Iterable[Hilfe], zeitraum: Zeitraum) -> int:
    """Fallzahl: distinct Hilfen with at least one day in the month (or other period). Not the Bestand."""
    return len({hilfe.nummer for hilfe in hilfen if hilfe.zeitraum.overlaps(zeitraum)})


def bestand_am(hilfen: Iterable[Hilfe], stichtag: date) -> int:
    """Bestand: distinct Hilfen running on the day, usually the last of the month. Not the Fallzahl."""
    return len({hilfe.nummer for hilfe in hilfen if stichtag in hilfe.zeitraum})


def beendete(hilfen: Iterable[Hilfe], zeitraum: Zeitraum) -> list[Hilfe]:
    """Hilfen whose last day falls in the period."""
    return [
        hilfe for hilfe in hilfen if hilfe.zeitraum.letzter_tag is not None and hilfe.zeitraum.letzter_tag in zeitraum
    ]


@dataclass(frozen=True, slots=True)
class Verweildauer:
    """Mean length of stay in months of `anzahl` Hilfen, None without one."""

    anzahl: int
    mittel: Decimal | None


def verweildauer_monate(hilfen: Iterable[Hilfe], zeitraum: Zeitraum) -> Verweildauer:
    """Verweildauer of the Hilfen **ended** in the period; a month has 30.4375 days."""
    tage = [hilfe.zeitraum.tage for hilfe in beendete(hilfen, zeitraum)]
    if not tage:
        return Verweildauer(0, None)
    return Verweildauer(len(tage), _dezimal(Fraction(sum(tage), len(tage)) / TAGE_JE_MONAT))


def abbruchquote(hilfen: Iterable[Hilfe], zeitraum: Zeitraum) -> Decimal | None:
    """Percent of breakdowns (codes 20 to 22) of all Hilfen ended in the period, those with code 40 left out.

    None if none ended. An ended Hilfe without a code counts as ended, not as breakdown.
    """
    codes = [hilfe.ende_code for hilfe in beendete(hilfen, zeitraum)]
    codes = [code for code in codes if code != ZUSTAENDIGKEITSWECHSEL_CODE]
    if not codes:
        return None
    return _dezimal(Fraction(100 * sum(ist_abbruch(code) for code in codes), len(codes)))


def auszahlungen(zahlungen: Iterable[tuple[date, Decimal]], zeitraum: Zeitraum) -> Decimal:
    """Auszahlungen in euro: payments with their day of payment in the period; refunds are negative."""
    return sum((als_decimal(betrag) for tag, betrag in zahlungen if tag in zeitraum), Decimal("0.00"))


def ansatz_im_monat(jahresansatz: Decimal, monat: int) -> Decimal:
    """Haushaltsansatz of a month: one twelfth, to the cent, so that twelve months add up to the year."""
    bis, davor = (round_cent(als_decimal(jahresansatz) * m / 12) for m in (monat, monat - 1))
    return bis - davor


def ergebnislose_suchen(suchen: Iterable[tuple[date, int]], zeitraum: Zeitraum) -> tuple[int, int]:
    """Searches of the period (day, available offers) that found nothing, and all of them."""
    gefunden = [verfuegbar for tag, verfuegbar in suchen if tag in zeitraum]
    return gefunden.count(0), len(gefunden)


def _dezimal(bruch: Fraction) -> Decimal:
    return Decimal(bruch.numerator) / Decimal(bruch.denominator)


@dataclass(frozen=True, slots=True)
class Teil:
    """A part of a sum: what it is of, of how many, how much."""

    name: str
    anzahl: int
    summe: Decimal


def fold_kleine(teile: Iterable[Teil], *, mindestens: int, rest: str) -> list[Teil]:
    """The parts of a sum of which each is of `mindestens` at least, the largest count first.

    Smaller ones are one part together, called `rest`, with the smallest of the others where they are too few even then:
    else the sum less what is shown would be theirs. Of fewer in all nothing is shown.
    """
    nach_groesse = sorted(teile, key=lambda teil: (-teil.anzahl, teil.name))
    gross = [teil for teil in nach_groesse if teil.anzahl >= mindestens]
    klein = [teil for teil in nach_groesse if teil.anzahl < mindestens]
    if klein and sum(teil.anzahl for teil in klein) < mindestens:
        klein = [*gross[-1:], *klein]
        gross = gross[:-1]
    zusammen = sum(teil.anzahl for teil in klein)
    if zusammen < mindestens:
        return gross
    return [*gross, Teil(rest, zusammen, sum((teil.summe for teil in klein), Decimal(0)))]
