"""Somebody who knows everything that is shown, and arithmetic: what can a withheld figure still be?

`Angreifer` reads the tables one viewer gets (`read`), writes down every equation and bound they contain, adds what
everybody knows, and asks a linear programme for the smallest and the largest value of each withheld figure. It knows
nothing of how the cells were chosen, only that a withheld figure is not zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import highspy

from shared_apps.comparison.modus import BESTAND, Modus
from shared_apps.comparison.tabelle import Spalte, Tabelle

ALLE, LAND = "", "Σ"
#: Written here once more: what a reader of the definitions knows.
KLEINER_GLEICH = (
    ("bestand", "fallzahlen"),
    ("auswaertige_buchungen", "fallzahlen"),
    ("verweildauer", "fallzahlen"),
    ("abbrueche", "verweildauer"),
)
GLEICHE_SUMMEN = ("auswaertige_buchungen", "fremdbelegungen")
GELD = frozenset({"auszahlungen", "haushaltsansaetze"})
#: A withheld figure is not zero but in these.
KANN_NULL_SEIN = GELD | set(GLEICHE_SUMMEN)

#: Figure, Hilfeart ("": all), youth office (or LAND for the sum over all).
Groesse = tuple[str, str, str]


@dataclass
class Angreifer:
    """What one viewer saw of one month. `einwohner`: the population the rates divide by, per mode and office."""

    aemter: list[str]
    arten: list[str]
    einwohner: Mapping[Modus, Mapping[str, Decimal]]
    bekannt: dict[Groesse, Fraction] = field(default_factory=dict)
    geheim: set[Groesse] = field(default_factory=set)
    gleichungen: list[tuple[dict[Groesse, Fraction], Fraction]] = field(default_factory=list)
    hoechstens: dict[Groesse, Fraction] = field(default_factory=dict)
    mindestens: dict[Groesse, Fraction] = field(default_factory=dict)

    def read(self, kennzahl: str, art: str, tabelle: Tabelle) -> None:
        """One page: the column of the month, in whatever mode it is shown."""
        for zeile in tabelle.zeilen:
            zelle, amt = zeile.zellen[Spalte.AKTUELL], zeile.key
            if zelle.geheim:
                self.geheim |= {(kennzahl, art, amt)} if tabelle.modus is not Modus.FALL else set()
            elif zelle.wert is not None:
                self._read_zelle(kennzahl, art, amt, tabelle.modus, Fraction(zelle.wert))
        for name, zeile in tabelle.aggregate.items():
            zelle = zeile.zellen[Spalte.AKTUELL]
            if zelle.wert is not None and not zelle.geheim:
                self._read_aggregat(kennzahl, art, name, tabelle.modus, Fraction(zelle.wert))

    def learn(self, kennzahl: str, art: str, amt: str, wert: Decimal | int) -> None:
        """Something from outside the tables, as an office's own figures."""
        self.bekannt[kennzahl, art, amt] = Fraction(wert)

    def _read_zelle(self, kennzahl: str, art: str, amt: str, modus: Modus, wert: Fraction) -> None:
        g = (kennzahl, art, amt)
        if modus is Modus.FALL:
            self.gleichungen.append(({g: Fraction(1), (BESTAND, art, amt): -wert}, Fraction(0)))
        elif kennzahl == "verweildauer":
            pass  # the mean itself; how many ended follows from it and is told by `learn`
        elif modus.ist_rate:
            self.bekannt.setdefault(g, wert * Fraction(self.einwohner[modus][amt]) / 1000)
        else:
            self.bekannt[g] = wert

    def _read_aggregat(self, kennzahl: str, art: str, name: str, modus: Modus, wert: Fraction) -> None:
        if kennzahl == "verweildauer":
            return
        zeilen = [(kennzahl, art, amt) for amt in self.aemter]
        if modus is Modus.FALL:
            if name == "gesamt_gepoolt":
                nenner = {(BESTAND, art, amt): -wert for amt in self.aemter}
                self.gleichungen.append((dict.fromkeys(zeilen, Fraction(1)) | nenner, Fraction(0)))
            return
        skala = {amt: Fraction(1) for amt in self.aemter}
        if modus.ist_rate:
            skala = {amt: Fraction(1000) / Fraction(self.einwohner[modus][amt]) for amt in self.aemter}
        gewicht = {amt: Fraction(self.einwohner[modus][amt]) for amt in self.aemter}
        if name == "summe" and not modus.ist_rate:
            self.gleichungen.append((dict.fromkeys(zeilen, Fraction(1)), wert))
        elif name == "summe" or name == "ew_gewichteter_durchschnitt":
            teile = {g: gewicht[g[2]] * skala[g[2]] for g in zeilen}
            self.gleichungen.append((teile, wert * sum(gewicht.values())))
        elif name in {"minimum", "maximum"}:
            grenzen = self.mindestens if name == "minimum" else self.hoechstens
            grenzen.update({g: wert / skala[g[2]] for g in zeilen})

    # --- the linear programme ------------------------------------------------------------------------------------

    def _write_down(self) -> list[tuple[dict[Groesse, Fraction], Fraction, Fraction | None]]:
        """All rows `lower ≤ Σ c·x ≤ upper`: the pages, and what everybody knows."""
        zeilen = [(teile, rechts, rechts) for teile, rechts in self.gleichungen]
        kennzahlen = sorted({k for k, _, _ in [*self.bekannt, *self.geheim]})
        eins, null = Fraction(1), Fraction(0)
        for k in kennzahlen:
            zeilen += [
                ({(k, a, amt): eins for a in self.arten} | {(k, ALLE, amt): -eins}, null, null) for amt in self.aemter
            ]
        for art in [ALLE, *self.arten]:
            a, b = GLEICHE_SUMMEN
            if {a, b} <= set(kennzahlen):
                teile = {(a, art, amt): eins for amt in self.aemter} | {(b, art, amt): -eins for amt in self.aemter}
                zeilen.append((teile, null, null))
            for klein, gross in KLEINER_GLEICH:
                if {klein, gross} <= set(kennzahlen):
                    zeilen += [({(gross, art, amt): eins, (klein, art, amt): -eins}, null, None) for amt in self.aemter]
        return zeilen

    def _build(self) -> tuple[highspy.Highs, dict[Groesse, int]]:
        zeilen = self._write_down()
        offen = {g for teile, _, _ in zeilen for g in teile} | self.geheim
        stelle = {g: n for n, g in enumerate(sorted(offen - set(self.bekannt)))}
        lp = highspy.Highs()
        lp.setOptionValue("output_flag", False)
        for g in stelle:
            unten = Fraction(1 if g in self.geheim and g[0] not in KANN_NULL_SEIN else 0)
            lp.addVar(
                float(max(unten, self.mindestens.get(g, unten))), float(self.hoechstens.get(g, Fraction(10) ** 9))
            )
        for teile, unten, oben in zeilen:
            fest = sum((c * self.bekannt[g] for g, c in teile.items() if g in self.bekannt), Fraction(0))
            rest = {stelle[g]: float(c) for g, c in teile.items() if g not in self.bekannt}
            if rest:
                grenze = highspy.kHighsInf if oben is None else float(oben - fest)
                lp.addRow(float(unten - fest), grenze, len(rest), list(rest), list(rest.values()))
        return lp, stelle

    def findet(self, wahrheit: Mapping[Groesse, Decimal | int], *, spielraum: int = 3) -> dict[Groesse, tuple]:
        """Withheld figures that are known too well, with their interval: less than `spielraum` or ± 15 % wide.

        A withheld figure that a page showed all the same is known exactly. Every solution of the programme is a
        possible world; a figure that was seen far enough apart in two of them needs no further question.
        """
        funde: dict[Groesse, tuple] = {g: (self.bekannt[g],) * 2 for g in self.geheim & set(self.bekannt)}
        lp, stelle = self._build()
        gesehen: dict[Groesse, tuple[float, float]] = dict.fromkeys(self.geheim & set(stelle), (math.inf, -math.inf))
        for g in sorted(gesehen):
            for richtung in (1.0, -1.0):
                if _ist_weit(g, *gesehen[g], wahrheit[g], spielraum):
                    break
                welt = _solve(lp, stelle[g], richtung)
                for h, (unten, oben) in gesehen.items():
                    gesehen[h] = min(unten, welt[stelle[h]]), max(oben, welt[stelle[h]])
        for g, (unten, oben) in gesehen.items():
            if not _ist_weit(g, unten, oben, wahrheit[g], spielraum):
                assert unten - 0.01 <= float(wahrheit[g]) <= oben + 0.01, f"{g} is outside of {unten} … {oben}"
                funde[g] = (unten, oben)
        return funde


def _solve(lp: highspy.Highs, n: int, richtung: float) -> list[float]:
    """The world with the smallest (1) or largest (-1) value of one figure."""
    lp.changeColCost(n, richtung)
    lp.run()
    if (stand := lp.getModelStatus()) != highspy.HighsModelStatus.kOptimal:
        raise AssertionError(f"the attacker's equations contradict each other: {stand}")
    welt = list(lp.getSolution().col_value)
    lp.changeColCost(n, 0.0)
    return welt


def _ist_weit(g: Groesse, unten: float, oben: float, wert: Decimal | int, spielraum: int) -> bool:
    if oben < unten:
        return False  # not seen yet
    if g[0] in GELD:
        return unten <= 0.85 * float(wert) + 0.01 and oben >= 1.15 * float(wert) - 0.01
    return math.floor(oben + 1e-6) - math.ceil(unten - 1e-6) >= spielraum
