"""A number with its noun: "1 Fall", "12 Fälle", "0 Fälle"."""

from __future__ import annotations

from decimal import Decimal

from shared_apps.core.geld import format_zahl


def anzahl(zahl: int | Decimal, eins: str, viele: str) -> str:
    """`zahl` (whole) with the form of the noun that goes with it; the number is written the German way."""
    return f"{format_zahl(Decimal(zahl), 0)} {eins if zahl == 1 else viele}"


def anzahl_genau(zahl: int | Decimal, eins: str, viele: str) -> str:
    """The same of a planned quantity, with two decimals: "1,00 Tag", "182,00 Tage"."""
    return f"{format_zahl(Decimal(zahl), 2)} {eins if zahl == 1 else viele}"


def dauer(tage: int | Decimal, wochen: int | Decimal) -> str:
    """A planned duration: "182,00 Tage, 26,00 Wochen"."""
    return f"{anzahl_genau(tage, 'Tag', 'Tage')}, {anzahl_genau(wochen, 'Woche', 'Wochen')}"


def anzahl_jahre(zahl: int) -> str:
    """An age or a span: "1 Jahr", "12 Jahre"."""
    return anzahl(zahl, "Jahr", "Jahre")


def anzahl_stunden(zahl: int) -> str:
    """ "1 Stunde", "2 Stunden"."""
    return anzahl(zahl, "Stunde", "Stunden")


def anzahl_tage(zahl: int) -> str:
    """ "1 Tag", "30 Tage"."""
    return anzahl(zahl, "Tag", "Tage")


def anzahl_naechte(zahl: int) -> str:
    """ "1 Nacht", "14 Nächte"."""
    return anzahl(zahl, "Nacht", "Nächte")
