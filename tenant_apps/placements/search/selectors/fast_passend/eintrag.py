"""A near miss as a page shows it, and what one change of the question makes fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tenant_apps.placements import rules
from tenant_apps.placements.rules import Naehe
from tenant_apps.placements.search.selectors.kriterien import Kriterien


@dataclass(frozen=True, slots=True)
class FastPassend:
    """A near miss as a page shows it. `kriterien`: what would be asked; `soll` and `tage`: what it costs, how long."""

    naehe: Naehe
    angebot: UUID
    einrichtung: UUID
    name: str
    ort: str
    telefon: str
    entfernung_km: Decimal | None
    #: It is measured to the middle of the house's postcode.
    ist_ungefaehr: bool
    #: What is asked otherwise: the same of all that this change makes fit.
    titel: str
    wann: str
    warum: str
    knopf: str
    kriterien: Kriterien
    soll: Decimal
    tage: int
    #: Its kind of help, where several are looked through.
    hilfe: str = ""
    #: What an offer need not have then, as `Bedarf.schluessel`.
    ohne: str = ""
    #: How many offers this change makes fit, those among them that the page does not show.
    insgesamt: int = 1

    @property
    def was(self) -> str:
        """What its line says, where the change alone does not: how far it is, what it lacks."""
        return self.wann if self.naehe in {Naehe.OHNE, Naehe.WEITER} else ""

    @property
    def weg(self) -> str:
        """How far it is, in words."""
        return rules.describe_weg(self.entfernung_km, ungefaehr=self.ist_ungefaehr)

    @property
    def fragt_das_haus(self) -> bool:
        """Nothing is to be searched again: the house may make an exception, or a birthday does it."""
        return self.naehe == Naehe.ALTER


@dataclass(frozen=True, slots=True)
class Suchaenderung:
    """One change of the question and what it makes fit: one click for all of them. At least one offer."""

    angebote: tuple[FastPassend, ...]

    @property
    def erste(self) -> FastPassend:
        """The best of them; titel, button and criteria are those of all."""
        return self.angebote[0]

    @property
    def weitere(self) -> int:
        """How many more it makes fit than are shown."""
        return self.erste.insgesamt - len(self.angebote)


def group_fast_passend(fast_passend: Sequence[FastPassend]) -> list[Suchaenderung]:
    """The same change once, in the order of its best offer."""
    je_aenderung: dict[str, list[FastPassend]] = {}
    for eintrag in fast_passend:
        je_aenderung.setdefault(eintrag.titel, []).append(eintrag)
    return [Suchaenderung(tuple(angebote)) for angebote in je_aenderung.values()]
