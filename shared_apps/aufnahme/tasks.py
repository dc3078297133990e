"""Jobs of the worker."""

from __future__ import annotations

from datetime import timedelta

from shared_apps.aufnahme.services import clear_abgelaufene
from tenants.context import on_portal
from tenants.jobs import job


@job(
    name="aufnahme.delete",
    title="Abgelaufene Aufnahmeanträge löschen",
    repeat="Deletes what has expired; a second run finds nothing.",
    longest=timedelta(minutes=10),
    cron="23 * * * *",
    retry=False,
)
def delete_expired(timestamp: int) -> int:
    """Every hour: what nobody has confirmed within a day, and what was declined or withdrawn a year ago."""
    with on_portal():
        return clear_abgelaufene()
