"""What a provider's request sees of disputed data: that a field is disputed which she is shown, never why."""

from __future__ import annotations

from tenant_apps.placements.portal import KLIENT, knows_name, knows_person
from tenants.fence.portal import PortalView

#: With the reservation she is told an age, which rests on the birth date.
_TOLD_EARLY = ("geburtsdatum",)


def _knows_feld() -> str:
    """SQL: she is shown the field; one that her view of the young person does not name, she is not."""
    early = [*KLIENT.columns, *_TOLD_EARLY]
    late = [feld for feld in KLIENT.shown_when if feld not in early]
    return (
        f"CASE WHEN t.feld IN {_texts(early)} THEN {knows_person('t.klient_id')}"
        f" WHEN t.feld IN {_texts(late)} THEN {knows_name('t.klient_id')} ELSE false END"
    )


def _texts(felder: list[str]) -> str:
    listed = ", ".join(f"'{feld}'" for feld in felder)
    return f"({listed})"


PORTAL_VIEWS = (
    PortalView(
        table="privacy_feldvermerk",
        where=f"t.art = 'BESTRITTEN' AND t.aufgehoben_at IS NULL AND {_knows_feld()}",
        columns=("id", "created_at", "klient_id", "feld", "art", "aufgehoben_at"),
    ),
)
