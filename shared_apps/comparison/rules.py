"""The rows and columns of the comparison across districts, exactly as law.md 3.2 and 3.3 define them. No
Django.

Keys of every mapping are the tenants (kz or AGS). A value of None means "k. A." (not reported), which is
not zero: it leaves the numerator and the denominator. 0 is a value. Everything is Decimal, computed exactly
and rounded once, at display.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from statistics import median as _median

from shared_apps.core.geld import KEIN_WERT, als_decimal, format_prozent, format_zahl
from shared_apps.core.zeitraum import monatserster

KEINE_ANGABE = "k. A."
HUNDERT = Decimal(100)
MINDESTABDECKUNG_PROZENT = Decimal(50)

Werte = Mapping[str, Decimal | None]
Gewichte = Mapping[str, Decimal]


class VergleichError(ValueError):
    """A comparison that would mislead; the message is German and fit for the screen."""


def gemeldete(werte: Werte) -> dict[str, Decimal]:
    """The tenants with a reported value (law.md 3.3)."""
    return {tenant: als_decimal(wert) for tenant, wert in werte.items() if wert is not None}


def _dezimal(bruch: Fraction) -> Decimal:
    return Decimal(bruch.numerator) / Decimal(bruch.denominator)


# --- rows -------------------------------------------------------------------------------------------------


def ew_gewichteter_durchschnitt(
    werte: Werte, gewichte: Gewichte, *, mindestabdeckung: Decimal = MINDESTABDECKUNG_PROZENT
) -> Decimal | None:
    """EW-gewichteter Durchschnitt of a column: Σ E_i·v_i / Σ E_i over the tenants that reported (candidate
    A).

    `gewichte` are the inhabitants of **all** tenants of the table, one vintage; in the mode per 1,000 under
    21 the population under 21. None if nothing is reported or the reporting tenants cover less than
    `mindestabdeckung` percent of the inhabitants (rule 3; exactly 50 % is enough). Raises `VergleichError`
    for a missing or non-positive weight.
    """
    gemeldet = gemeldete(werte)
    if not abdeckung(werte, gewichte).reicht(mindestabdeckung):
        return None
    gewicht = sum(Fraction(gewichte[tenant]) for tenant in gemeldet)
    summe = sum(Fraction(gewichte[tenant]) * Fraction(wert) for tenant, wert in gemeldet.items())
    return _dezimal(Fraction(summe) / Fraction(gewicht))


@dataclass(frozen=True, slots=True)
class Summe:
    """Sum over the tenants that reported, None if none did; `unvollstaendig` if one is missing."""

    wert: Decimal | None
    unvollstaendig: bool


def summe(werte: Werte) -> Summe:
    """Sum row of a column of absolute figures. Never for rates, lengths of stay or euro per case (rule 4)."""
    gemeldet = gemeldete(werte)
    wert = sum(gemeldet.values(), Decimal(0)) if gemeldet else None
    return Summe(wert, unvollstaendig=len(gemeldet) < len(werte))


def minimum(werte: Werte) -> Decimal | None:
    """Smallest reported value, None if there is none."""
    return min(gemeldete(werte).values(), default=None)


def maximum(werte: Werte) -> Decimal | None:
    """Largest reported value, None if there is none."""
    return max(gemeldete(werte).values(), default=None)


def median(werte: Werte) -> Decimal | None:
    """Middle reported value, the mean of the two middle ones for an even number, None if there is none."""
    gemeldet = gemeldete(werte)
    return _median(gemeldet.values()) if gemeldet else None


@dataclass(frozen=True, slots=True)
class Abdeckung:
    """Who is behind a column: `gemeldet` of `gesamt` tenants, and their share of the inhabitants in
    percent.
    """

    gemeldet: int
    gesamt: int
    prozent_exakt: Decimal

    def reicht(self, mindestabdeckung: Decimal) -> bool:
        """True if an average may be shown (rule 3)."""
        return self.gemeldet > 0 and self.prozent_exakt >= mindestabdeckung

    def __str__(self) -> str:
        prozent = format_prozent(self.prozent_exakt)
        return f"{self.gemeldet} von {self.gesamt} Trägern, {prozent} der Einwohner"


def abdeckung(werte: Werte, gewichte: Gewichte) -> Abdeckung:
    """Coverage of a column. Every tenant of the table is a key of `werte`; raises `VergleichError` without
    its weight.
    """
    for tenant in werte:
        if tenant not in gewichte or als_decimal(gewichte[tenant]) <= 0:
            raise VergleichError(f"Für {tenant} fehlt der Bevölkerungsstand.")
    gemeldet = gemeldete(werte)
    alle = sum((gewichte[tenant] for tenant in werte), Decimal(0))
    gedeckt = sum((gewichte[tenant] for tenant in gemeldet), Decimal(0))
    return Abdeckung(len(gemeldet), len(werte), HUNDERT * gedeckt / alle if werte else Decimal(0))


# --- rates ------------------------------------------------------------------------------------------------


def rate_je(wert: Decimal | None, einwohner: Decimal, basis: int = 1000) -> Decimal | None:
    """`wert` per `basis` inhabitants (10,000 for the Inanspruchnahme of the HzE-Monitor). None stays None."""
    if als_decimal(einwohner) <= 0:
        raise VergleichError("Der Bevölkerungsstand muss größer als null sein.")
    return None if wert is None else _dezimal(Fraction(als_decimal(wert)) * basis / Fraction(einwohner))


def gepoolt(zaehler: Werte, nenner: Werte, basis: int = 1) -> Decimal | None:
    """Row "Gesamt (gepoolt)" (candidate D): Σ numerator / Σ denominator × basis over the tenants that
    reported both.

    None if none did or the denominators add up to zero.
    """
    oben, unten = gemeldete(zaehler), gemeldete(nenner)
    gemeinsam = oben.keys() & unten.keys()
    teiler = sum(Fraction(unten[tenant]) for tenant in gemeinsam)
    if teiler == 0:
        return None
    return _dezimal(sum(Fraction(oben[tenant]) for tenant in gemeinsam) * basis / Fraction(teiler))


# --- columns ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Monatsdurchschnitt:
    """Mean over the months used (first days, ascending); `wert` is None if no month was reported."""

    wert: Decimal | None
    monate: tuple[date, ...]


def monatsdurchschnitt(
    monatswerte: Mapping[date, Decimal | None], jahr: int, *, letzter_abgeschlossener: date | None = None
) -> Monatsdurchschnitt:
    """Monatsdurchschnitt of **one** tenant: mean of its reported months of `jahr` (rule 5).

    For the running year pass the last closed month, months after it are left out; for the previous year
    None = all. Average first per tenant, then weight.
    """
    verwendet = {
        monatserster(monat): als_decimal(wert)
        for monat, wert in monatswerte.items()
        if wert is not None
        and monat.year == jahr
        and (letzter_abgeschlossener is None or monatserster(monat) <= letzter_abgeschlossener)
    }
    if not verwendet:
        return Monatsdurchschnitt(None, ())
    mittel = _dezimal(sum((Fraction(wert) for wert in verwendet.values()), Fraction(0)) / len(verwendet))
    return Monatsdurchschnitt(mittel, tuple(sorted(verwendet)))


def veraenderung_prozent(aktuell: Decimal | None, vorher: Decimal | None) -> Decimal | None:
    """(aktuell − vorher) / vorher × 100; None ("–") if one is not reported or `vorher` is zero (rule 6).

    The slide does not define the base; we compare the monthly averages of this year and the last
    (law.md 9.1).
    """
    if aktuell is None or vorher is None or als_decimal(vorher) == 0:
        return None
    basis = Fraction(vorher)
    return _dezimal((Fraction(als_decimal(aktuell)) - basis) / basis * 100)


def in_beiden_jahren(jahr: Werte, vorjahr: Werte) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Both columns cut to the matched tenants, those that reported in both."""
    neu, alt = gemeldete(jahr), gemeldete(vorjahr)
    gemeinsam = [tenant for tenant in neu if tenant in alt]
    return {tenant: neu[tenant] for tenant in gemeinsam}, {tenant: alt[tenant] for tenant in gemeinsam}


def veraenderung_summe(jahr: Werte, vorjahr: Werte) -> Decimal | None:
    """Change of the sum row in percent, from the sums of the matched tenants (rule 6), not a mean of
    percentages.
    """
    neu, alt = in_beiden_jahren(jahr, vorjahr)
    return veraenderung_prozent(summe(neu).wert, summe(alt).wert)


def veraenderung_durchschnitt(jahr: Werte, vorjahr: Werte, gewichte: Gewichte) -> Decimal | None:
    """Change of the EWØ row in percent, from the weighted averages of the matched tenants (rule 6).

    Both years are weighted with the **same** inhabitants, so that a new census shows no change where there
    is none (law.md 4: the Zensus 2022 break must not appear). None if the matched tenants cover less than
    half of the inhabitants of the table.
    """
    neu, alt = in_beiden_jahren(jahr, vorjahr)
    luecken: Werte = dict.fromkeys(set(jahr) - set(neu))
    return veraenderung_prozent(
        ew_gewichteter_durchschnitt({**neu, **luecken}, gewichte),
        ew_gewichteter_durchschnitt({**alt, **luecken}, gewichte),
    )


# --- population -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bevoelkerungsjahrgang:
    """One published population: official date, census basis (`Zensus 2022`) and the tenants it covers."""

    stichtag: date
    zensusbasis: str
    tenants: frozenset[str]

    def __str__(self) -> str:
        return f"Einwohner am {self.stichtag:%d.%m.%Y}, Basis {self.zensusbasis}"


@dataclass(frozen=True, slots=True)
class StichtagWahl:
    """The vintage for a column; `ist_ersatz` if none is before the column and the nearest later one
    stands in.
    """

    jahrgang: Bevoelkerungsjahrgang
    ist_ersatz: bool


def einwohner_stichtag(
    spaltenbeginn: date, verfuegbare: Iterable[Bevoelkerungsjahrgang], tenants: Set[str] = frozenset()
) -> StichtagWahl:
    """The one vintage of a column: the latest official one before the column's period begins (rule 1).

    Only vintages covering all `tenants` on one census basis qualify, two bases are never mixed; of two
    bases for one date the newer is taken. An unpublished year falls back to the latest before it. Raises
    `VergleichError` if no vintage covers all.
    """
    vollstaendige = sorted(
        (jahrgang for jahrgang in verfuegbare if tenants <= jahrgang.tenants),
        key=lambda jahrgang: (jahrgang.stichtag, jahrgang.zensusbasis),
    )
    if not vollstaendige:
        raise VergleichError("Es gibt keinen Bevölkerungsstand, der alle Träger auf derselben Basis umfasst.")
    fruehere = [jahrgang for jahrgang in vollstaendige if jahrgang.stichtag < spaltenbeginn]
    if fruehere:
        return StichtagWahl(fruehere[-1], ist_ersatz=False)
    erster = vollstaendige[0].stichtag
    return StichtagWahl([j for j in vollstaendige if j.stichtag == erster][-1], ist_ersatz=True)


# --- small numbers ----------------------------------------------------------------------------------------


class Geheim(Enum):
    """The mark of a withheld count. Not None: withheld is not the same as not reported."""

    GEHEIM = "•"

    def __str__(self) -> str:
        return str(self.value)


GEHEIM = Geheim.GEHEIM


# --- display ----------------------------------------------------------------------------------------------


class Anzeigeart(Enum):
    """Kind of figure with its decimals (rule 7)."""

    ANZAHL = ("anzahl", 0)
    ANZAHL_MITTEL = ("anzahl_mittel", 1)
    RATE = ("rate", 2)
    EURO = ("euro", 0)
    PROZENT = ("prozent", 1)
    MONATE = ("monate", 1)

    @property
    def stellen(self) -> int:
        return self.value[1]


def zeige(wert: Decimal | int | Geheim | None, art: Anzeigeart) -> str:
    """Text of a cell: German number, `k. A.` for not reported, `•` for withheld; percentages without value
    `–`.
    """
    if wert is GEHEIM:
        return str(wert)
    if wert is None:
        return KEIN_WERT if art is Anzeigeart.PROZENT else KEINE_ANGABE
    return format_zahl(als_decimal(wert), art.stellen)
