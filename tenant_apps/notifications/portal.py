"""A provider's request may mark months whose figures are stale; it reads none (docs/adr/0016)."""

from __future__ import annotations

from tenants.fence.portal import PortalView

PORTAL_VIEWS = (
    PortalView(
        table="notifications_faelligermonat",
        where="true",
        columns=("id", "created_at", "monat"),
        read=False,
        insert=True,
    ),
)
