"""What apps above this one in the import order know: who holds places of an offer beyond a day, which takes nobody in
(occupancy), whose first administration may be invited (aufnahme), who pays a provider (billing)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.providers.rules import Nichtaufnahme


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


#: (offers, day) → why nobody comes to them on this day.
NichtaufnahmeProvider = Callable[[Iterable[UUID], date], dict[UUID, Nichtaufnahme]]

_nichtaufnahme_providers: list[NichtaufnahmeProvider] = []


def register_nichtaufnahmen(provider: NichtaufnahmeProvider) -> NichtaufnahmeProvider:
    """Ask `provider`, too, from now on."""
    if provider not in _nichtaufnahme_providers:
        _nichtaufnahme_providers.append(provider)
    return provider


def list_nichtaufnahmen(angebot_ids: Iterable[UUID], tag: date) -> dict[UUID, Nichtaufnahme]:
    """Offers that take nobody in on this day, and why."""
    ids = list(angebot_ids)
    return {pk: grund for provider in _nichtaufnahme_providers for pk, grund in provider(ids, tag).items()}


#: (who asks, provider) → whether her office may invite the provider's first administration.
EinladungProvider = Callable[[Akteur, UUID], bool]

_einladung_providers: list[EinladungProvider] = []


def register_einladung(provider: EinladungProvider) -> EinladungProvider:
    """Ask `provider`, too, from now on."""
    if provider not in _einladung_providers:
        _einladung_providers.append(provider)
    return provider


def may_invite_verwaltung(akteur: Akteur, anbieter_id: UUID) -> bool:
    """Whether nobody administers this provider and her office may invite somebody."""
    return any(provider(akteur, anbieter_id) for provider in _einladung_providers)


#: Id of a confirmed `Kontovorschlag` → whoever pays the provider is told.
KontowechselHandler = Callable[[UUID], object]

_kontowechsel_handlers: list[KontowechselHandler] = []


def register_kontowechsel(handler: KontowechselHandler) -> KontowechselHandler:
    """Tell `handler`, too, from now on."""
    if handler not in _kontowechsel_handlers:
        _kontowechsel_handlers.append(handler)
    return handler


def tell_kontowechsel(vorschlag_id: UUID) -> None:
    """A provider is paid to another account from now on; in the transaction that confirms it."""
    for handler in _kontowechsel_handlers:
        handler(vorschlag_id)
