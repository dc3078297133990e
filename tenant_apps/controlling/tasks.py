"""Jobs: keep the published figures at most five minutes behind the cases."""

from __future__ import annotations

from datetime import timedelta

from tenant_apps.controlling.publish import MONATE_JE_TRANSAKTION, list_faellige, publish_faellige
from tenants.context import in_tenant, on_portal, require_schema
from tenants.door.offices import run_in_offices
from tenants.jobs import Arg, Caller, defer, job
from tenants.models import Tenant


@job(
    name="controlling.publish_kennzahlen",
    title="Kennzahlen veröffentlichen: Aufträge verteilen",
    repeat="Hands out one job per office; where one waits already, none is added.",
    longest=timedelta(minutes=15),
    cron="*/5 * * * *",
    retry=False,
)
def publish_kennzahlen(timestamp: int) -> int:
    """Hand out one job for each active office, so that one office's trouble does not hold up the others."""
    return run_in_offices(_hand_out)  # an office's job is handed over by that office's role, by nobody else


def _hand_out() -> int:
    return defer("controlling.publish_kennzahlen_of_tenant", schema=require_schema()) is not None


@job(
    name="controlling.publish_kennzahlen_of_tenant",
    title="Kennzahlen eines Jugendamts veröffentlichen",
    repeat="A stale month is computed anew and replaces its figures, a year's months in one transaction; a fresh one is"
    " skipped.",
    longest=timedelta(hours=1),
    callers={Caller.AMT},
    args={"schema": Arg.OWN_OFFICE},
    lock="publish_kennzahlen:{schema}",
    queueing_lock="publish_kennzahlen:{schema}",
    retry=False,  # the next one comes within five minutes
)
def publish_kennzahlen_of_tenant(schema: str) -> int:
    """Publish the stale months of one office."""
    with on_portal():
        tenant = Tenant.objects.get(schema_name=schema)
    with in_tenant(tenant):
        monate = list_faellige()
    for first in range(0, len(monate), MONATE_JE_TRANSAKTION):
        with in_tenant(tenant):  # a transaction each: whoever marks one of these months waits for its end
            publish_faellige(monate=monate[first : first + MONATE_JE_TRANSAKTION])
    return len(monate)
