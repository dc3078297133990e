"""Jobs of the worker."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from tenant_apps.placements.services.fristen import expire_reservierungen
from tenants.context import in_tenant
from tenants.models import Tenant, TenantZustand

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="placements.expire_reservierungen", queueing_lock="placements.expire_reservierungen", pass_context=False)
def expire_all(timestamp: int) -> int:
    """Every minute, one transaction per office; trouble in one office does not stop the others."""
    expired = 0
    for tenant in list(Tenant.objects.filter(zustand=TenantZustand.AKTIV)):
        try:
            with in_tenant(tenant):
                expired += expire_reservierungen()
        except Exception:
            logger.exception("expiry failed in %s", tenant.kuerzel)
    return expired
