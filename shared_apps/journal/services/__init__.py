"""The operator's side of break-glass, and the check of the seals. The office's side: tenant_apps.audit.services."""

from shared_apps.journal.services.anker import publish_anker
from shared_apps.journal.services.kopien import get_siegel, publish_siegel
from shared_apps.journal.services.pruefung import check_siegel
from shared_apps.journal.services.support import (
    end_support,
    get_support_uebersicht,
    get_support_zeile,
    request_support,
)

__all__ = [
    "check_siegel",
    "end_support",
    "get_siegel",
    "get_support_uebersicht",
    "get_support_zeile",
    "publish_anker",
    "publish_siegel",
    "request_support",
]
