"""Consent to the data-protection rules."""

from __future__ import annotations

from shared_apps.accounts.models import Datenschutzzustimmung, User
from tenants.models import Tenant


def record_consent(*, user: User, textversion: str, tenant: Tenant | None) -> Datenschutzzustimmung:
    """Store that the person agreed to this text now."""
    return Datenschutzzustimmung.objects.create(user=user, textversion=textversion, tenant=tenant)
