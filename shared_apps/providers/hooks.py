"""Who holds places of an offer beyond a day: occupancy knows, and is above this app in the import order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Gehalten:
    """Places of an offer that one office holds beyond a day; `ende` is the first free day of the last of them."""

    amt: str
    kuerzel: str
    plaetze: int
    ende: date | None
    ohne_ende: bool


#: (offer, first day on which it no longer is) → what offices hold from then on.
GehaltenProvider = Callable[[UUID, date], list[Gehalten]]

_providers: list[GehaltenProvider] = []


def register_gehalten(provider: GehaltenProvider) -> GehaltenProvider:
    """Ask `provider`, too, from now on."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def list_gehalten(angebot_id: UUID, ab: date) -> list[Gehalten]:
    """What offices hold of the offer from this day on."""
    return [gehalten for provider in _providers for gehalten in provider(angebot_id, ab)]


#: (offer, first day) → its places that somebody holds on that day or later.
GehaltenePlaetzeProvider = Callable[[UUID, date], set[UUID]]

_plaetze_providers: list[GehaltenePlaetzeProvider] = []


def register_gehaltene_plaetze(provider: GehaltenePlaetzeProvider) -> GehaltenePlaetzeProvider:
    """Ask `provider`, too, from now on."""
    if provider not in _plaetze_providers:
        _plaetze_providers.append(provider)
    return provider


def list_gehaltene_plaetze(angebot_id: UUID, ab: date) -> set[UUID]:
    """Places of the offer that are held on this day or later, whoever holds them."""
    return {platz for provider in _plaetze_providers for platz in provider(angebot_id, ab)}
