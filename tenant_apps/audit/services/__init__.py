"""The one way into the trail, and the approvals by a second person."""

from tenant_apps.audit.services.freigabe import (
    decline_freigabe,
    expire_freigaben,
    grant_freigabe,
    request_freigabe,
    revoke_freigabe,
)
from tenant_apps.audit.services.record import record_access

__all__ = [
    "decline_freigabe",
    "expire_freigaben",
    "grant_freigabe",
    "record_access",
    "request_freigabe",
    "revoke_freigabe",
]
