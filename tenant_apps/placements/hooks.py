"""What the screens of a help show but placements may not know: budget and money are above it in the import order.

Controlling and billing register their functions in `AppConfig.ready`; without one the budget is not entered,
nothing is charged, and nobody records, bills or opens an invoice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.cases.hooks import Laufendes
from tenant_apps.placements.models import Buchung

#: (hilfeart_id, first day of the month) -> euro left in that month, None when no budget is entered.
RestbudgetProvider = Callable[[UUID, date], Decimal | None]

_provider: list[RestbudgetProvider] = []


@dataclass(frozen=True, slots=True)
class Berechnetes:
    """What is charged already outside of a help: how much, what follows, and each invoice.

    An invoice has a way (`route`), and all of them a list (`liste_url`), for whoever may open them.
    """

    text: str
    folge: str
    rechnungen: tuple[Laufendes, ...]
    liste_url: str = ""


#: (who asks, the booking, the help as it would be) -> what is charged outside of it, None when nothing.
BerechnetesProvider = Callable[[Akteur, Buchung, Zeitraum], Berechnetes | None]

_berechnetes: list[BerechnetesProvider] = []


@dataclass(frozen=True, slots=True)
class Abrechnungsrechte:
    """What somebody may do about the months of a help: record them, bill them, open their invoices."""

    darf_erfassen: bool = False
    darf_abrechnen: bool = False
    sieht_rechnungen: bool = False


AbrechnungsrechteProvider = Callable[[Akteur], Abrechnungsrechte]

_abrechnungsrechte: list[AbrechnungsrechteProvider] = []


def register_restbudget(provider: RestbudgetProvider) -> RestbudgetProvider:
    """Let `provider` answer from now on; the last one registered counts. Usable as a decorator."""
    _provider[:] = [provider]
    return provider


def get_restbudget(*, hilfeart_id: UUID, monat: date) -> Decimal | None:
    """Budget left in the month, None when nobody knows."""
    return _provider[0](hilfeart_id, monat) if _provider else None


def register_berechnetes(provider: BerechnetesProvider) -> BerechnetesProvider:
    """Let `provider` answer from now on; the last one registered counts."""
    _berechnetes[:] = [provider]
    return provider


def get_berechnetes(*, akteur: Akteur, buchung: Buchung, hilfe: Zeitraum) -> Berechnetes | None:
    """What is charged already outside of `hilfe`, the first to the last day as somebody is about to record them."""
    return _berechnetes[0](akteur, buchung, hilfe) if _berechnetes else None


def register_abrechnungsrechte(provider: AbrechnungsrechteProvider) -> AbrechnungsrechteProvider:
    """Let `provider` answer from now on; the last one registered counts."""
    _abrechnungsrechte[:] = [provider]
    return provider


def get_abrechnungsrechte(akteur: Akteur) -> Abrechnungsrechte:
    """What she may do about the months of a help: nothing while nobody answers."""
    return _abrechnungsrechte[0](akteur) if _abrechnungsrechte else Abrechnungsrechte()
