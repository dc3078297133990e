"""Where I am signed in, and signing out from elsewhere; how long this session lasts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from shared_apps.accounts.addresses import local_path
from shared_apps.accounts.guards import anyone, public, require
from shared_apps.core.seite import crumbs
from shared_apps.signin import services
from shared_apps.signin.selectors.own import list_api_tokens, list_sitzungen
from shared_apps.signin.sessions import end_session, idle_minutes, own_row, seconds_left
from tenants.door.middleware import runs_without_fence


@runs_without_fence
@require(anyone)
@require_safe
def list_sessions(request: HttpRequest) -> HttpResponse:
    """All sessions of mine at all hosts."""
    context = {
        "sitzungen": list_sitzungen(user_id=request.user.pk),
        "diese": own_row(request),
        "schluessel": list_api_tokens(user_id=request.user.pk).count(),
        "idle_minutes": idle_minutes(),
        "breadcrumb": crumbs(("Konto", "/konto/"), "Sitzungen"),
    }
    return render(request, "signin/sessions.html", context)


@runs_without_fence
@require(anyone)
@require_POST
def end_one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of my sessions; this one means signing out."""
    if pk == own_row(request):
        end_session(request)
        messages.success(request, "Sie sind abgemeldet.")
        return redirect("login")
    if not services.end_sitzung(user=request.user, sitzung_id=pk):
        raise Http404
    messages.success(request, "Die Sitzung ist beendet. Auf dem anderen Gerät ist eine neue Anmeldung nötig.")
    return redirect("sessions")


@runs_without_fence
@require(anyone)
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all my sessions but this one, and my API keys unless I keep them."""
    keeps = bool(request.POST.get("schluessel_behalten"))
    count, keys = services.end_other_access(user=request.user, ausser=own_row(request), keeps_keys=keeps)
    text = "Eine andere Sitzung ist beendet." if count == 1 else f"{count} andere Sitzungen sind beendet."
    text = text if count else "Es gab keine andere Sitzung."
    if keys:
        text += " Ihr API-Schlüssel gilt nicht mehr." if keys == 1 else f" Ihre {keys} API-Schlüssel gelten nicht mehr."
    messages.success(request, text)
    return redirect("sessions")


def _state(request: HttpRequest) -> JsonResponse:
    rest, absolute = seconds_left(request) if request.akteur else (0, 0)
    return JsonResponse({"rest": rest, "spaetestens": absolute})


@public("Sagt nur, wie lange die eigene Sitzung noch gilt; ohne Sitzung: 0.")
@runs_without_fence
@require_safe
def session_state(request: HttpRequest) -> HttpResponse:
    """How long this session lasts. Asking does not make it last longer (sessions.STATE_PATH)."""
    return _state(request)


@runs_without_fence
@require(anyone)
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Stay signed in: the request itself was the click that counts."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return _state(request)
    return redirect(local_path(request.POST.get("next", "/")))
