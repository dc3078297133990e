"""What the reservation screen shows but placements may not know: the budget lies above it in the import order.

Controlling registers its function in `AppConfig.ready`; without one the screen says that no budget is entered.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

#: (hilfeart_id, first day of the month) -> euro left in that month, None when no budget is entered.
RestbudgetProvider = Callable[[UUID, date], Decimal | None]

_provider: list[RestbudgetProvider] = []


def register_restbudget(provider: RestbudgetProvider) -> RestbudgetProvider:
    """Let `provider` answer from now on; the last one registered counts. Usable as a decorator."""
    _provider[:] = [provider]
    return provider


def get_restbudget(*, hilfeart_id: UUID, monat: date) -> Decimal | None:
    """Budget left in the month, None when nobody knows."""
    return _provider[0](hilfeart_id, monat) if _provider else None
