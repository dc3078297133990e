"""Jobs of the worker."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from tenant_apps.audit.services import expire_freigaben
from tenants.chain import seal
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant, TenantZustand

logger = logging.getLogger(__name__)


def _in_each_office(alles: bool) -> int:
    with on_portal():
        offices = list(Tenant.objects.filter(zustand=TenantZustand.AKTIV))
    sealed = 0
    for tenant in offices:
        try:
            with in_tenant(tenant):
                expire_freigaben()
            with in_tenant(tenant):
                sealed += seal(alles=alles)
        except Exception:
            logger.exception("sealing failed in %s", tenant.kuerzel)
    return sealed


@app.periodic(cron="* * * * *")
@app.task(name="audit.seal", queueing_lock="audit.seal", pass_context=False)
def seal_all(timestamp: int) -> int:
    """Every minute: seal the trail of each office; trouble in one office does not stop the others."""
    return _in_each_office(alles=False)


@app.periodic(cron="40 2 * * *")
@app.task(name="audit.seal_rest", queueing_lock="audit.seal_rest", pass_context=False)
def seal_rest(timestamp: int) -> int:
    """Every night: seal also what was written with a date long past."""
    return _in_each_office(alles=True)
