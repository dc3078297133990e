"""Jobs of the worker."""

from __future__ import annotations

from datetime import timedelta

from tenant_apps.drafts.services import clear_expired
from tenants.context import on_portal
from tenants.door.offices import run_in_offices
from tenants.jobs import job


@job(
    name="drafts.clear_expired",
    title="Abgelaufene Entwürfe löschen",
    repeat="Deletes what has expired; a second run finds nothing.",
    longest=timedelta(minutes=30),
    cron="17 * * * *",
    retry=False,
)
def clear_all(timestamp: int) -> int:
    """Every hour, one transaction per office and one for the portal; trouble in one office does not stop the others."""
    with on_portal():
        cleared = clear_expired()
    return cleared + run_in_offices(clear_expired)
