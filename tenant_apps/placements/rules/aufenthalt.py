"""One child, one bed: nights in which a stay has the child for itself, and those in which it lies over another one.

A kept place, Inobhutnahme, Probewohnen and a clinic lie over a stay until a day that is said; from then on such a stay
has the child for itself, too. It does so in each night in which nothing lies beneath, and keeps the night. The trigger
`placements_naechte` computes the same, and the constraints `buchung_ein_aufenthalt` and `buchung_eine_ueberlagerung`
compare it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.placements.rules.person import naechte

#: Nights, each period without one that another of them has; in no order.
Naechte = tuple[Zeitraum, ...]


@dataclass(frozen=True, slots=True)
class Aufenthalt:
    """A booked stay as it was or is planned, first and last day included; `bis`: the last day it lies over another."""

    tage: Zeitraum
    bis: date | None = None

    @property
    def naechte(self) -> Naechte:
        return (naechte(self.tage),)

    @property
    def gesagt(self) -> Naechte:
        """The nights in which it is said to lie over another stay, whose place is kept meanwhile."""
        return (Zeitraum(self.tage.beginn, self._wechsel),) if self._wechsel > self.tage.beginn else ()

    @property
    def _wechsel(self) -> date:
        nacht = naechte(self.tage)
        if self.bis is None:
            return nacht.beginn
        letzter = self.tage.letzter_tag
        if letzter is not None and nacht.ende is not None and self.bis >= letzter:
            return nacht.ende
        return max(nacht.beginn, self.bis)


@dataclass(frozen=True, slots=True)
class Belegung:
    """Whose the nights of a stay are: its own, or those of the stay it lies over."""

    allein: Naechte = ()
    ueberlagernd: Naechte = ()


def belegung(stay: Aufenthalt, andere: Iterable[Belegung], bisher: Belegung | None = None) -> Belegung:
    """Whose its nights are beside the other stays of the child.

    `bisher`: what it had before its days changed; a night that was its own is not laid over another stay again.
    """
    unten = [nacht for anderer in andere for nacht in anderer.allein]
    ueberlagernd = _schnitt(stay.gesagt, unten)
    if bisher is not None:
        ueberlagernd = _ohne(ueberlagernd, bisher.allein)
    return Belegung(_ohne(stay.naechte, ueberlagernd), ueberlagernd)


def vertragen_sich(eins: Belegung, zwei: Belegung) -> bool:
    """Whether a child can have both: no night that each has for itself, none that both of them lie over a third in."""
    return not (_schnitt(eins.allein, zwei.allein) or _schnitt(eins.ueberlagernd, zwei.ueberlagernd))


def gemeinsame_naechte(oben: Belegung, unten: Belegung) -> Naechte:
    """The nights in which one lies over the other."""
    return _schnitt(oben.ueberlagernd, unten.allein)


def liegt_ueber(oben: Belegung, unten: Belegung) -> bool:
    """Whether one lies over the other in a night."""
    return bool(gemeinsame_naechte(oben, unten))


def verwaiste_naechte(eines: Belegung, andere: Iterable[Belegung]) -> Naechte:
    """Nights in which it lies over another stay that is none any more: it has ended early or was cancelled since.

    The database leaves none: it gives them to the stay that lay over it. No page asks: it is what the tests hold the
    triggers against.
    """
    return _ohne(eines.ueberlagernd, [nacht for anderer in andere for nacht in anderer.allein])


def _schnitt(eine: Iterable[Zeitraum], andere: Iterable[Zeitraum]) -> Naechte:
    andere = tuple(andere)
    paare = (nacht.intersect(andre) for nacht in eine for andre in andere)
    return tuple(gemeinsam for gemeinsam in paare if gemeinsam is not None)


def _ohne(naechte: Iterable[Zeitraum], weg: Iterable[Zeitraum]) -> Naechte:
    reste = list(naechte)
    for stueck in weg:
        reste = [rest for nacht in reste for rest in _ohne_stueck(nacht, stueck)]
    return tuple(reste)


def _ohne_stueck(nacht: Zeitraum, weg: Zeitraum) -> list[Zeitraum]:
    if not nacht.overlaps(weg):
        return [nacht]
    reste = [Zeitraum(nacht.beginn, weg.beginn)] if nacht.beginn < weg.beginn else []
    if weg.ende is not None and (nacht.ende is None or weg.ende < nacht.ende):
        reste.append(Zeitraum(weg.ende, nacht.ende))
    return reste
