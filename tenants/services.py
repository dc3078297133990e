"""Writes of the operator's page."""

from __future__ import annotations

import logging
from uuid import UUID

from django.core.cache import cache
from django.db import connection, transaction

from tenants.door.rueckkehr import amt_kehrt_zurueck, returning_offices
from tenants.models import Domain, Jobwiederholung, Tenant, TenantZustand

logger = logging.getLogger(__name__)


class WartungBleibt(Exception):
    """The maintenance of an office cannot end yet. German message for the operator."""


@transaction.atomic
def update_wartung(*, tenant: Tenant, wartung: bool) -> Tenant:
    """Close an office's host for maintenance, or open it again. Other processes follow within 30 seconds.

    Raises `WartungBleibt` while a return of this office is not over.
    """
    tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)  # a return that begins just now is waited for
    if tenant.zustand == TenantZustand.STILLGELEGT:
        raise ValueError("a closed tenant stays closed")
    if not wartung and returning_offices([tenant.schema_name]):
        raise WartungBleibt(amt_kehrt_zurueck(tenant.kuerzel))
    tenant.zustand = TenantZustand.WARTUNG if wartung else TenantZustand.AKTIV
    Tenant.objects.filter(pk=tenant.pk).update(zustand=tenant.zustand)
    for host in Domain.objects.filter(tenant=tenant).values_list("domain", flat=True):
        cache.delete(f"tenants.host.{host}")
    logger.warning("Tenant %s: %s", tenant.kuerzel, tenant.zustand)
    return tenant


@transaction.atomic
def submit_job_again(*, nr: int, user_id: UUID) -> bool:
    """Have a failed job done again exactly as it was, now; False when it has not failed (any more).

    Only for those who operate: the database asks. The row goes into the operator's journal.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.sojus_retry_job(%s)", [nr])
        if cursor.fetchone()[0] is None:
            return False
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE id = %s", [nr])
        row = cursor.fetchone()
    Jobwiederholung.objects.create(job_nr=nr, art=row[0], user_id=user_id)
    return True
