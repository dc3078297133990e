"""Jobs: keep the published figures at most five minutes behind the cases."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tenant_apps.controlling.publish import publish_faellige
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant, TenantZustand


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="publish_kennzahlen", name="controlling.publish_kennzahlen")
def publish_kennzahlen(timestamp: int) -> None:
    """Hand out one job for each active office, so that one office's trouble does not hold up the others."""
    with on_portal():
        schemas = list(Tenant.objects.filter(zustand=TenantZustand.AKTIV).values_list("schema_name", flat=True))
    for schema in schemas:
        try:
            publish_kennzahlen_of_tenant.configure(queueing_lock=f"publish_kennzahlen:{schema}").defer(schema=schema)
        except AlreadyEnqueued:
            continue  # the last round's job still waits


@app.task(name="controlling.publish_kennzahlen_of_tenant", lock="publish_kennzahlen_of_tenant")
def publish_kennzahlen_of_tenant(schema: str) -> int:
    """Publish the stale months of one office."""
    with on_portal():
        tenant = Tenant.objects.get(schema_name=schema)
    with in_tenant(tenant):
        return publish_faellige()
