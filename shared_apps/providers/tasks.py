"""Jobs of the worker: who keeps facilities is reminded of their vacancies."""

from __future__ import annotations

from datetime import timedelta

from shared_apps.providers.services.erinnerung import notify_vakanzen
from tenants.context import on_portal
from tenants.jobs import job


@job(
    name="providers.notify_vakanzen",
    title="An unbestätigte Vakanzen erinnern",
    repeat="All or nothing; a second run finds who was not reminded today, and a constraint asks nobody twice.",
    longest=timedelta(minutes=30),
    cron="30 5 * * *",
)
def notify(timestamp: int) -> int:
    """Every morning; never at the weekend (`rules.ist_erinnerungstag`)."""
    with on_portal():
        return notify_vakanzen()
