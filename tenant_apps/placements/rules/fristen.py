"""Until when a place is held."""

from __future__ import annotations

from datetime import datetime, timedelta

from tenant_apps.placements.rules.planwerte import PlanwertError

#: A place kept free for nobody harms the next child: not more than four weeks from now.
VERLAENGERN_BIS_TAGE = 28


def nacht_ablauf(jetzt: datetime, stunden: int) -> datetime:
    """When a place lapses that is held at night until its house has been called. `jetzt` must carry a time zone."""
    if jetzt.tzinfo is None:
        raise TypeError("an aware datetime is required")
    if stunden < 1:
        raise PlanwertError("Ein Platz wird mindestens eine Stunde gehalten.")
    return jetzt + timedelta(hours=stunden)


def reservierung_ablauf(jetzt: datetime, tage: int) -> datetime:
    """When a reservation made now lapses without the provider's consent. `jetzt` must carry a time zone."""
    if jetzt.tzinfo is None:
        raise TypeError("an aware datetime is required")
    if tage < 1:
        raise PlanwertError("Eine Reservierung gilt mindestens einen Tag.")
    return jetzt + timedelta(days=tage)
