"""Jobs of the worker."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from shared_apps.core.errors import SojusError
from tenant_apps.audit.services import expire_freigaben, purge_protokoll
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


@app.periodic(cron="20 4 1 * *")
@app.task(queue="betrieb", name="audit.purge", queueing_lock="audit.purge", pass_context=False)
def purge_all(timestamp: int) -> int:
    """Every month, as the owner: remove looks whose time is over; one office's trouble does not stop the others."""
    removed = 0
    for tenant in list(Tenant.objects.all()):
        try:
            made = purge_protokoll(tenant=tenant, now=timezone.now())
        except SojusError:
            logger.exception("the trail was not purged in %s", tenant.kuerzel)
        else:
            removed += made.anzahl if made else 0
    return removed
