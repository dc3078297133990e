"""Jobs of the worker."""

from __future__ import annotations

from datetime import timedelta

from tenant_apps.cases.services.uebernahme import notify_uebernahmen
from tenants.door.offices import run_in_offices
from tenants.jobs import job


@job(
    name="cases.notify_uebernahmen",
    title="Fälle aus der Nacht: wer sie übernimmt, erfährt es",
    repeat="A second run finds who was told today, and tells nobody twice.",
    longest=timedelta(minutes=15),
    cron="10 5 * * *",
    late=timedelta(hours=8),
)
def notify_all(timestamp: int) -> int:
    """Every morning but at weekends, one transaction per office; trouble in one office does not stop the others."""
    return run_in_offices(notify_uebernahmen)
