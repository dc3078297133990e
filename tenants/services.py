"""Writes of the operator's page."""

from __future__ import annotations

import logging

from django.core.cache import cache
from django.db import transaction

from tenants.models import Domain, Tenant, TenantZustand

logger = logging.getLogger(__name__)


@transaction.atomic
def update_wartung(*, tenant: Tenant, wartung: bool) -> Tenant:
    """Close an office's host for maintenance, or open it again. Other processes follow within 30 seconds."""
    tenant = Tenant.objects.get(pk=tenant.pk)
    if tenant.zustand == TenantZustand.STILLGELEGT:
        raise ValueError("a closed tenant stays closed")
    tenant.zustand = TenantZustand.WARTUNG if wartung else TenantZustand.AKTIV
    Tenant.objects.filter(pk=tenant.pk).update(zustand=tenant.zustand)
    for host in Domain.objects.filter(tenant=tenant).values_list("domain", flat=True):
        cache.delete(f"tenants.host.{host}")
    logger.warning("Tenant %s: %s", tenant.kuerzel, tenant.zustand)
    return tenant
