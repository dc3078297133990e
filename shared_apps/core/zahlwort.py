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
    """A span: "1 Jahr", "12 Jahre". How old somebody is, is `wie_alt`."""
    return anzahl(zahl, "Jahr", "Jahre")


#: What a child before the first birthday is called: nobody is "0 Jahre" old.
UNTER_EINEM = "unter 1 Jahr"


def wie_alt(jahre: int) -> str:
    """How old somebody is, by completed years: "unter 1 Jahr", "1 Jahr", "12 Jahre"."""
    return anzahl_jahre(jahre) if jahre else UNTER_EINEM


def im_alter(jahre: int) -> str:
    """The same behind "Alter": "von 9 Jahren", "unter 1 Jahr"."""
    return f"von {anzahl(jahre, 'Jahr', 'Jahren')}" if jahre else UNTER_EINEM


def ab_alter(jahre: int) -> str:
    """From which age on somebody is taken: "ab 3 Jahren", "ab der Geburt"."""
    return f"ab {anzahl(jahre, 'Jahr', 'Jahren')}" if jahre else "ab der Geburt"


def altersspanne(von: int, bis: int) -> str:
    """Whom somebody takes, both ages included: "0 bis 6 Jahre", "6 Jahre", "unter 1 Jahr"."""
    return wie_alt(bis) if von == bis else f"{von} bis {anzahl_jahre(bis)}"


def anzahl_stunden(zahl: int) -> str:
    """ "1 Stunde", "2 Stunden"."""
    return anzahl(zahl, "Stunde", "Stunden")


def anzahl_tage(zahl: int) -> str:
    """ "1 Tag", "30 Tage"."""
    return anzahl(zahl, "Tag", "Tage")


def anzahl_naechte(zahl: int) -> str:
    """ "1 Nacht", "14 Nächte"."""
    return anzahl(zahl, "Nacht", "Nächte")
