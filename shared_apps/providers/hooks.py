"""What apps above this one in the import order know: who holds places of an offer beyond a day, which takes nobody in
(occupancy), whose first administration may be invited (aufnahme), who pays a provider (billing)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.hook import Hook
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
_gehalten: Hook[[UUID, date], list[Gehalten]] = Hook()
register_gehalten = _gehalten.register


def list_gehalten(angebot_id: UUID, ab: date) -> list[Gehalten]:
    """What offices hold of the offer from this day on."""
    return [gehalten for antwort in _gehalten.ask(angebot_id, ab) for gehalten in antwort]


#: (offer, first day) → its places that somebody holds on that day or later.
_gehaltene_plaetze: Hook[[UUID, date], set[UUID]] = Hook()
register_gehaltene_plaetze = _gehaltene_plaetze.register


def list_gehaltene_plaetze(angebot_id: UUID, ab: date) -> set[UUID]:
    """Places of the offer that are held on this day or later, whoever holds them."""
    return {platz for antwort in _gehaltene_plaetze.ask(angebot_id, ab) for platz in antwort}


#: (offers, day) → why nobody comes to them on this day.
_nichtaufnahmen: Hook[[Iterable[UUID], date], dict[UUID, Nichtaufnahme]] = Hook()
register_nichtaufnahmen = _nichtaufnahmen.register


def list_nichtaufnahmen(angebot_ids: Iterable[UUID], tag: date) -> dict[UUID, Nichtaufnahme]:
    """Offers that take nobody in on this day, and why."""
    return {pk: grund for antwort in _nichtaufnahmen.ask(list(angebot_ids), tag) for pk, grund in antwort.items()}


#: (who asks, provider) → whether her office may invite the provider's first administration.
_einladungen: Hook[[Akteur, UUID], bool] = Hook()
register_einladung = _einladungen.register


def may_invite_verwaltung(akteur: Akteur, anbieter_id: UUID) -> bool:
    """Whether nobody administers this provider and her office may invite somebody."""
    return any(_einladungen.ask(akteur, anbieter_id))


#: Id of a confirmed `Kontovorschlag` → whoever pays the provider is told.
_kontowechsel: Hook[[UUID], object] = Hook()
register_kontowechsel = _kontowechsel.register


def tell_kontowechsel(vorschlag_id: UUID) -> None:
    """A provider is paid to another account from now on; in the transaction that confirms it."""
    _kontowechsel.tell(vorschlag_id)
