"""Money and numbers: one place that rounds, one that formats.

Left to each page they differ: Django's `number_format(…, 0)` cuts off, `floatformat` rounds half up, the overview of
offers rounds up (law.md 0.2).

Decimal only: a float raises TypeError, NaN and infinity raise GeldError. German notation, U+00A0 before the
unit so that amount and unit never part at a line end, U+2212 as the minus sign (screen readers say it).
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from shared_apps.core.eingabe import read_zahl

EURO = Decimal("1")
NBSP = "\u00a0"
MINUS = "\u2212"
KEIN_WERT = "\u2013"


class GeldError(ValueError):
    """An amount that cannot be read, rounded or shown; the message is German and fit for the screen."""


def als_decimal(wert: object) -> Decimal:
    """`wert` as a finite Decimal; whole numbers are taken over. TypeError for float, bool and text, else
    GeldError.
    """
    if isinstance(wert, int) and not isinstance(wert, bool):
        return Decimal(wert)
    return _pruefe_decimal(wert)


def _pruefe_decimal(wert: object) -> Decimal:
    if not isinstance(wert, Decimal):
        raise TypeError(f"Decimal required, not {type(wert).__name__}: binary fractions lose cents")
    if not wert.is_finite():
        raise GeldError("Der Betrag ist keine Zahl.")
    return wert


def round_stellen(wert: Decimal, stellen: int) -> Decimal:
    """Half up to `stellen` decimal places, away from zero for negative values (law.md 3.3 rule 7)."""
    return _pruefe_decimal(wert).quantize(EURO.scaleb(-stellen), rounding=ROUND_HALF_UP)


def round_cent(betrag: Decimal) -> Decimal:
    """Half up to full cent, as on invoices: 0.125 becomes 0.13."""
    return round_stellen(betrag, 2)


def ceil_euro(betrag: Decimal) -> Decimal:
    """Up to the next full euro, as in the overview of offers (slide, 14 of 14 rows: 16.456,44 becomes
    16.457).

    Towards plus infinity: a plan value is never shown below the cost.
    """
    return _pruefe_decimal(betrag).quantize(EURO, rounding=ROUND_CEILING)


def format_zahl(wert: Decimal, stellen: int) -> str:
    """German number with `stellen` decimals, half up: `1.234,50`, `182,00`."""
    gerundet = round_stellen(wert, stellen)
    betrag = f"{abs(gerundet):,.{stellen}f}".translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{betrag}" if gerundet < 0 else betrag  # a rounded -0,00 is shown without sign


def format_geld(betrag: Decimal) -> str:
    """Amount in euro and cent: `13.832,00 €`."""
    return f"{format_zahl(betrag, 2)}{NBSP}€"


def format_euro_voll(betrag: Decimal) -> str:
    """Amount in full euro: `13.832 €`. GeldError if there are cents: rounding is the rule's decision, not
    ours.
    """
    if _pruefe_decimal(betrag) != betrag.to_integral_value():
        raise GeldError("Der Betrag ist nicht auf volle Euro gerundet.")
    return f"{format_zahl(betrag, 0)}{NBSP}€"


def format_differenz(betrag: Decimal) -> str:
    """Difference to the best price in full euro with its sign: `+ 2.184 €`, `− 5 €`, `0 €`. GeldError on
    cents.
    """
    text = format_euro_voll(abs(_pruefe_decimal(betrag)))
    if betrag == 0:
        return text
    return f"{'+' if betrag > 0 else MINUS}{NBSP}{text}"


def format_prozent(wert: Decimal | None, stellen: int = 1) -> str:
    """Percentage points already multiplied by 100: `12,3 %`; None (no value) becomes an en dash."""
    return KEIN_WERT if wert is None else f"{format_zahl(wert, stellen)}{NBSP}%"


def parse_geld(text: str) -> Decimal:
    """Amount in euro from German input: `1.234,56`, `1234,5`, `76`, `−3,00 €`. Always two decimals in the
    result.

    GeldError (German) for everything else, in particular for `1234.56` and `1.5`, which could mean two
    amounts.
    """
    roh = " ".join(text.split()).removesuffix("€").rstrip().replace(MINUS, "-")
    betrag = read_zahl(roh, punkt_ist_gruppe=True)
    if betrag is None or int(betrag.as_tuple().exponent) < -2:
        raise GeldError("Bitte geben Sie einen Betrag in der Form 1.234,56 ein.")
    return betrag + Decimal("0.00")
