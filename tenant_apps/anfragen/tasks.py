"""Jobs of the worker."""

from __future__ import annotations

from datetime import timedelta

from tenant_apps.anfragen.services.decide import expire_anfragen
from tenants.door.offices import run_in_offices
from tenants.jobs import job


@job(
    name="anfragen.expire_anfragen",
    title="Abgelaufene Anfragen beenden",
    repeat="Ends what is still open and over its deadline, row by row under a lock; a second run finds nothing.",
    longest=timedelta(minutes=15),
    cron="* * * * *",
    retry=False,
)
def expire_all(timestamp: int) -> int:
    """Every minute, one transaction per office; trouble in one office does not stop the others."""
    return run_in_offices(expire_anfragen)
