"""What the screens of a help show but placements may not know: budget, money and enquiries are above it in the import
order.

Controlling, billing and enquiries register their functions; without one the budget is not entered, nothing is charged,
nobody records, bills or opens an invoice, and a result leads nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.hook import Hook, HookOfOne
from shared_apps.core.seite import Knopf
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.cases.hooks import Laufendes
from tenant_apps.placements.models import Buchung, Reservierung, Suche

#: (hilfeart_id, first day of the month) → euro left in that month, None when no budget is entered.
_restbudget: HookOfOne[[UUID, date], Decimal | None] = HookOfOne()
register_restbudget = _restbudget.register


def get_restbudget(*, hilfeart_id: UUID, monat: date) -> Decimal | None:
    """Budget left in the month, None when nobody knows."""
    return _restbudget.ask(hilfeart_id, monat)


@dataclass(frozen=True, slots=True)
class Berechnetes:
    """What is charged already outside of a help: how much, what follows, and each invoice.

    An invoice has a way (`route`), and all of them a list (`liste_url`), for whoever may open them.
    """

    text: str
    folge: str
    rechnungen: tuple[Laufendes, ...]
    liste_url: str = ""


#: (who asks, the booking, the help as it would be) → what is charged outside of it, None when nothing.
_berechnetes: HookOfOne[[Akteur, Buchung, Zeitraum], Berechnetes | None] = HookOfOne()
register_berechnetes = _berechnetes.register


def get_berechnetes(*, akteur: Akteur, buchung: Buchung, hilfe: Zeitraum) -> Berechnetes | None:
    """What is charged already outside of `hilfe`, the first to the last day as somebody is about to record them."""
    return _berechnetes.ask(akteur, buchung, hilfe)


#: (the booking, the first day of a month) → whether the month is charged already.
_ist_berechnet: HookOfOne[[UUID, date], bool] = HookOfOne()
register_ist_berechnet = _ist_berechnet.register


def is_berechnet(*, buchung_id: UUID, monat: date) -> bool:
    """Whether the month of a help is charged already; not while nobody answers."""
    return bool(_ist_berechnet.ask(buchung_id, monat))


@dataclass(frozen=True, slots=True)
class Abrechnungsrechte:
    """What somebody may do about the months of a help: record them, bill them, open their invoices."""

    darf_erfassen: bool = False
    darf_abrechnen: bool = False
    sieht_rechnungen: bool = False


_abrechnungsrechte: HookOfOne[[Akteur], Abrechnungsrechte] = HookOfOne()
register_abrechnungsrechte = _abrechnungsrechte.register


def get_abrechnungsrechte(akteur: Akteur) -> Abrechnungsrechte:
    """What she may do about the months of a help: nothing while nobody answers."""
    return _abrechnungsrechte.ask(akteur) or Abrechnungsrechte()


#: (who asks, a search she sees) → ways to go on with its result that apps above have.
_suchwege: Hook[[Akteur, Suche], list[Knopf]] = Hook()
register_suchwege = _suchwege.register


def list_suchwege(*, akteur: Akteur, suche: Suche) -> list[Knopf]:
    """Further ways to go on with what a search has found."""
    return [weg for antwort in _suchwege.ask(akteur, suche) for weg in antwort]


#: (who asks, a search she sees) → what houses said about this case before, by offer.
_absagen: HookOfOne[[Akteur, Suche], Mapping[UUID, str]] = HookOfOne()
register_absagen = _absagen.register


def list_absagen_of(*, akteur: Akteur, suche: Suche) -> Mapping[UUID, str]:
    """Offers whose house has declined an enquiry for the case of this search, with when and why."""
    return _absagen.ask(akteur, suche) or {}


#: (who asks, a reservation she sees) → what it came from, kept by apps above.
_herkunft: Hook[[Akteur, Reservierung], list[Knopf]] = Hook()
register_herkunft = _herkunft.register


def list_herkunft(*, akteur: Akteur, reservierung: Reservierung) -> list[Knopf]:
    """Ways to what a reservation was made of, for whoever may open it."""
    return [weg for antwort in _herkunft.ask(akteur, reservierung) for weg in antwort]


#: (who asks, the key of a hold) → where the matter is that holds the place; None when it is not hers.
_vorgang: HookOfOne[[Akteur, UUID], str | None] = HookOfOne()
register_vorgang = _vorgang.register


def find_vorgang(*, akteur: Akteur, bindung_id: UUID) -> str | None:
    """The page of what holds a place before there is a reservation."""
    return _vorgang.ask(akteur, bindung_id)


#: (who asks, a booking she sees) → what still looks for a place for the same person, to be ended.
_offene_wege: Hook[[Akteur, Buchung], list[Knopf]] = Hook()
register_offene_wege = _offene_wege.register


def list_offene_wege(*, akteur: Akteur, buchung: Buchung) -> list[Knopf]:
    """What still looks for a place for whoever is booked here, each with the way to its end."""
    return [weg for antwort in _offene_wege.ask(akteur, buchung) for weg in antwort]
