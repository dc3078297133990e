"""A provider's request writes the trail in its own name and reads none of it (docs/adr/0016)."""

from __future__ import annotations

from tenants.fence.portal import PortalView

PORTAL_VIEWS = (
    PortalView(
        table="audit_protokoll",
        where="t.user_id = sojus_user()",
        columns=(
            "id", "created_at", "user_id", "rolle", "aktion", "vorgang", "objekt_art", "objekt_id", "felder", "grund",
            "request_id", "anzahl", "objekte", "personen", "vertretung_fuer",
        ),
        read=False,
        insert=True,
        fill="NEW.personen := ARRAY(SELECT unnest(NEW.personen) UNION {people_of_entry})",
    ),
)  # fmt: skip
