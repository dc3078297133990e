"""Display modes of the comparison (law.md 3.3 rule 2). No Django."""

from __future__ import annotations

from enum import Enum

from shared_apps.comparison.katalog import KENNZAHLEN


class Modus(Enum):
    """Code in addresses, label on the screen, upper age of the population it divides by (None: everybody)."""

    ABSOLUT = ("absolut", "absolut", None)
    EINWOHNER = ("je-1000-einwohner", "je 1.000 Einwohner", None)
    U21 = ("je-1000-u21", "je 1.000 unter 21-Jährige", 21)
    U18 = ("je-1000-u18", "je 1.000 unter 18-Jährige", 18)
    FALL = ("je-fall", "je Fall (Bestand)", None)

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def label(self) -> str:
        return self.value[1]

    @property
    def alter_bis(self) -> int | None:
        return self.value[2]

    @property
    def ist_rate(self) -> bool:
        """Per 1,000 inhabitants of some age."""
        return self in {Modus.EINWOHNER, Modus.U21, Modus.U18}

    @classmethod
    def from_code(cls, code: str) -> Modus | None:
        """The mode of an address, None if there is no such mode."""
        return next((modus for modus in cls if modus.code == code), None)


#: The denominator of "je Fall".
BESTAND = "bestand"
#: A figure of the database that this release does not know is shown as it is.
_JE_FALL = frozenset(code for code, art in KENNZAHLEN.items() if art.je_fall)


def list_modi(kennzahl: str, *, ist_verhaeltnis: bool) -> list[Modus]:
    """Modes in which a figure may be shown. A ratio (length of stay) is shown as it is."""
    if ist_verhaeltnis:
        return [Modus.ABSOLUT]
    return [modus for modus in Modus if modus is not Modus.FALL or kennzahl in _JE_FALL]
