"""What every page frame needs."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from config.fristen import Fristen
from config.navigation import navigation
from shared_apps.accounts.addresses import portal_address
from shared_apps.signin.door import seconds_left


def _session(request: HttpRequest) -> dict[str, int] | None:
    """When the session ends, for the warning (core/sitzung.js)."""
    if request.is_token_auth:
        return None
    rest, absolute = seconds_left(request)
    return {"rest": rest, "spaetestens": absolute}


def page_frame(request: HttpRequest) -> dict[str, object]:
    """Office, state, person, navigation."""
    akteur = getattr(request, "akteur", None)
    tenant = getattr(request, "tenant", None)
    return {
        "office_name": tenant.name if tenant else "Landesportal",
        "land_name": settings.LAND_NAME,
        "akteur": akteur,
        "user_role_label": " · ".join(r.label for r in sorted(akteur.rollen)) if akteur else "",
        "sitzung": _session(request) if akteur else None,
        "nav_items": SimpleLazyObject(partial(navigation, request)),  # most answers of htmx show no frame
        "is_demo": settings.IS_DEMO,
        "fristen": Fristen(),
        "portal_url": portal_address(request),
        "leads_back_to_portal": bool(tenant and akteur and akteur.ist_anbieter),
    }
