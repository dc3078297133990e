"""What the pages of signing in ask before they know anybody."""

from __future__ import annotations

from uuid import UUID

from django.utils.http import urlsafe_base64_decode

from shared_apps.accounts.models import Anmeldedienst, User
from tenants.models import Tenant


def find_by_uid(uid: str) -> User | None:
    """The person of a link in a mail; None when the link was cut or made up."""
    try:
        return User.objects.filter(pk=UUID(urlsafe_base64_decode(uid).decode())).first()
    except ValueError:
        return None


def get_anmeldedienst(tenant: Tenant | None) -> Anmeldedienst | None:
    """The sign-in server of an office, when it is switched on and a second person has confirmed it."""
    rows = Anmeldedienst.objects.filter(ist_aktiv=True, bestaetigt_at__isnull=False)
    return rows.filter(tenant=tenant).first() if tenant else None
