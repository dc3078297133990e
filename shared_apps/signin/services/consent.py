"""Consent to the data-protection rules."""

from __future__ import annotations

from shared_apps.accounts.models import Datenschutzzustimmung, User
from tenants.models import Tenant


def record_consent(*, user: User, textversion: str, tenant: Tenant | None) -> Datenschutzzustimmung:
    """Store that the person agreed to this text now; sent twice (a double click), the first time counts.

    `tenant`: at whose host, None for the portal. It counts at every host: the text is the same one everywhere.
    Legal basis: § 78 SGB X.
    """
    before = Datenschutzzustimmung.objects.filter(user=user, textversion=textversion).order_by("created_at").first()
    return before or Datenschutzzustimmung.objects.create(user=user, textversion=textversion, tenant=tenant)
