"""The steps of a sign-in after the first proof, and what a session has proved since: kept in the session, never in a
cookie. `GateMiddleware` holds everything shut until they are done (docs/adr/0013, 0040)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from shared_apps.accounts.guards import has_secret_address, way_back
from shared_apps.accounts.models import User
from shared_apps.accounts.selectors import get_akteur, has_consented
from shared_apps.core.clock import real_now, today
from shared_apps.signin.selectors.obligation import get_pflicht_ab, has_second_factor, needs_factor_now
from shared_apps.signin.sessions import here, hold_session, note_consent, says_consent, start_session

_PENDING = "sojus_zweiter_schritt"
_FACTOR = "sojus_faktor"
_CONFIRMED = "sojus_bestaetigt"

#: What a session can owe, in the order it is asked for: a second factor that is there, consent to the data-protection
#: rules as they are today, a second factor that has to be set up.
STEP, CONSENT, SETUP = "step", "consent", "setup"


def _now() -> float:
    return real_now().timestamp()


# -- between password and second factor ---------------------------------------------------------


def begin(request: HttpRequest, user: User, *, ziel: str, username: str) -> HttpResponse:
    """Remember whose first proof was right; nobody is signed in yet."""
    logout(request)  # a fresh session: nothing of whoever sat here before
    request.session[_PENDING] = {
        "user": str(user.pk),
        "hash": user.get_session_auth_hash(),
        "host": here(request),
        "at": _now(),
        "ziel": ziel,
        "username": username,
    }
    return redirect("second_factor")


def pending(request: HttpRequest) -> tuple[User, dict] | None:
    """Who waits for this step at this host, and where she wants to go."""
    state = request.session.get(_PENDING)
    if not isinstance(state, dict) or state["host"] != here(request):
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


def ask_for_confirmation(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the password or a code, and back."""
    return redirect(f"{reverse('security_confirm')}?{urlencode({'next': way_back(request) or '/'})}")


def needs_confirmation(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send those away who have not proved within the last minutes that it is they who sit there.

    What they then send is made by a session that nobody has ended meanwhile; a view without a transaction of its own
    asks that itself (`hold_session`).
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_confirmed(request):
            return ask_for_confirmation(request)
        if request.method == "POST" and not getattr(request.resolver_match.func, "runs_without_transaction", False):
            hold_session(request)
        return view(request, *args, **kwargs)

    return guarded


def warn_of_deadline(request: HttpRequest, user: User) -> None:
    """Say at sign-in how long it may still go without a second factor."""
    akteur = get_akteur(user=user, tenant=request.tenant)
    since = get_pflicht_ab(akteur) if akteur else None
    if since is not None and since > today():
        text = f"Für Ihre Rolle ist ab {since:%d.%m.%Y} ein zweiter Faktor Pflicht. Richten Sie ihn unter Konto ein."
        messages.warning(request, text)


# -- the gate -----------------------------------------------------------------------------------


def open_before(*stages: str) -> Callable[[Callable], Callable]:
    """Mark a view that a person may reach while she owes one of these stages."""

    def mark(view: Callable) -> Callable:
        view.open_before = frozenset(stages)  # type: ignore[attr-defined]  # a mark on a function
        return view

    return mark


def find_owed(request: HttpRequest) -> str:
    """What this session owes before it opens anything: STEP, CONSENT, SETUP, or "" for nothing.

    Asked again with each request, so a living session is asked at its next page when the rules change or a factor
    becomes due. Keys (`Token`) were made by a session that owed nothing, and a machine cannot agree to a text.
    """
    akteur = getattr(request, "akteur", None)
    if akteur is None or request.is_token_auth:
        return ""
    has_shown = has_shown_factor(request)
    admission = request.admission
    if not has_shown and admission.has_factor:
        return STEP
    if not says_consent(request):
        if not has_consented(user_id=akteur.user_id, textversion=settings.DATENSCHUTZ_TEXTVERSION):
            return CONSENT
        note_consent(request)  # she agreed meanwhile, at this host or another
    return SETUP if not has_shown and needs_factor_now(akteur, admission) else ""


#: Where each stage is dealt with: URL name, and whether it leads back afterwards.
_PAGES = {STEP: ("second_factor", True), CONSENT: ("consent", True), SETUP: ("security", False)}
_API_TEXTS = {
    STEP: ("zweiter_faktor", "Bitte melden Sie sich mit Ihrem zweiten Faktor an."),
    CONSENT: ("zustimmung", "Bitte stimmen Sie im Browser den Datenschutzregeln zu; es gibt eine neue Fassung."),
    SETUP: ("zweiter_faktor", "Bitte richten Sie im Browser einen zweiten Faktor ein."),
}


def owed_address(stage: str, *, ziel: str) -> str:
    """The page on which a stage is dealt with; it leads on to `ziel` where it can."""
    name, leads_back = _PAGES[stage]
    return f"{reverse(name)}?{urlencode({'next': ziel}, safe='/')}" if leads_back and ziel else reverse(name)


def find_hold(request: HttpRequest, view: Callable) -> str:
    """The stage that keeps this session from this view, or ""; asked once a request, kept as `request.owed`."""
    if not hasattr(request, "owed"):
        request.owed = find_owed(request)
    return "" if request.owed in getattr(view, "open_before", ()) else request.owed


class GateMiddleware:
    """No page and no API for a session that still owes a step, however it began: password, passkey, the office's own
    server, a ticket from the portal, or a session that has lived since before the step was due.

    Runs inside DraftMiddleware, which keeps what a held POST had typed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if has_secret_address(request):
            response["Referrer-Policy"] = "no-referrer"
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        """Lead to the step that is owed, before anything else."""
        stage = find_hold(request, view)
        if not stage:
            return None
        if request.path.startswith("/api/"):
            code, detail = _API_TEXTS[stage]
            return JsonResponse({"code": code, "detail": detail}, status=403)
        target = owed_address(stage, ziel=way_back(request, view) if request.method in {"GET", "HEAD"} else "")
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(target)
        return redirect(target)
