"""What every page frame needs."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from config.navigation import navigation


def portal_url(path: str = "/") -> str:
    """Absolute address on the state portal."""
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{settings.PORTAL_HOST}{port}{path}"


def page_frame(request: HttpRequest) -> dict[str, object]:
    """Office, state, person, navigation."""
    akteur = getattr(request, "akteur", None)
    tenant = getattr(request, "tenant", None)
    return {
        "office_name": tenant.name if tenant else "Landesportal",
        "land_name": settings.LAND_NAME,
        "akteur": akteur,
        "user_role_label": ", ".join(r.label for r in sorted(akteur.rollen)) if akteur else "",
        "nav_items": navigation(request),
        "is_demo": settings.IS_DEMO,
        "portal_url": portal_url(),
    }
