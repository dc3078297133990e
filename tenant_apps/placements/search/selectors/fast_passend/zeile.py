"""A row of the statement: an offer with its house, and what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared_apps.core.zeitraum import Zeitraum
from shared_apps.providers.rules import mit_vorrang


@dataclass(frozen=True, slots=True)
class Zeile:
    """A row of the statement."""

    teil: str
    angebot: UUID
    hilfeart: UUID
    alter_von: int
    alter_bis: int
    ab: date | None
    bis: date | None
    einrichtung: UUID
    name: str
    ort: str
    telefon: str
    breite: Decimal | None
    laenge: Decimal | None
    haus_bis: date | None
    anbieter_bis: date | None
    kreis: str
    #: The key of what it lacks, a semicolon behind it.
    fehlt: str
    fehlt_name: str
    barrierefrei: str
    ist_ungefaehr: bool
    nachbar: bool
    frei_ab: date | None
    frei_bis: date | None
    stopps: list[Any]
    erlaubnisse: list[Any]
    saetze: list[Any] | None
    betraege: list[Decimal] | None
    eigen: list[bool] | None

    @property
    def ohne(self) -> str:
        """The key of what it lacks."""
        return self.fehlt.removesuffix(";")

    @property
    def preis(self) -> list[tuple[Zeitraum, Decimal]]:
        """The rates that the office pays."""
        alle: tuple[list, list] = ([], [])
        for zeit, betrag, eigen in zip(self.saetze or (), self.betraege or (), self.eigen or (), strict=True):
            alle[eigen].append((Zeitraum.from_range(zeit), betrag))
        return mit_vorrang(*alle)

    @property
    def enden(self) -> list[date]:
        """First days on which the offer, its house or its provider are none any more."""
        return [bis for bis in (self.bis, self.haus_bis, self.anbieter_bis) if bis is not None]


def list_zeiten(ranges: Sequence[Any]) -> list[Zeitraum]:
    return [Zeitraum.from_range(zeit) for zeit in ranges if not zeit.isempty]
