"""The price somebody agrees to: that of now, which is the price shown to her."""

from __future__ import annotations

from decimal import Decimal

from shared_apps.core.errors import Konflikt, SojusError
from tenant_apps.placements.search.selectors.preise import Preis

#: Whoever says it adds what can be done about it.
OHNE_ENTGELT = "Für den ersten Tag ist kein Entgelt vereinbart."
ENTGELT_GEAENDERT = "Das Entgelt hat sich geändert, seit es Ihnen gezeigt wurde. Bitte sehen Sie es noch einmal an."
ANDERER_BETRAG = "Der Betrag hat sich geändert, seit er Ihnen gezeigt wurde. Bitte sehen Sie ihn noch einmal an."


def check_preis(preis: Preis | None, *, gezeigt: Decimal | int | None, ohne: SojusError) -> Preis:
    """The price of now. `gezeigt`: the Soll-Entgelt that was shown, None where nothing was; `Konflikt` when it is
    another one, `ohne` when there is none."""
    if preis is None:
        raise ohne
    if gezeigt not in {None, preis.soll}:
        raise Konflikt(ENTGELT_GEAENDERT, code="entgelt_geaendert")
    return preis
