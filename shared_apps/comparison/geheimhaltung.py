"""Which cells of a filtered comparison are withheld from other bodies (domain.md 3.3 rule 8, security.md). No Django.

A month of one figure and one Spezialisierung is a table Hilfeart × youth office with two kinds of published sums: over
the offices (row "Summe") and over the types of help ("alle Hilfearten"). A withheld cell must follow from neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ALLE = ""

Zellen = Mapping[str, Mapping[str, int | None]]


#: Smallest slack of the withheld counts of a line (security.md: every interval at least 3 wide).
SPIELRAUM = 3


@dataclass(frozen=True, slots=True)
class Sperrmuster:
    """Withheld cells (Hilfeart, youth office), and the types of help whose row "Summe" is withheld."""

    zellen: frozenset[tuple[str, str]]
    summen: frozenset[str]


def reicht(anzahlen: Iterable[int], spielraum: int = SPIELRAUM) -> bool:
    """Whether the withheld counts of a line, each at least 1, stay unsure although their sum is known."""
    liste = list(anzahlen)
    return len(liste) >= 2 and sum(liste) - len(liste) >= spielraum


class _Tabelle:
    def __init__(self, zellen: Zellen, *, k: int, spielraum: int, alle_offen: bool) -> None:
        self.x = {(art, amt): n for art, zeile in zellen.items() for amt, n in zeile.items() if n is not None}
        self.k, self.spielraum, self.alle_offen = k, spielraum, alle_offen
        self.arten = sorted(art for art in zellen if art != ALLE)
        self.aemter = sorted({amt for _, amt in self.x})
        self.geheim = {z for z, n in self.x.items() if 0 < n < k and not (alle_offen and z[0] == ALLE)}
        self.summen: set[str] = set()

    def _smallest(self, kandidaten: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
        offen = [z for z in kandidaten if self.x.get(z, 0) >= self.k and z not in self.geheim]
        return min(offen, key=lambda z: (self.x[z], z), default=None)

    def protect_column(self, art: str) -> bool:
        """The sum over the youth offices."""
        verdeckt = [self.x[z] for z in self.geheim if z[0] == art]
        if not verdeckt or art in self.summen or reicht(verdeckt, self.spielraum):
            return False
        naechste = self._smallest((art, amt) for amt in self.aemter)
        if naechste is None or (art == ALLE and self.alle_offen):
            self.summen.add(art)
        else:
            self.geheim.add(naechste)
        return True

    def protect_row(self, amt: str) -> bool:
        """The sum over the types of help of one office, which is the cell "alle Hilfearten"."""
        if (ALLE, amt) not in self.x:
            return False
        verdeckt = [self.x[z] for z in self.geheim if z[1] == amt and z[0] != ALLE]
        alle_verdeckt = (ALLE, amt) in self.geheim
        if alle_verdeckt == bool(verdeckt):
            return False
        if not alle_verdeckt and reicht(verdeckt, self.spielraum):
            return False
        naechste = self._smallest((art, amt) for art in self.arten)
        if naechste is None and not self.alle_offen and not alle_verdeckt:
            naechste = (ALLE, amt)
        if naechste is None:
            return False  # everything of this office is withheld, and its open total says the rest
        self.geheim.add(naechste)
        return True

    def protect_sums(self) -> bool:
        """The sums themselves add up to the sum of all types of help."""
        verdeckt = self.summen - {ALLE}
        alle_verdeckt = ALLE in self.summen
        if len(verdeckt) >= 2 or bool(verdeckt) == alle_verdeckt:
            return False
        summe = {a: sum(n for (art, _), n in self.x.items() if art == a) for a in self.arten if a not in self.summen}
        offen = [a for a, n in summe.items() if n > 0]
        if not offen:
            return False
        self.summen.add(min(offen, key=lambda a: (summe[a], a)))
        return True


def sperre(zellen: Zellen, *, k: int = 3, spielraum: int = SPIELRAUM, alle_offen: bool) -> Sperrmuster:
    """Primary suppression of 1 … k−1, then further cells and sums until no sum gives one away.

    `zellen[hilfeart][amt]`, the key "" being "alle Hilfearten". `alle_offen`: that total is published elsewhere
    without suppression (no Spezialisierung chosen). A viewing office knows itself: leave it out of `zellen`.
    """
    tabelle = _Tabelle(zellen, k=k, spielraum=spielraum, alle_offen=alle_offen)
    unruhig = True
    while unruhig:
        schritte = [tabelle.protect_column(art) for art in [ALLE, *tabelle.arten]]
        schritte += [tabelle.protect_row(amt) for amt in tabelle.aemter]
        schritte.append(tabelle.protect_sums())
        unruhig = any(schritte)
    return Sperrmuster(frozenset(tabelle.geheim), frozenset(tabelle.summen))


def sperre_jahr(
    monate: Mapping[str, Mapping[object, int]], geheim: Mapping[str, frozenset], *, k: int = 3
) -> tuple[frozenset[str], bool]:
    """Offices whose **whole closed year** is withheld, and whether its sum is.

    `monate[amt][monat]` are the counts, `geheim[amt]` the months withheld. The total of a year may be shown although
    months are withheld, as long as it does not give them away. Means of part of a year have no such grace: two of
    them differ by one month.
    """
    summen = {amt: sum(werte.values()) for amt, werte in monate.items()}
    verdeckt = {
        amt
        for amt, summe in summen.items()
        if 0 < summe < k or (geheim.get(amt) and not reicht(monate[amt][m] for m in geheim[amt]))
    }
    return frozenset(verdeckt), bool(verdeckt) and not reicht(summen[amt] for amt in verdeckt)
