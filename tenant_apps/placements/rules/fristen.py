"""Until when a place is held."""

from __future__ import annotations

from datetime import datetime, timedelta

from tenant_apps.placements.rules.planwerte import PlanwertError


def reservierung_ablauf(jetzt: datetime, tage: int) -> datetime:
    """When a reservation made now lapses without the provider's consent. `jetzt` must carry a time zone."""
    if jetzt.tzinfo is None:
        raise TypeError("an aware datetime is required")
    if tage < 1:
        raise PlanwertError("Eine Reservierung gilt mindestens einen Tag.")
    return jetzt + timedelta(days=tage)
