"""What a provider's request sees of disputed data: that a field is disputed which she is shown, never why."""

from __future__ import annotations

from tenant_apps.placements.portal import knows_name, knows_person
from tenants.fence.portal import PortalView

PORTAL_VIEWS = (
    PortalView(
        table="privacy_feldvermerk",
        where=(
            "t.art = 'BESTRITTEN' AND t.aufgehoben_at IS NULL AND CASE WHEN t.feld IN ('geschlecht', 'geburtsdatum')"
            f" THEN {knows_person('t.klient_id')} ELSE {knows_name('t.klient_id')} END"
        ),
        columns=("id", "created_at", "klient_id", "feld", "art", "aufgehoben_at"),
    ),
)
