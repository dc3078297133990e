"""The operator's side of break-glass. The office's side: tenant_apps.audit.services.support."""

from shared_apps.journal.services.support import (
    end_support,
    get_support_uebersicht,
    get_support_zeile,
    request_support,
)

__all__ = ["end_support", "get_support_uebersicht", "get_support_zeile", "request_support"]
