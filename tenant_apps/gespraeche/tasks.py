"""Jobs of the worker."""

from __future__ import annotations

from datetime import timedelta

from tenant_apps.gespraeche.services.melden import notify_leitende, notify_ungelesene
from tenants.door.offices import run_in_offices
from tenants.jobs import job


@job(
    name="gespraeche.notify_ungelesene",
    title="Rückfragen: wer eine Nachricht bekommen hat, erfährt es",
    repeat="A second run finds who was told, and tells nobody twice.",
    longest=timedelta(minutes=15),
    cron="*/5 * * * *",
    retry=False,
)
def notify_all(timestamp: int) -> int:
    """Every five minutes, one transaction per office; trouble in one office does not stop the others."""
    return run_in_offices(notify_ungelesene)


@job(
    name="gespraeche.notify_leitende",
    title="Rückfragen: wenn niemand antwortet, erfährt es die Leitung",
    repeat="A second run finds what is marked already, and tells nobody twice.",
    longest=timedelta(minutes=15),
    cron="15 5 * * *",
    late=timedelta(hours=8),
)
def notify_leads(timestamp: int) -> int:
    """Every morning but at weekends, one transaction per office; trouble in one office does not stop the others."""
    return run_in_offices(notify_leitende)
