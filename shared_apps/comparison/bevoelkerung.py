"""Inhabitants for the columns of the comparison: one vintage, one census basis (law.md 3.3 rule 1). No Django."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared_apps.comparison.rules import Bevoelkerungsjahrgang, StichtagWahl, einwohner_stichtag

#: (von, bis) half-open, bis None: all older ones.
Altersgruppen = Mapping[tuple[int, int | None], int]


@dataclass(frozen=True, slots=True)
class Stand:
    """One row of the population table."""

    kuerzel: str
    stichtag: date
    zensusbasis: str
    alter_von: int
    alter_bis: int | None
    anzahl: int
    geschaetzt: bool = False


def zaehle_bis(gruppen: Altersgruppen, alter_bis: int | None, ab: int = 0) -> int | None:
    """Inhabitants from `ab` to under `alter_bis` (None: everybody) from age ranges that fit together without gap.

    The ranges may overlap (under 18 and 12 to 17): the longest that fits is taken first. None if they do not fit.
    """
    if alter_bis is not None and ab == alter_bis:
        return 0
    passende = [g for g in gruppen if g[0] == ab and (alter_bis is None or (g[1] is not None and g[1] <= alter_bis))]
    for gruppe in sorted(passende, key=lambda g: -1000 if g[1] is None else -g[1]):
        if gruppe[1] is None:
            return gruppen[gruppe]
        rest = zaehle_bis(gruppen, alter_bis, gruppe[1])
        if rest is not None:
            return gruppen[gruppe] + rest
    return None


class Bevoelkerung:
    """All population rows, asked by column."""

    def __init__(self, staende: Iterable[Stand], kuerzel: Iterable[str]) -> None:
        self._kuerzel = frozenset(kuerzel)
        self._gruppen: dict[tuple[date, str], dict[str, dict]] = defaultdict(lambda: defaultdict(dict))
        self._geschaetzt: dict[tuple[date, str], set[tuple[int, int | None]]] = defaultdict(set)
        for s in staende:
            self._gruppen[s.stichtag, s.zensusbasis][s.kuerzel][s.alter_von, s.alter_bis] = s.anzahl
            if s.geschaetzt:
                self._geschaetzt[s.stichtag, s.zensusbasis].add((s.alter_von, s.alter_bis))

    def _covered(self, schluessel: tuple[date, str], alter: Set[int | None]) -> frozenset[str]:
        je_amt = self._gruppen[schluessel]
        return frozenset(k for k in je_amt if all(zaehle_bis(je_amt[k], a) for a in alter))

    def choose(self, spaltenbeginn: date, alter_bis: int | None) -> StichtagWahl:
        """The vintage of a column; raises `VergleichError` if none covers every youth office."""
        alter = {None, alter_bis}
        jahrgaenge = [Bevoelkerungsjahrgang(s, basis, self._covered((s, basis), alter)) for s, basis in self._gruppen]
        return einwohner_stichtag(spaltenbeginn, jahrgaenge, self._kuerzel)

    def count(self, wahl: StichtagWahl, alter_bis: int | None) -> dict[str, Decimal]:
        """Inhabitants under `alter_bis` of every youth office in the chosen vintage."""
        je_amt = self._gruppen[wahl.jahrgang.stichtag, wahl.jahrgang.zensusbasis]
        return {k: Decimal(zaehle_bis(je_amt[k], alter_bis) or 0) for k in sorted(self._kuerzel)}

    def is_estimated(self, wahl: StichtagWahl, alter_bis: int | None) -> bool:
        """Whether the age limit is an estimate in this vintage."""
        geschaetzt = self._geschaetzt[wahl.jahrgang.stichtag, wahl.jahrgang.zensusbasis]
        return alter_bis is not None and any(bis is not None and bis <= alter_bis for _, bis in geschaetzt)
