"""Jobs of the worker."""

from __future__ import annotations

from datetime import timedelta

from shared_apps.core.clock import real_now
from tenant_apps.audit.services import expire_freigaben, purge_protokoll
from tenants.door.offices import run_in_offices, total, visit
from tenants.jobs import BETRIEB, job
from tenants.models import Tenant
from tenants.trail.chain import seal


def _seal_rest() -> int:
    return seal(alles=True)


@job(
    name="audit.seal",
    title="Protokolle der Jugendämter versiegeln",
    repeat="Only entries without a seal are sealed, in one transaction per office under a lock.",
    longest=timedelta(minutes=15),
    cron="* * * * *",
    retry=False,
)
def seal_all(timestamp: int) -> int:
    """Every minute: seal the trail of each office; trouble in one office does not stop the others."""
    return run_in_offices(_expire, seal)


def _expire() -> None:
    expire_freigaben()


@job(
    name="audit.seal_rest",
    title="Nachgetragene Protokolleinträge versiegeln",
    repeat="As audit.seal.",
    longest=timedelta(hours=1),
    cron="40 2 * * *",
)
def seal_rest(timestamp: int) -> int:
    """Every night: seal also what was written with a date long past."""
    return run_in_offices(_expire, _seal_rest)


@job(
    name="audit.purge",
    title="Alte Lesevermerke löschen",
    repeat="Removes what is older than the period, in one transaction per office; a second run finds nothing.",
    longest=timedelta(hours=4),
    queue=BETRIEB,
    cron="20 4 1 * *",
)
def purge_all(timestamp: int) -> int:
    """Every month, as the owner: remove read entries whose time is over; one office's trouble stops no other."""
    return total(visit(Tenant.objects.all(), _purge))


def _purge(tenant: Tenant) -> int:
    made = purge_protokoll(tenant=tenant, now=real_now())
    return made.anzahl if made else 0
