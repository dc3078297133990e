"""Jobs of the worker."""

from __future__ import annotations

from datetime import timedelta

from shared_apps.occupancy.services.sperren import clear_notizen
from tenants.context import on_portal
from tenants.jobs import job


@job(
    name="occupancy.clear_notes",
    title="Notizen beendeter Sperren und Aufnahmestopps leeren",
    repeat="Empties what is over its time; a second run finds nothing.",
    longest=timedelta(minutes=30),
    cron="25 3 * * *",
)
def clear_notes(timestamp: int) -> int:
    """Every night."""
    with on_portal():
        return clear_notizen()
