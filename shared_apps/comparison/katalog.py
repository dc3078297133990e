"""What each key figure tells about others, one line each. No Django.

Its name and definition are in reference/data/kennzahlen.json. Made of these lines: what an office publishes, in
which modes a figure is shown (`modus`), and what has to be withheld together (`geheimhaltung`, ADR 0037).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kennzahlart:
    """One figure. Nothing has a default: what is forgotten here would be shown where it must not be."""

    #: Says nothing about a case by itself. Divided by a hidden figure it does.
    oeffentlich: bool
    #: "je Fall" makes sense.
    je_fall: bool
    #: Figures it is never above, Hilfeart by Hilfeart and office by office.
    nie_ueber: tuple[str, ...]
    #: The figure whose sum over all offices is the same, Hilfeart by Hilfeart; "" when there is none.
    gleiche_summe: str


#: Every figure by its code, in the order of the screen.
KENNZAHLEN: Mapping[str, Kennzahlart] = {
    "haushaltsansaetze": Kennzahlart(oeffentlich=True, je_fall=True, nie_ueber=(), gleiche_summe=""),
    "fallzahlen": Kennzahlart(oeffentlich=False, je_fall=False, nie_ueber=(), gleiche_summe=""),
    "bestand": Kennzahlart(oeffentlich=False, je_fall=False, nie_ueber=("fallzahlen",), gleiche_summe=""),
    "auszahlungen": Kennzahlart(oeffentlich=False, je_fall=True, nie_ueber=(), gleiche_summe=""),
    "auswaertige_buchungen": Kennzahlart(
        oeffentlich=False, je_fall=True, nie_ueber=("fallzahlen",), gleiche_summe="fremdbelegungen"
    ),
    "fremdbelegungen": Kennzahlart(
        oeffentlich=False, je_fall=False, nie_ueber=(), gleiche_summe="auswaertige_buchungen"
    ),
    "ergebnislose_suchen": Kennzahlart(oeffentlich=False, je_fall=False, nie_ueber=(), gleiche_summe=""),
    "abbrueche": Kennzahlart(oeffentlich=False, je_fall=True, nie_ueber=("verweildauer",), gleiche_summe=""),
    # The bound is that of the Hilfen that ended; the mean itself has none.
    "verweildauer": Kennzahlart(oeffentlich=False, je_fall=False, nie_ueber=("fallzahlen",), gleiche_summe=""),
}
