"""The chain of the Auswahlvermerke, and what one of them is sealed with (ADR 0086)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

_ANFANG = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Glied:
    """One of the chain as it stands. `unveraendert`: its content has the checksum it says; `geleert`: a deletion run
    has taken the content, and the checksum with it."""

    id: UUID
    nummer: int
    vorgaenger: str
    siegel: str
    pruefsumme: str
    created_at: datetime
    unveraendert: bool = True
    geleert: bool = False


@dataclass(frozen=True, slots=True)
class Bruch:
    """Where the chain does not hold, and why."""

    nummer: int
    id: UUID
    grund: str

    def __str__(self) -> str:
        return f"Nr. {self.nummer} ({self.id}): {self.grund}"


def compute_siegel(glied: Glied) -> str:
    """SHA-256 over number, seal of the one before, key, moment and checksum, as the database writes it."""
    mikrosekunden = (glied.created_at - _ANFANG) // timedelta(microseconds=1)
    teile = (glied.nummer, glied.vorgaenger, glied.id, mikrosekunden, glied.pruefsumme)
    return hashlib.sha256("|".join(map(str, teile)).encode()).hexdigest()


def find_bruch(kette: Iterable[Glied]) -> Bruch | None:
    """The first break of a chain in the order of its numbers; None when it holds."""
    nummer, davor = 0, ""
    for glied in kette:
        if glied.nummer != nummer + 1:
            return Bruch(glied.nummer, glied.id, f"Nr. {nummer + 1} fehlt")
        if glied.vorgaenger != davor:
            return Bruch(glied.nummer, glied.id, "schließt nicht an den Vorgänger an")
        if not glied.unveraendert:
            return Bruch(glied.nummer, glied.id, "der Inhalt stimmt nicht mit der Prüfsumme überein")
        if not glied.geleert and glied.siegel != compute_siegel(glied):
            return Bruch(glied.nummer, glied.id, "das Siegel stimmt nicht")
        nummer, davor = glied.nummer, glied.siegel
    return None
