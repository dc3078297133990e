"""What a provider's request sees of kept answers: those to her own requests (docs/adr/0016)."""

from __future__ import annotations

from tenants.fence.portal import PortalView

PORTAL_VIEWS = (
    PortalView(
        table="placements_idempotencyrecord",
        where="t.user_id = sojus_user()",
        columns=(
            "id", "created_at", "user_id", "key", "method", "path", "body_hash", "status", "response",
        ),
        insert=True,
        update=("status", "response"),
    ),
)  # fmt: skip
