"""What a choice saves against the middle of its list."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from decimal import Decimal

from shared_apps.core.geld import als_decimal


def median(betraege: Sequence[Decimal]) -> Decimal | None:
    """The middle amount, or half of the two in the middle; None of none."""
    return statistics.median(als_decimal(betrag) for betrag in betraege) if betraege else None


def ersparnis(betraege: Sequence[Decimal], gewaehlt: Decimal) -> Decimal | None:
    """Median of all amounts that could be chosen less the chosen one; negative when it costs more."""
    mitte = median(betraege)
    return None if mitte is None else mitte - als_decimal(gewaehlt)
