"""The cheapest third."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from shared_apps.core.geld import als_decimal
from tenant_apps.placements.rules.planwerte import PlanwertError


def raenge(preise: Sequence[Decimal]) -> list[int]:
    """Rank of every price, 1 = cheapest, in the order given; equal prices share the better rank (1, 2, 2,
    4).
    """
    folge = sorted(als_decimal(preis) for preis in preise)
    return [folge.index(preis) + 1 for preis in preise]


def drittel_grenze(n: int) -> int:
    """How many of `n` suitable offers make up the cheapest third: n/3 rounded up, 14 offers give 5.

    Social workers are asked to choose among the cheapest third or to write down why not (screens.md "The cheapest
    third").
    """
    if n < 0:
        raise PlanwertError("Die Anzahl der Angebote ist negativ.")
    return -(-n // 3)


def im_guenstigsten_drittel(rang: int, n: int) -> bool:
    """True if the offer with this rank (see `raenge`) is in the cheapest third of `n` suitable offers.

    Equal prices share a rank, so an offer tied with the last one inside is inside too.
    """
    if not 1 <= rang <= n:
        raise PlanwertError("Der Rang liegt außerhalb der geeigneten Angebote.")
    return rang <= drittel_grenze(n)
