"""A provider's request writes the trail in its own name and reads none of it (docs/adr/0016)."""

from __future__ import annotations

from tenants.fence.portal import PortalView

#: Whose the enquiry is that a house has read or answered: it may not learn which of them are about one child.
_ASKED_FOR = (
    "SELECT n.klient_id FROM tenant.anfragen_hausanfrage a JOIN tenant.anfragen_anfrage n ON n.id = a.anfrage_id"
    " WHERE a.id = NEW.objekt_id OR a.id = ANY (NEW.objekte)"
)

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
        fill=f"NEW.personen := ARRAY(SELECT unnest(NEW.personen) UNION {_ASKED_FOR})",
    ),
)  # fmt: skip
