"""What turns with the master key (command `rotate_keys`): drafts of the offices and of the portal."""

from __future__ import annotations

from datetime import timedelta

from shared_apps.accounts.models import Sitzung
from shared_apps.core.clock import real_now
from tenant_apps.drafts.selectors import FRIST
from tenant_apps.drafts.services import update_entwurf_seals
from tenants.context import on_portal
from tenants.crypto.rotation import rotates

#: A draft is younger than a day, and nobody types later than a day after her session was last used.
_TYPED = 2 * FRIST + timedelta(hours=1)


@rotates("Entwürfe")
def rotate_of_office(batch: int) -> int:
    """Drafts of one office; few rows, one transaction."""
    return update_entwurf_seals()


@rotates("Entwürfe am Portal", shared=True)
def rotate_of_portal(batch: int) -> int:
    """Row-level security shows nobody all drafts, so it is done person by person, for whoever was signed in there."""
    recent = Sitzung.objects.filter(tenant=None, zuletzt_at__gt=real_now() - _TYPED)
    turned = 0
    for user_id in set(recent.values_list("user_id", flat=True)):
        with on_portal(user_id=user_id):
            turned += update_entwurf_seals(user_id=user_id)
    return turned
