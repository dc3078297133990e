"""Texts that everybody may read, signed in or not."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import public
from shared_apps.signin.second_step import CONSENT, SETUP, STEP, open_before
from shared_apps.signin.sessions import idle_minutes
from tenants.door.middleware import runs_without_fence


def _text(request: HttpRequest, name: str) -> HttpResponse:
    context = {"textversion": settings.DATENSCHUTZ_TEXTVERSION, "idle_minutes": idle_minutes()}
    return render(request, f"signin/texts/{name}.html", context)


@public("Rechtstext ohne Personenbezug.")
@runs_without_fence
@open_before(STEP, CONSENT, SETUP)
@require_safe
def datenschutz(request: HttpRequest) -> HttpResponse:
    """The data-protection rules people consent to at sign-in."""
    return _text(request, "datenschutz")


@public("Rechtstext ohne Personenbezug.")
@runs_without_fence
@open_before(STEP, CONSENT, SETUP)
@require_safe
def impressum(request: HttpRequest) -> HttpResponse:
    """Who is responsible."""
    return _text(request, "impressum")


@public("Rechtstext ohne Personenbezug.")
@runs_without_fence
@open_before(STEP, CONSENT, SETUP)
@require_safe
def barrierefreiheit(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return _text(request, "barrierefreiheit")


@public("Rechtstext ohne Personenbezug.")
@runs_without_fence
@open_before(STEP, CONSENT, SETUP)
@require_safe
def kontakt(request: HttpRequest) -> HttpResponse:
    """Whom to ask."""
    return _text(request, "kontakt")
