"""The one way into the trail, and the approvals by a second person."""

from tenant_apps.audit.services.advance import Schritt, advance
from tenant_apps.audit.services.bereinigung import purge_protokoll
from tenant_apps.audit.services.freigabe import (
    decline_freigabe,
    expire_freigaben,
    grant_freigabe,
    request_freigabe,
    revoke_freigabe,
)
from tenant_apps.audit.services.record import record_access
from tenant_apps.audit.services.refuse import Vorhaben
from tenant_apps.audit.services.support import decline_support, grant_support, revoke_support

__all__ = [
    "Schritt",
    "Vorhaben",
    "advance",
    "decline_freigabe",
    "decline_support",
    "expire_freigaben",
    "grant_freigabe",
    "grant_support",
    "purge_protokoll",
    "record_access",
    "request_freigabe",
    "revoke_freigabe",
    "revoke_support",
]
