"""What still runs in a case: the help and the money are above this app in the import order.

Placements and billing register their functions; closing asks all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.hook import Hook
from tenant_apps.cases.models import Hilfefall


@dataclass(frozen=True, slots=True)
class Laufendes:
    """One thing that runs after the day on which a case is to end.

    `route` leads to it, with `objekt_id`, for whoever may open it; else it is empty. What does not block is only said.
    """

    text: str
    objekt_id: UUID
    route: str = ""
    hindert: bool = True


@dataclass(frozen=True, slots=True)
class Verweis:
    """Something about a case that an app above keeps: what it is, and the way there."""

    text: str
    objekt_id: UUID
    route: str


#: (who asks, the case) → what there is to be read about it elsewhere.
_verweise: Hook[[Akteur, Hilfefall], list[Verweis]] = Hook()
register_verweise = _verweise.register


def list_verweise(*, akteur: Akteur, hilfefall: Hilfefall) -> list[Verweis]:
    """What apps above keep of the case and she may open."""
    return [eintrag for antwort in _verweise.ask(akteur, hilfefall) for eintrag in antwort]


#: (who asks, the case, its last day) → what runs after that day.
_laufendes: Hook[[Akteur, Hilfefall, date], list[Laufendes]] = Hook()
register_laufendes = _laufendes.register


def list_laufendes(*, akteur: Akteur, hilfefall: Hilfefall, letzter_tag: date) -> list[Laufendes]:
    """What still runs after `letzter_tag`: reservations, bookings, invoices; a fixed number of queries each."""
    return [eintrag for antwort in _laufendes.ask(akteur, hilfefall, letzter_tag) for eintrag in antwort]
