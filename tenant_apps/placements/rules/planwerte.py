"""Planned amounts: duration, quantity, Soll-Entgelt, pocket money. Plan values, never an invoice (billing/rules.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from shared_apps.core.geld import als_decimal, ceil_euro, round_cent, round_stellen
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum, tage_im_monat

TAGE_JE_WOCHE = Decimal(7)
# Finer than any true fraction (amount in cents, sevenths of a week), coarser than the 28 digits of Decimal.
STELLEN_EXAKT = 6
# Days per week in hundredths × rate in cents / 7: every amount of whole days is a multiple of this part of a euro.
SIEBTEL = 70_000

Entgelte = Sequence[tuple[Zeitraum, Decimal]]


class PlanwertError(ValueError):
    """A planned amount that cannot be computed; the message is German and fit for the screen."""


# --- duration and quantity --------------------------------------------------------------------------------


def dauer_in_tagen(beginn: date, ende: date, *, soll_tage_exklusiv: bool = True) -> int:
    """Planned duration in days of the help-plan period; both dates as on the screen.

    Default is the exclusive difference `ende - beginn` of the slide: 01.06.2017 to 30.11.2017 gives 182,
    although 183 calendar days are touched (law.md 0.1). `soll_tage_exklusiv=False` counts both ends. Raises
    `PlanwertError` if `ende` is before `beginn`.
    """
    if ende < beginn:
        raise PlanwertError("Das Ende des Hilfeplanzeitraums liegt vor dem Beginn.")
    return (ende - beginn).days + (0 if soll_tage_exklusiv else 1)


def planzeitraum(beginn: date, ende: date, *, soll_tage_exklusiv: bool = True) -> Zeitraum:
    """The days that are planned with, so that `planzeitraum(…).tage == dauer_in_tagen(…)`.

    In the exclusive convention the last day of the screen is not planned. Raises `PlanwertError` if no day
    is left.
    """
    tage = dauer_in_tagen(beginn, ende, soll_tage_exklusiv=soll_tage_exklusiv)
    if tage == 0:
        raise PlanwertError("Der Hilfeplanzeitraum umfasst keinen ganzen Tag.")
    return Zeitraum(beginn, beginn + tage * EIN_TAG)


def dauer_in_wochen(tage: int) -> Decimal:
    """Duration in weeks, two decimals, half up: 182 days are 26.00 weeks (slide)."""
    return round_stellen(als_decimal(tage) / TAGE_JE_WOCHE, 2)


def stationaere_tage(tage: int, tage_je_woche: Decimal) -> Decimal:
    """Days of care planned: weeks times days per week. 182 days at 7.00 give 182, at 5.00 give 130 (slide).

    Computed from the days, not from the rounded weeks, and not rounded: 100 days at 5 stay 71.428571…; show
    it with `format_zahl(…, 2)`, compute on with the value. Raises `PlanwertError` unless 0 < tage_je_woche
    <= 7.
    """
    return als_decimal(tage) * _tage_je_woche(tage_je_woche) / TAGE_JE_WOCHE


def _tage_je_woche(wert: Decimal) -> Decimal:
    if not 0 < als_decimal(wert) <= TAGE_JE_WOCHE:
        raise PlanwertError("Die Tage je Woche müssen zwischen 0 und 7 liegen.")
    return als_decimal(wert)


def fachleistungsstunden(wochen: Decimal, stunden_je_woche: Decimal) -> Decimal:
    """Planned hours of an ambulant help: weeks as shown (two decimals) times hours per week; two decimals."""
    if als_decimal(stunden_je_woche) < 0:
        raise PlanwertError("Die Stunden je Woche dürfen nicht negativ sein.")
    return round_stellen(als_decimal(wochen) * stunden_je_woche, 2)


# --- amounts ----------------------------------------------------------------------------------------------


def soll_entgelt_exakt(menge: Decimal | int, satz: Decimal) -> Decimal:
    """Quantity (days or hours) times rate in euro, not rounded to cents: the value to store beside the
    shown one.

    Six decimals, which only removes the last digit of an inexact seventh (100 days at 5 per week at 7.00 €
    are 500 €, not 500.00…01, which would be shown as 501 €). Raises `PlanwertError` for negative input.
    """
    if als_decimal(menge) < 0 or als_decimal(satz) < 0:
        raise PlanwertError("Menge und Entgelt dürfen nicht negativ sein.")
    return _exakt(als_decimal(menge) * als_decimal(satz))


def soll_entgelt_verlaengert(bisher: Decimal, dazu: Decimal) -> Decimal:
    """Exact Soll-Entgelt of a help that goes on: what is planned so far stays, what is added comes to it.

    Both in euro with six decimals, so a day of a five-day week (5/7 × 10.00 = 7.142857) has lost its last digit. The
    sum is one of sevenths again where it is that near to one: ten days added one by one cost what ten days cost at
    once, and never a euro more when they are rounded up. Raises `PlanwertError` for negative input.
    """
    if als_decimal(bisher) < 0 or als_decimal(dazu) < 0:
        raise PlanwertError("Die Beträge dürfen nicht negativ sein.")
    summe = Fraction(als_decimal(bisher)) + Fraction(als_decimal(dazu))
    genau = Fraction(round(summe * SIEBTEL), SIEBTEL)
    if abs(genau - summe) <= Fraction(1, 10**STELLEN_EXAKT):  # both have lost half a digit at most
        summe = genau
    return _exakt(Decimal(summe.numerator) / Decimal(summe.denominator))


def soll_entgelt(menge: Decimal | int, satz: Decimal) -> Decimal:
    """Soll-Entgelt of the overview: quantity times rate, up to the full euro. 182 × 90.42 = 16,456.44 →
    16,457 €.
    """
    return ceil_euro(soll_entgelt_exakt(menge, satz))


def _exakt(betrag: Decimal) -> Decimal:
    return round_stellen(betrag, STELLEN_EXAKT)


@dataclass(frozen=True, slots=True)
class SollZeile:
    """One stretch of days with one daily rate; `betrag` is exact (six decimals), never rounded up by
    itself.
    """

    zeitraum: Zeitraum
    menge: Decimal
    satz: Decimal
    betrag: Decimal


@dataclass(frozen=True, slots=True)
class SollAufteilung:
    """Lines of a Soll-Entgelt, its exact sum and the sum up to the full euro as shown."""

    zeilen: tuple[SollZeile, ...]
    summe_exakt: Decimal
    summe: Decimal


def entgelte_im_zeitraum(zeitraum: Zeitraum, entgelte: Entgelte) -> list[tuple[Zeitraum, Decimal]]:
    """The rates of a closed period, cut to it, ascending, without gap.

    Only the beginning of each agreement counts: after it has expired its rate goes on until the next comes
    into force (§ 78d Abs. 2 Satz 4 SGB VIII). Raises `PlanwertError` if no rate is in force on the first
    day or two rates begin on the same day.
    """
    folge = sorted(entgelte, key=lambda entgelt: entgelt[0].beginn)
    beginne = [gueltig.beginn for gueltig, _satz in folge]
    if len(set(beginne)) < len(beginne):
        raise PlanwertError("Zwei Entgelte gelten ab demselben Tag.")
    if not beginne or zeitraum.beginn < beginne[0]:
        raise PlanwertError(f"Für den {format_datum(zeitraum.beginn)} ist kein Entgelt vereinbart.")
    segmente = []
    for (gueltig, satz), naechster in zip(folge, [*beginne[1:], None], strict=True):
        schnitt = Zeitraum(gueltig.beginn, naechster).intersect(zeitraum)
        if schnitt is not None:
            segmente.append((schnitt, als_decimal(satz)))
    return segmente


def soll_entgelt_aufgeteilt(segmente: Entgelte, *, tage_je_woche: Decimal = TAGE_JE_WOCHE) -> SollAufteilung:
    """Soll-Entgelt of a planned period in which the daily rate changes.

    `segmente` are consecutive closed periods with their rate, as `entgelte_im_zeitraum` returns them. Each
    stretch counts its calendar days × tage_je_woche / 7 (the service days are taken as spread evenly over
    the week). The exact amounts are summed first and rounded up to the full euro **once**: a rate change
    never costs an extra euro, and one segment gives the same as `soll_entgelt`. Raises `PlanwertError` for
    gaps, overlaps or nothing to sum.
    """
    _pruefe_lueckenlos(segmente)
    faktor = Fraction(_tage_je_woche(tage_je_woche)) / 7
    zeilen = []
    summe = Fraction(0)
    for zeitraum, satz in segmente:
        menge = stationaere_tage(zeitraum.tage, tage_je_woche)
        zeilen.append(SollZeile(zeitraum, menge, als_decimal(satz), soll_entgelt_exakt(menge, satz)))
        summe += zeitraum.tage * faktor * Fraction(satz)
    summe_exakt = _exakt(Decimal(summe.numerator) / Decimal(summe.denominator))
    return SollAufteilung(tuple(zeilen), summe_exakt, ceil_euro(summe_exakt))


def _pruefe_lueckenlos(segmente: Entgelte) -> None:
    if not segmente:
        raise PlanwertError("Für den Hilfeplanzeitraum ist kein Entgelt vereinbart.")
    for (vorher, _), (nachher, _) in pairwise(segmente):
        if vorher.ende != nachher.beginn:
            raise PlanwertError("Die Entgelte schließen nicht lückenlos aneinander an.")


def differenz(soll: Decimal, guenstigstes: Decimal) -> Decimal:
    """Difference to the best price. Both are the amounts **as shown** (full euro), so that the table adds
    up.
    """
    return als_decimal(soll) - als_decimal(guenstigstes)


def soll_kosten(soll_entgelt: Decimal, taschengeld: Decimal) -> Decimal:
    """Soll-Kosten of the detail page: Soll-Entgelt plus pocket money, in euro and cent."""
    return als_decimal(soll_entgelt) + als_decimal(taschengeld)


def taschengeld_summe(zeitraum: Zeitraum, barbetraege: Entgelte) -> Decimal:
    """Pocket money (Barbetrag, § 39 Abs. 2 SGB VIII) of a closed period, in euro and cent.

    `zeitraum` is the real stay (both ends of the screen included), `barbetraege` the monthly amounts with
    their validity (age step, new table). A part of a month counts days / actual days of that month, like
    partial months of the Kostenbeitrag (VG Frankfurt (Oder) 6 K 332/11); each month is rounded half up to
    cent once, as it is paid. Raises `PlanwertError` if a day has no amount; an amount of zero must be
    entered as zero.
    """
    summe = Decimal(0)
    for monat in zeitraum.monate():
        teil = zeitraum.in_monat(monat)
        assert teil is not None  # a month of the period has a day in it
        tageswerte = sum((_barbetrag_am(tag, barbetraege) for tag in teil.einzelne_tage()), Decimal(0))
        summe += round_cent(tageswerte / tage_im_monat(monat))
    return summe


def _barbetrag_am(tag: date, barbetraege: Entgelte) -> Decimal:
    gueltige = [als_decimal(betrag) for gueltig, betrag in barbetraege if tag in gueltig]
    if len(gueltige) != 1:
        raise PlanwertError(f"Für den {format_datum(tag)} ist kein eindeutiger Barbetrag hinterlegt.")
    return gueltige[0]
