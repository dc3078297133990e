"""The second step of a sign-in, and what a session has proved since: kept in the session, never in a cookie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from shared_apps.accounts.models import User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.accounts.selectors_signin import get_pflicht_ab, has_second_factor, needs_second_factor
from shared_apps.accounts.sessions import here, start_session
from shared_apps.core.clock import today

_PENDING = "sojus_zweiter_schritt"
_FACTOR = "sojus_faktor"
_CONFIRMED = "sojus_bestaetigt"

STEP, SETUP = "step", "setup"
#: What is still owed between the first proof and the session.
FACTOR, CONSENT = "faktor", "zustimmung"


def _now() -> float:
    return timezone.now().timestamp()


# -- between password and second factor ---------------------------------------------------------


def begin(
    request: HttpRequest, user: User, *, ziel: str, username: str, stage: str = FACTOR, shown: bool = False
) -> HttpResponse:
    """Remember whose first proof was right; nobody is signed in yet. `shown`: a foreign server saw a second factor."""
    logout(request)  # a fresh session: nothing of whoever sat here before
    request.session[_PENDING] = {
        "user": str(user.pk),
        "hash": user.get_session_auth_hash(),
        "host": here(request),
        "at": _now(),
        "ziel": ziel,
        "username": username,
        "stage": stage,
        "shown": shown,
    }
    return redirect("oidc_consent" if stage == CONSENT else "second_factor")


def pending(request: HttpRequest, *, stage: str = FACTOR) -> tuple[User, dict] | None:
    """Who waits for this step at this host, and where she wants to go."""
    state = request.session.get(_PENDING)
    if not isinstance(state, dict) or state["host"] != here(request) or state["stage"] != stage:
        return None
    if _now() - state["at"] > settings.SECOND_STEP_SECONDS:
        return None
    user = User.objects.filter(pk=state["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != state["hash"]:
        return None
    return user, state


def admit(request: HttpRequest, user: User, *, factor: str = "", confirms: bool = True) -> None:
    """Sign in at this host. `factor`: how the second one was shown; `confirms`: she has just proved who she is."""
    request.session.pop(_PENDING, None)
    start_session(request, user)
    if factor:
        request.session[_FACTOR] = factor
    if confirms:
        confirm(request)


# -- what a session has proved ------------------------------------------------------------------


def note_factor(request: HttpRequest, factor: str) -> None:
    """The session has shown a second factor."""
    request.session[_FACTOR] = factor


def note_handover(request: HttpRequest, user: User) -> None:
    """A ticket comes from a session of the portal, which had shown the second factor if there is one."""
    if has_second_factor(user_id=user.pk):
        note_factor(request, "uebergabe")


def has_shown_factor(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor."""
    return bool(request.session.get(_FACTOR))


def confirm(request: HttpRequest) -> None:
    """The person has proved a moment ago that it is she who sits there."""
    request.session[_CONFIRMED] = _now()


def is_confirmed(request: HttpRequest) -> bool:
    """Whether she proved it recently."""
    return _now() - request.session.get(_CONFIRMED, 0) < settings.CONFIRMATION_SECONDS


def confirmed_until(request: HttpRequest) -> datetime:
    """Until when the confirmation opens the pages of "Sicherheit"."""
    ends = request.session.get(_CONFIRMED, 0) + settings.CONFIRMATION_SECONDS
    return datetime.fromtimestamp(ends, tz=timezone.get_current_timezone())


def ask_for_confirmation(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the password or a code, and back."""
    return redirect(f"{reverse('security_confirm')}?{urlencode({'next': request.get_full_path()})}")


def warn_of_deadline(request: HttpRequest, user: User) -> None:
    """Say at sign-in how long it may still go without a second factor."""
    akteur = get_akteur(user=user, tenant=request.tenant)
    since = get_pflicht_ab(akteur) if akteur else None
    if since is not None and since > today():
        text = f"Für Ihre Rolle ist ab {since:%d.%m.%Y} ein zweiter Faktor Pflicht. Richten Sie ihn unter Konto ein."
        messages.warning(request, text)


# -- the gate -----------------------------------------------------------------------------------


def open_before(*stages: str) -> Callable[[Callable], Callable]:
    """Mark a view that a person may reach before she has shown (STEP) or set up (SETUP) her second factor."""

    def mark(view: Callable) -> Callable:
        view.open_before = frozenset(stages)
        return view

    return mark


class SecondFactorMiddleware:
    """No page and no API for a session whose second factor is owed. Keys (`Token`) were made by a full session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        """Lead to the second step, or to setting a factor up, before anything else."""
        akteur = getattr(request, "akteur", None)
        if akteur is None or request.is_token_auth or has_shown_factor(request):
            return None
        if has_second_factor(user_id=akteur.user_id):
            stage, target = STEP, "second_factor"
        elif needs_second_factor(akteur):
            stage, target = SETUP, "security"
        else:
            return None
        request.second_factor_owed = stage
        if stage in getattr(view, "open_before", ()):
            return None
        if request.path.startswith("/api/"):
            detail = "Bitte melden Sie sich mit Ihrem zweiten Faktor an oder richten Sie einen ein."
            return JsonResponse({"code": "zweiter_faktor", "detail": detail}, status=403)
        if request.method in {"GET", "HEAD"} and stage == STEP:
            return redirect_to_login(request.get_full_path(), login_url=reverse(target))
        return redirect(target)
