"""Reads of the sign-in servers, for whoever keeps them."""

from __future__ import annotations

from shared_apps.accounts.models import Anmeldedienst
from tenants.models import Tenant


def find_anmeldedienst(*, tenant: Tenant) -> Anmeldedienst | None:
    """The sign-in server of an office, switched on or off."""
    return Anmeldedienst.objects.filter(tenant=tenant).select_related("geaendert_von", "bestaetigt_von").first()
