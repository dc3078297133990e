"""Charts that the server draws: where each part of a step lies, in a field of 100 by 100. No Django, no colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from shared_apps.core.zeitraum import Zeitraum

#: The last step has no end: it is drawn on for this share of the time before it, at least for the days below.
_WEITER = Decimal("0.1")
_MINDESTENS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Stufe:
    """What holds in a period, and of which named parts it is made up."""

    zeitraum: Zeitraum
    teile: Sequence[tuple[str, Decimal]]

    @property
    def summe(self) -> Decimal:
        """All parts."""
        return sum((wert for _, wert in self.teile), Decimal(0))


@dataclass(frozen=True, slots=True)
class Flaeche:
    """One part of one step: a rectangle; `reihe` says which part, from 1 on. Numbers with a dot, for SVG."""

    reihe: int
    x: str
    y: str
    breite: str
    hoehe: str


@dataclass(frozen=True, slots=True)
class Stufenbild:
    """A drawn chart: rectangles, the names of the parts in their order, the ends of both axes."""

    flaechen: list[Flaeche]
    reihen: list[tuple[int, str]]
    heute: str
    von: date
    bis: date
    hoechstens: Decimal
    #: Whether a step has no end: where the field ends is then no day of anything.
    offen: bool


def draw_stufen(stufen: Sequence[Stufe], heute: date) -> Stufenbild | None:
    """Steps in time from left to right, each stacked out of its parts from zero on; None without any.

    The same name has the same `reihe` in all steps, by where it first stands, also where it is zero: so charts that
    name the same parts in the same order look the same. `heute` is drawn where it lies.
    """
    if not stufen:
        return None
    von = min(stufe.zeitraum.beginn for stufe in stufen)
    letzter = max([heute, *(stufe.zeitraum.beginn for stufe in stufen)])
    bis = letzter + max(_MINDESTENS, timedelta(days=int((letzter - von).days * _WEITER)))
    bis = max([bis, *(stufe.zeitraum.ende for stufe in stufen if stufe.zeitraum.ende)])
    namen = list(dict.fromkeys(name for stufe in stufen for name, _ in stufe.teile))
    gezeigt = {name for stufe in stufen for name, wert in stufe.teile if wert}
    hoechstens = max(stufe.summe for stufe in stufen)
    flaechen = [
        flaeche
        for stufe in stufen
        for flaeche in _stack(
            stufe,
            namen,
            x=_share((stufe.zeitraum.beginn - von).days, (bis - von).days),
            ende=_share(((stufe.zeitraum.ende or bis) - von).days, (bis - von).days),
            hoechstens=hoechstens,
        )
    ]
    reihen = [(reihe, name) for reihe, name in enumerate(namen, start=1) if name in gezeigt]
    wann = _text(_share((heute - von).days, (bis - von).days))
    offen = any(stufe.zeitraum.ende is None for stufe in stufen)
    return Stufenbild(flaechen, reihen, wann, von, bis, hoechstens, offen)


def _stack(stufe: Stufe, namen: list[str], *, x: Decimal, ende: Decimal, hoechstens: Decimal) -> list[Flaeche]:
    flaechen, unten = [], Decimal(0)
    werte = dict(stufe.teile)
    for reihe, name in enumerate(namen, start=1):
        wert = werte.get(name, Decimal(0))
        if not wert:
            continue
        oben = unten + wert
        y, fuss = 100 - _share(oben, hoechstens), 100 - _share(unten, hoechstens)
        flaechen.append(Flaeche(reihe, _text(x), _text(y), _text(ende - x), _text(fuss - y)))
        unten = oben
    return flaechen


def _share(wert: Decimal | int, ganzes: Decimal | int) -> Decimal:
    """Per cent of the whole, within the field."""
    return min(max(Decimal(wert) * 100 / Decimal(ganzes), Decimal(0)), Decimal(100)) if ganzes else Decimal(0)


def _text(wert: Decimal) -> str:
    return f"{wert:.3f}"
