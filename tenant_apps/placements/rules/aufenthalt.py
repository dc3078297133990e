"""One child, one bed: nights in which a stay has the child for itself, and those in which it lies over another one.

A kept place, Inobhutnahme, Probewohnen and a clinic lie over a stay until a day that is said; from then on such a stay
has the child for itself, too. The constraints `buchung_ein_aufenthalt` and `buchung_eine_ueberlagerung` say the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.placements.rules.person import naechte


@dataclass(frozen=True, slots=True)
class Aufenthalt:
    """A booked stay as it was or is planned, first and last day included; `bis`: the last day it lies over another."""

    tage: Zeitraum
    bis: date | None = None

    @property
    def allein(self) -> Zeitraum | None:
        """The nights in which no other stay has the child."""
        beginn, ende = self._wechsel, naechte(self.tage).ende
        return Zeitraum(beginn, ende) if ende is None or beginn < ende else None

    @property
    def ueberlagernd(self) -> Zeitraum | None:
        """The nights in which it lies over another stay, whose place is kept meanwhile."""
        return Zeitraum(self.tage.beginn, self._wechsel) if self._wechsel > self.tage.beginn else None

    @property
    def _wechsel(self) -> date:
        nacht = naechte(self.tage)
        if self.bis is None:
            return nacht.beginn
        letzter = self.tage.letzter_tag
        if letzter is not None and nacht.ende is not None and self.bis >= letzter:
            return nacht.ende
        return max(nacht.beginn, self.bis)


def vertragen_sich(eins: Aufenthalt, zwei: Aufenthalt) -> bool:
    """Whether a child can have both: no night that each has for itself, none that both of them lie over a third in."""
    return not (_teilen(eins.allein, zwei.allein) or _teilen(eins.ueberlagernd, zwei.ueberlagernd))


def verwaiste_naechte(eines: Aufenthalt, andere: Iterable[Aufenthalt]) -> tuple[Zeitraum, ...]:
    """Nights in which it lies over another stay that is none any more: it has ended early or was cancelled since. In
    them the child sleeps here, whatever was said when it was booked."""
    offen = [eines.ueberlagernd] if eines.ueberlagernd else []
    for anderer in andere:
        if (unten := anderer.allein) is not None:
            offen = [rest for stueck in offen for rest in _ohne(stueck, unten)]
    return tuple(offen)


def _ohne(stueck: Zeitraum, weg: Zeitraum) -> list[Zeitraum]:
    if not stueck.overlaps(weg):
        return [stueck]
    reste = [Zeitraum(stueck.beginn, weg.beginn)] if stueck.beginn < weg.beginn else []
    if weg.ende is not None and (stueck.ende is None or weg.ende < stueck.ende):
        reste.append(Zeitraum(weg.ende, stueck.ende))
    return reste


def _teilen(eins: Zeitraum | None, zwei: Zeitraum | None) -> bool:
    return eins is not None and zwei is not None and eins.overlaps(zwei)
