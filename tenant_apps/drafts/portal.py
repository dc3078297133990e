"""A provider at the office's host keeps and finds her own drafts and search terms (docs/adr/0015, 0016)."""

from __future__ import annotations

from tenants.fence.portal import PortalView

_OWN = "t.user_id = sojus_user()"

PORTAL_VIEWS = (
    PortalView(
        table="drafts_entwurf",
        where=_OWN,
        columns=("id", "created_at", "user_id", "pfad", "seite", "inhalt", "geaendert_at", "sitzung_id", "nummer"),
        insert=True,
        update=("seite", "inhalt", "geaendert_at"),
    ),
    PortalView(
        table="drafts_suchtext",
        where=_OWN,
        columns=("id", "created_at", "user_id", "inhalt"),
        insert=True,
    ),
)
