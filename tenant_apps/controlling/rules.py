"""Key figures of one youth office from its own cases, as law.md 3.2 defines them. No Django.

The input are bare Hilfen without a person; what leaves the tenant are the numbers only (§ 64 Abs. 3 SGB
VIII).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import median

from shared_apps.core.geld import als_decimal
from shared_apps.core.zeitraum import Zeitraum

# Codes of the official statistics (law.md 2.2): ended in deviation from the plan by the persons entitled to
# custody or the young adult (20), by the facility or service (21), by the minor (22).
ABBRUCH_CODES = frozenset({"20", "21", "22"})
ZUSTAENDIGKEITSWECHSEL_CODE = "40"
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


def ist_abbruch(code: str | None) -> bool:
    """True for the end reasons 20 to 22; 30 (adoption) counts as planned, 40 is a change of competence."""
    return code in ABBRUCH_CODES


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
    """Length of stay in months of `anzahl` Hilfen; mean and median are None without one."""

    anzahl: int
    mittel: Decimal | None
    median: Decimal | None


def verweildauer_monate(hilfen: Iterable[Hilfe], zeitraum: Zeitraum) -> Verweildauer:
    """Verweildauer of the Hilfen **ended** in the period; a month has 30.4375 days."""
    return _verweildauer([hilfe.zeitraum.tage for hilfe in beendete(hilfen, zeitraum)])


def bisherige_dauer_monate(hilfen: Iterable[Hilfe], stichtag: date) -> Verweildauer:
    """Duration so far of the Hilfen running on the day, this day included."""
    laufende = [hilfe for hilfe in hilfen if stichtag in hilfe.zeitraum]
    return _verweildauer([Zeitraum.from_inclusive(hilfe.zeitraum.beginn, stichtag).tage for hilfe in laufende])


def _verweildauer(tage: list[int]) -> Verweildauer:
    if not tage:
        return Verweildauer(0, None, None)
    mittel = Fraction(sum(tage), len(tage)) / TAGE_JE_MONAT
    mitte = Fraction(median(Fraction(wert) for wert in tage)) / TAGE_JE_MONAT
    return Verweildauer(len(tage), _dezimal(mittel), _dezimal(mitte))


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


def ausgaben_je_fall(summe: Decimal, bestaende: Iterable[int]) -> Decimal | None:
    """Payments divided by the mean Bestand of the months of the period; None if there was no case."""
    werte = list(bestaende)
    if sum(werte) == 0:
        return None
    return _dezimal(Fraction(als_decimal(summe)) * len(werte) / sum(werte))


def inanspruchnahme(bestand_31_12: int, beendet_im_jahr: int, einwohner_u21: int) -> Decimal:
    """(running on 31.12. + ended in the year) per 10,000 inhabitants under 21 (definition of the
    HzE-Monitor).

    The Monitor leaves out § 35a and Erziehungsberatung: filter before counting. Raises ValueError without
    people.
    """
    if einwohner_u21 <= 0:
        raise ValueError("Der Bevölkerungsstand der unter 21-Jährigen fehlt.")
    return _dezimal(Fraction((bestand_31_12 + beendet_im_jahr) * 10_000, einwohner_u21))


def belegte_tage(belegungen: Iterable[Zeitraum], zeitraum: Zeitraum) -> int:
    """Place-days used in a closed period."""
    schnitte = (belegung.intersect(zeitraum) for belegung in belegungen)
    return sum(schnitt.tage for schnitt in schnitte if schnitt is not None)


def fremdbelegungsquote(fremde_tage: int, alle_tage: int) -> Decimal | None:
    """Percent of the used place-days in this district that other youth offices used; None if none was used."""
    if not 0 <= fremde_tage <= alle_tage:
        raise ValueError("Die fremd belegten Tage übersteigen die belegten Tage.")
    return None if alle_tage == 0 else _dezimal(Fraction(100 * fremde_tage, alle_tage))


def _dezimal(bruch: Fraction) -> Decimal:
    return Decimal(bruch.numerator) / Decimal(bruch.denominator)
