"""For the operator's page of an onboarding: what became of the invitation of who shall administer the office."""

from __future__ import annotations

from django import template

from shared_apps.members import selectors
from shared_apps.members.presenter import describe_mail
from tenants.models import Tenant

register = template.Library()


@register.inclusion_tag("members/_einladungen_des_amts.html")
def einladungen_des_amts(tenant: Tenant | None) -> dict[str, object]:
    """The people who shall administer this office and have no password yet."""
    personen = selectors.list_erste_administration(tenant) if tenant else []
    return {"zeilen": [(p, describe_mail(selectors.find_einladung_mail(p))) for p in personen]}
