"""Which figures of a month are withheld from other bodies (ADR 0037). No Django.

Everything the comparison can show of a month is one system: the tables Hilfeart × youth office of all figures, for each
Spezialisierung, their totals "alle Hilfearten", the sums over the offices, ratios of two figures, and what everybody
knows (Bestand ≤ Fallzahl, the sum of Auswärtige Buchungen equals that of Fremdbelegungen). `sperre` hides the small
counts and then enough more that each hidden figure stays unsure for whoever knows all of that and, as an office, its
own figures.

Why it holds: a hidden figure is safe when there are other worlds that look the same from outside. `_Monat.nach_oben`
and `nach_unten` build them inside **one office**: one figure goes up, hidden figures of the same row go down by as much
(or the hidden total goes with it), and hidden bounds above it make room the same way. The sums over the offices change
with it, so the sum of a column with a hidden figure is always hidden. Nothing that is shown differs between these
worlds, whoever looks. The attack with a linear programme is tests/shared_apps/comparison/test_attack.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from shared_apps.comparison.katalog import KENNZAHLEN

ALLE = ""
MINDESTFALLZAHL = 3
#: A hidden count has at least this many possible values (ADR 0037).
SPIELRAUM = 3
#: A hidden amount may be off by this share, up and down.
SPIELRAUM_EURO = Decimal("0.15")
UNBEGRENZT = 10**18
#: What it costs to hide an office's total, and with it the state's, in cells.
PREIS_GESAMT = 8
#: How many other cells of a row are tried.
KANDIDATEN = 4
#: What it costs to hide the first cell of a column, and with it the sum over the offices.
PREIS_SUMME = 2

#: Published by nature: a budget says nothing about a case. Divided by a hidden figure it does.
OEFFENTLICH = frozenset(code for code, art in KENNZAHLEN.items() if art.oeffentlich)
#: A figure is never above these, Hilfeart by Hilfeart and office by office.
OBERGRENZEN: Mapping[str, tuple[str, ...]] = {code: art.nie_ueber for code, art in KENNZAHLEN.items() if art.nie_ueber}
#: Their sums over all offices are equal, Hilfeart by Hilfeart.
GLEICHE_SUMMEN: Mapping[str, str] = {code: art.gleiche_summe for code, art in KENNZAHLEN.items() if art.gleiche_summe}

Zahl = int | Decimal
#: Kennzahl and Spezialisierung ("": all).
Tafelname = tuple[str, str]
#: Hilfeart ("": all) and youth office.
Platz = tuple[str, str]


@dataclass(slots=True)
class Tafel:
    """One figure of a month.

    faelle: cases behind each cell. betraege: the sums, where it counts money.
    teile: the largest part of a cell that is published under some Spezialisierung.
    kleine_teile: cells with a part of 1 … k−1 under some Spezialisierung.
    """

    faelle: dict[Platz, int] = field(default_factory=dict)
    betraege: dict[Platz, Decimal] | None = None
    teile: dict[Platz, Zahl] = field(default_factory=dict)
    kleine_teile: set[Platz] = field(default_factory=set)

    @property
    def werte(self) -> Mapping[Platz, Zahl]:
        """What adds up along a row: the amounts, or the cases."""
        return self.faelle if self.betraege is None else self.betraege


@dataclass(frozen=True, slots=True)
class Sperrmuster:
    """The hidden cells of a month, the same for everybody; an office sees its own all the same."""

    zellen: Mapping[Tafelname, frozenset[Platz]]

    def of(self, kennzahl: str, spezialisierung: str, hilfeart: str) -> frozenset[str]:
        """Youth offices whose cell is hidden. With any of them the sum and the averages over the offices are."""
        return frozenset(amt for art, amt in self.zellen.get((kennzahl, spezialisierung), ()) if art == hilfeart)


class _Monat:
    """The tables of a month and what is hidden so far. `t` names a table, `p` a cell (Hilfeart, office)."""

    def __init__(
        self, tafeln: Mapping[Tafelname, Tafel], *, k: int, spielraum: int, fest: Sperrmuster | None = None
    ) -> None:
        self.tafeln, self.k, self.spielraum = tafeln, k, spielraum
        self.x = {t: tafel.werte for t, tafel in tafeln.items()}
        self.boden = {t: 1 if tafel.betraege is None else 0 for t, tafel in tafeln.items()}
        self.arten = {t: sorted({art for art, _ in x if art}) for t, x in self.x.items()}
        self.aemter = {t: sorted({amt for _, amt in x}) for t, x in self.x.items()}
        self.grenzen, self.boeden = self._read_bounds()
        self.unten = {t: [u for u in tafeln if t in _obergrenzen(u)] for t in tafeln}
        self.fest = frozenset(t for t in tafeln if fest and not t[1])
        vorgegeben = fest.zellen if fest else {}
        self.geheim = {t: set(vorgegeben.get(t, ())) if t in self.fest else self._kleine(t) for t in tafeln}
        self._neu: list[tuple[Tafelname, Platz]] = []

    def _read_bounds(self) -> tuple[dict, dict]:
        """For each cell the tables whose cell is above it, and the highest value it is above of.

        A bound that is not true here (a few are counted otherwise) tells nobody anything.
        """
        oben: dict[Tafelname, dict[Platz, list[Tafelname]]] = {t: {} for t in self.tafeln}
        unten = {t: {p: max(self.boden[t], self.tafeln[t].teile.get(p, 0)) for p in x} for t, x in self.x.items()}
        for t, x in self.x.items():
            for o in [o for o in _obergrenzen(t) if o in self.tafeln]:
                for p, wert in x.items():
                    if wert > 0 and self.x[o].get(p, -1) >= wert:
                        oben[t].setdefault(p, []).append(o)
                        unten[o][p] = max(unten[o][p], wert)
        return oben, unten

    def _kleine(self, t: Tafelname) -> set[Platz]:
        """Primary suppression. An office's total over all its cases is published; that of a Spezialisierung is not."""
        tafel, x = self.tafeln[t], self.x[t]
        kleine = {p for p, n in tafel.faelle.items() if 0 < n < self.k}
        if self.boden[t]:  # so small that it says too much about a hidden part
            kleine |= {p for p in tafel.kleine_teile if 0 < x.get(p, 0) <= self.spielraum}
        return {p for p in kleine if (p[0] != ALLE or t[1]) and x.get(p, 0) > 0}

    # --- how far a hidden figure may be from the truth -----------------------------------------------------------
    #
    # One row of an office as an example: S33 5, S34 1, S35 9, all kinds 15; the total is shown. S34 is hidden for it is
    # small, and alone it were 15 − 5 − 9. With S33 hidden, too, (5, 1), (4, 2), (3, 3), (2, 4), (1, 5) look the same:
    # S33 gives 4 (`_gibt`), so S34 may rise by 4 (`nach_oben`). A hidden bound above S34 has to rise with it
    # (`_hebt_sich`), a hidden figure below S33 to fall with it (`_zieht_mit`).
    #
    # The functions call one another across tables and end: each call goes from a table to one that bounds it (up) or
    # that it bounds (down), never back, and OBERGRENZEN has no circle.

    def luft_nach_unten(self, t: Tafelname, p: Platz) -> Zahl:
        """How far it may fall by itself: a hidden count is at least 1, and never below what it bounds."""
        return max(0, self.x[t][p] - self.boeden[t][p])

    def luft_nach_oben(self, t: Tafelname, p: Platz) -> Zahl:
        """How far its bounds let it rise, hidden bounds rising with it."""
        return min((self._abstand(t, o, p) for o in self.grenzen[t].get(p, ())), default=UNBEGRENZT)

    def _abstand(self, t: Tafelname, o: Tafelname, p: Platz) -> Zahl:
        return self.x[o][p] - self.x[t][p] + (self._hebt_sich(o, p) if p in self.geheim[o] else 0)

    def _hebt_sich(self, o: Tafelname, p: Platz) -> Zahl:
        """How far a hidden bound can rise while the figures below it in other cells stay where they are."""
        gesamt = (ALLE, p[1])
        if p[0] == ALLE or gesamt not in self.x[o]:
            return self.nach_oben(o, p) if p[0] == ALLE else self.luft_nach_oben(o, p)
        reihe = sum(self.luft_nach_unten(o, q) for q in self._partner(o, p))
        if gesamt in self.geheim[o]:
            reihe = max(reihe, self.luft_nach_oben(o, gesamt))
        return min(self.luft_nach_oben(o, p), reihe)

    def _gibt(self, t: Tafelname, hoch: str, p: Platz) -> Zahl:
        """How far a hidden cell may fall while `hoch` of its row rises: hidden figures below it move with it."""
        a, luft = (hoch, p[1]), self.x[t][p] - self.boden[t]
        for u in self.unten[t]:
            if self.x[u].get(p, 0) > 0 and t in self.grenzen[u].get(p, ()):
                luft = min(luft, self.x[t][p] - self.x[u][p] + self._zieht_mit(u, t, a, p))
        return max(0, luft)

    def _zieht_mit(self, u: Tafelname, t: Tafelname, a: Platz, p: Platz) -> Zahl:
        if a not in self.geheim[u] or p not in self.geheim[u]:
            return 0
        andere = [self.x[o][a] - self.x[u][a] for o in self.grenzen[u].get(a, ()) if o != t]
        return min([self._gibt(u, a[0], p), *andere])

    def _partner(self, t: Tafelname, p: Platz) -> list[Platz]:
        """Other hidden cells of the row, without the total."""
        geheim, amt = self.geheim[t], p[1]
        return [(art, amt) for art in self.arten[t] if art != p[0] and (art, amt) in geheim]

    def nach_oben(self, t: Tafelname, p: Platz) -> Zahl:
        """How far the hidden cell can rise with nothing shown changing."""
        art, gesamt = p[0], (ALLE, p[1])
        if art == ALLE:
            hebel = (self.luft_nach_oben(t, q) for q in self._partner(t, p))
            return min(self.luft_nach_oben(t, p), max(hebel, default=0))
        if gesamt not in self.x[t]:
            return self.luft_nach_oben(t, p)  # no total is published, so the row tells nothing
        reihe = sum(self._gibt(t, art, q) for q in self._partner(t, p))
        if gesamt in self.geheim[t]:
            reihe = max(reihe, self.luft_nach_oben(t, gesamt))
        return min(self.luft_nach_oben(t, p), reihe)

    def nach_unten(self, t: Tafelname, p: Platz) -> Zahl:
        """How far the hidden cell can fall with nothing shown changing."""
        art, gesamt, eigen = p[0], (ALLE, p[1]), self.luft_nach_unten(t, p)
        if art == ALLE:
            mit = (self.luft_nach_unten(t, q) for q in self._partner(t, p))
            return min(eigen, max(mit, default=0))
        if gesamt not in self.x[t]:
            return eigen
        nehmer = [min(self.luft_nach_oben(t, q), self._gibt(t, q[0], p)) for q in self._partner(t, p)]
        if gesamt in self.geheim[t]:
            nehmer.append(min(eigen, self.luft_nach_unten(t, gesamt)))
        return max(nehmer, default=0)

    def noetig(self, t: Tafelname, p: Platz) -> Zahl:
        return self.spielraum if self.boden[t] else self.x[t][p] * SPIELRAUM_EURO

    def ist_sicher(self, t: Tafelname, p: Platz) -> bool:
        """Wide enough: a count over `spielraum` values, an amount by 15 % to either side."""
        noetig, oben = self.noetig(t, p), self.nach_oben(t, p)
        if self.boden[t]:
            return oben >= noetig or oben + self.nach_unten(t, p) >= noetig
        return oben >= noetig and self.nach_unten(t, p) >= noetig

    # --- what is hidden next -------------------------------------------------------------------------------------

    def hide(self, zellen: Iterable[tuple[Tafelname, Platz]], *, auch_null: bool = False) -> bool:
        """Hide cells; True if one was shown until now."""
        neu = [(t, p) for t, p in zellen if t not in self.fest and p not in self.geheim[t]]
        neu = [(t, p) for t, p in neu if self.x[t].get(p, 0) > 0 or (auch_null and p in self.x[t])]
        for t, p in neu:
            self.geheim[t].add(p)
        self._neu += neu
        return bool(neu)

    def make_safe(self, t: Tafelname, p: Platz, tiefe: int = 1) -> bool:
        """Hide the cheapest that makes a hidden cell safe; step by step where no single step does."""
        while not self.ist_sicher(t, p):
            schritte = list(self._schritte(t, p))
            preise = [(preis, n) for n, zellen in enumerate(schritte)
                      if (preis := self._try(t, p, zellen, tiefe)) is not None]  # fmt: skip
            if preise:
                zellen = schritte[min(preise)[1]]
                self.hide(zellen)
                self._repair(zellen, tiefe)
            elif not any(self.hide(zellen) for zellen in schritte):
                return False
        return True

    def _kann_helfen(self, t: Tafelname, q: Platz) -> bool:
        """Not a zero, and not held tight by a figure that stays shown."""
        shown = [o for o in self.grenzen[t].get(q, ()) if o in self.fest and q not in self.geheim[o]]
        return self.x[t].get(q, 0) > 0 and all(self.x[o][q] > self.spielraum for o in shown)

    def match_sums(self) -> bool:
        """Where two figures have the same sums, a column with hidden cells has two of them in both tables.

        Otherwise the one sum would tell the other, at least to the office whose cell is the only hidden one. These are
        the only two figures of which zeros are hidden, too: an office may be the only one with places of a kind.
        """
        neu = []
        for t in [t for t in self.geheim if (GLEICHE_SUMMEN.get(t[0]), t[1]) in self.x and t not in self.fest]:
            g = (GLEICHE_SUMMEN[t[0]], t[1])
            for art in {a for a, _ in self.geheim[t] | self.geheim[g]}:
                offen = [q for q in self.x[t] if q[0] == art and q not in self.geheim[t]]
                fehlen = 2 - sum(1 for q in self.geheim[t] if q[0] == art)
                offen.sort(key=lambda q: (self.x[t][q] == 0, -len(self._partner(t, q)), self.x[t][q], q))
                neu += [(t, q) for q in offen[: max(0, fehlen)]]
        return self.hide(neu, auch_null=True)

    def list_unsafe(self) -> list[tuple[Tafelname, Platz]]:
        """Hidden cells that are not safe yet: bounds before what they bound, small figures first."""
        geheim = [(t, p) for t, plaetze in self.geheim.items() if t not in self.fest for p in plaetze]
        offen = [(t, p) for t, p in geheim if not self.ist_sicher(t, p)]
        return sorted(offen, key=lambda z: (z[0][1] != ALLE, z[0][0] in OBERGRENZEN, self.x[z[0]][z[1]], z))

    def _repair(self, zellen: list[tuple[Tafelname, Platz]], tiefe: int) -> None:
        for t, p in zellen if tiefe else ():
            self.make_safe(t, p, tiefe - 1)

    def _try(self, t: Tafelname, p: Platz, zellen: list[tuple[Tafelname, Platz]], tiefe: int) -> int | None:
        """What these cells and what they need would cost; None if the cell is not safe then. Nothing stays hidden."""
        vorher = len(self._neu)
        verloren = {(u, q[0]) for u, geheim in self.geheim.items() for q in geheim} if tiefe else set()
        self.hide(zellen)
        if tiefe and not self.ist_sicher(t, p):
            self._repair(zellen, tiefe)
        preis = None
        if self.ist_sicher(t, p):
            neu = self._neu[vorher:]
            summen = {(u, q[0]) for u, q in neu} - verloren
            preis = sum(PREIS_GESAMT if q[0] == ALLE else 1 for _, q in neu) + PREIS_SUMME * len(summen)
        for u, q in self._neu[vorher:]:
            self.geheim[u].discard(q)
        del self._neu[vorher:]
        return preis

    def _schritte(self, t: Tafelname, p: Platz) -> Iterator[list[tuple[Tafelname, Platz]]]:
        """Sets of cells that may help: bounds that are too near, others of the row, the total of the row."""
        gesamt = (ALLE, p[1])
        for q in [p, *self._partner(t, p)]:
            if nahe := self._nahe_grenzen(t, p, q):
                yield nahe
        for q in self._list_kandidaten(t, p)[:KANDIDATEN]:
            oben = self._nahe_grenzen(t, p, q)
            yield [(t, q), *oben]
            unten = [u for u in self.unten[t] if self.x[t][q] - self.x[u].get(q, 0) < self.noetig(t, p)]
            if unten:
                yield [(t, q), *oben, *((u, z) for u in unten for z in (p, q))]
        yield [(t, gesamt), *self._nahe_grenzen(t, p, gesamt)]

    def _nahe_grenzen(self, t: Tafelname, p: Platz, q: Platz) -> list[tuple[Tafelname, Platz]]:
        """Bounds of `q` that leave less than `p` needs."""
        return [(o, q) for o in self.grenzen[t].get(q, ()) if self._abstand(t, o, q) < self.noetig(t, p)]

    def _list_kandidaten(self, t: Tafelname, p: Platz) -> list[Platz]:
        """Shown cells of the row: first those whose column has lost its sum already, small ones first."""
        verloren = {art for art, _ in self.geheim[t]}
        reihe = [(art, p[1]) for art in self.arten[t] if art != p[0] and (art, p[1]) not in self.geheim[t]]
        offen = [q for q in reihe if self._kann_helfen(t, q)]
        return sorted(offen, key=lambda q: (q[0] not in verloren, self.x[t][q], q))


def _obergrenzen(t: Tafelname) -> Iterator[Tafelname]:
    kennzahl, spez = t
    yield from ((o, spez) for o in OBERGRENZEN.get(kennzahl, ()))
    if spez:
        yield (kennzahl, ALLE)


def sperre(
    tafeln: Mapping[Tafelname, Tafel], *, k: int = MINDESTFALLZAHL, fest: Sperrmuster | None = None
) -> Sperrmuster:
    """The cells of a month to hide: counts of 1 … k−1, then further ones until each hidden figure is safe.

    `tafeln`: the tables of all figures but the budgets without a Spezialisierung; or these together with the tables of
    one Spezialisierung, `fest` being the pattern of the former. Cells of all offices. Deterministic: the same figures
    give the same pattern, so that two looks at a month never complete each other. Each round hides something, so it
    ends; in the worst case a whole row is hidden with its total.
    """
    monat = _Monat(tafeln, k=k, spielraum=max(SPIELRAUM, k), fest=fest)
    weiter = True
    while weiter:
        erledigt = [monat.make_safe(t, p) for t, p in monat.list_unsafe()]
        weiter = any(erledigt) or monat.match_sums()
    return Sperrmuster({t: frozenset(p) for t, p in monat.geheim.items() if p and t not in monat.fest})
