"""Jobs of the worker."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from tenant_apps.drafts.services import clear_expired
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant, TenantZustand

logger = logging.getLogger(__name__)


@app.periodic(cron="17 * * * *")
@app.task(name="drafts.clear_expired", queueing_lock="drafts.clear_expired", pass_context=False)
def clear_all(timestamp: int) -> int:
    """Every hour, one transaction per office and one for the portal; trouble in one office does not stop the others."""
    cleared = 0
    for tenant in list(Tenant.objects.filter(zustand=TenantZustand.AKTIV)):
        try:
            with in_tenant(tenant):
                cleared += clear_expired()
        except Exception:
            logger.exception("clearing of drafts failed in %s", tenant.kuerzel)
    with on_portal():
        return cleared + clear_expired()
