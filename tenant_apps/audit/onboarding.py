"""The trail of a youth office begins with its own onboarding."""

from __future__ import annotations

from tenant_apps.audit.enums import Vorgang
from tenant_apps.audit.models import Aktion, Protokoll
from tenant_apps.audit.services import record_access
from tenants.context import in_tenant
from tenants.models import Tenant
from tenants.onboarding.registry import Angaben, Report, onboarding_step


@onboarding_step(order=60, name="Protokoll beginnen")
def begin_trail(tenant: Tenant, angaben: Angaben, report: Report) -> None:
    """The first entry says that the office was set up; written once."""
    with in_tenant(tenant):
        if not Protokoll.objects.filter(vorgang__in=Vorgang.JUGENDAMT_EINRICHTEN.codes).exists():
            record_access(
                akteur=None, aktion=Aktion.ANLEGEN, vorgang=Vorgang.JUGENDAMT_EINRICHTEN, objekt_art="tenants.tenant"
            )
