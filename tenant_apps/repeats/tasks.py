"""Jobs of the worker."""

from __future__ import annotations

from datetime import timedelta

from tenant_apps.repeats.services import purge_answers, purge_portal_answers
from tenants.context import on_portal
from tenants.door.offices import run_in_offices
from tenants.jobs import job


@job(
    name="repeats.purge_answers",
    title="Behaltene Antworten der Schnittstelle vergessen",
    repeat="Deletes what is older than a day; a second run finds nothing.",
    longest=timedelta(minutes=30),
    cron="27 * * * *",
    retry=False,
)
def purge_all_answers(timestamp: int) -> int:
    """Every hour, one transaction per office and one for the portal; trouble in one office does not stop the others."""
    with on_portal():
        purged = purge_portal_answers()
    return purged + run_in_offices(purge_answers)
