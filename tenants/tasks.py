"""Jobs, most of them of the operator's worker (queue 'betrieb', owner process: `manage.py worker --betrieb`)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from tenants.context import on_portal
from tenants.door.lag import lagging_schemas, tenant_schemas
from tenants.door.readiness import is_shared_ready
from tenants.jobs import BETRIEB, Arg, Caller, job
from tenants.jobs.times import KEPT
from tenants.models import Jobfehler
from tenants.onboarding import services
from tenants.operations.release import release


@job(
    name=services.JOB,
    title="Jugendamt anlegen",
    repeat="All or nothing in one transaction; what was broken off is begun again, what is finished is left alone.",
    longest=timedelta(hours=1),
    queue=BETRIEB,
    callers={Caller.OWNER},
    args={"lauf_id": Arg.ID},
    lock="tenants.onboard",
    queueing_lock="tenants.onboard:{lauf_id}",
    retry=False,
)
def onboard(*, lauf_id: str) -> None:
    """Onboard the municipality of an OnboardingLauf."""
    services.run_order(lauf_id=UUID(lauf_id))


@job(
    name="tenants.clear_jobfehler",
    title="Alte Fehlermeldungen von Aufträgen löschen",
    repeat="Deletes what is over its time; a second run finds nothing.",
    longest=timedelta(minutes=30),
    cron="55 3 * * *",
)
def clear_jobfehler(timestamp: int) -> int:
    """Every night, with the failed jobs themselves: after three months nobody asks any more."""
    with on_portal():
        return Jobfehler.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


@job(
    name="tenants.catch_up",
    title="Jugendämter nachziehen, die die letzte Version zurückließ",
    repeat="An office is brought up in one transaction or not at all; who is up to date is not touched.",
    longest=timedelta(hours=4),
    queue=BETRIEB,
    cron="*/15 * * * *",
    retry=False,
)
def catch_up(timestamp: int) -> int:
    """Every quarter of an hour: bring up the offices that the last release left behind; returns how many remain."""
    if not is_shared_ready() or not (schemas := lagging_schemas(tenant_schemas())):
        return 0
    return len(release(only=set(schemas)).behind)
