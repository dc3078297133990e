"""What the OpenAPI document says about fields that only the office gets."""

from __future__ import annotations

from typing import Any

from tenant_apps.placements.api.serializers import ReservierungAusgabe


def office_fields_are_optional(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A provider's answer leaves the office's fields out: the document must not promise them."""
    component = result["components"]["schemas"].get(ReservierungAusgabe.__name__)
    if component:
        component["required"] = [f for f in component["required"] if f not in ReservierungAusgabe.AMT_FELDER]
    return result
