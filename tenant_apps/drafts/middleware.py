"""Nothing typed is lost: a POST that comes too late is kept, offered after sign-in, filled in, forgotten once sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from shared_apps.accounts.models import Portalentwurf
from shared_apps.core.seite import ENTWURF
from shared_apps.signin.door import find_hold, owed_address
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.drafts.enums import Vorgang
from tenant_apps.drafts.keeping import (
    FLAG,
    ask_to_sign_in,
    describe_formular,
    fence,
    filled_in,
    find_ausgefuellt,
    keep_post,
    lead_to,
)
from tenant_apps.drafts.models import Entwurf
from tenant_apps.drafts.rules import fuelle_formular
from tenant_apps.drafts.selectors import list_entwuerfe, read_felder
from tenant_apps.drafts.services import clear_gesendet

#: Where the offer goes; it is in core/base.html.
PLACE = b'<div id="entwurf"></div>'
#: Where people arrive at the portal: its "/" only leads on to one of these.
ARRIVAL = {"home", "inbox:list", "comparison:table", "operations:list"}


def is_start(request: HttpRequest) -> bool:
    """Whether this page is the first one after the sign-in: there all own drafts are offered."""
    return request.path == "/" or (request.tenant is None and request.resolver_match.view_name in ARRIVAL)


def _first(own: list[Entwurf | Portalentwurf]) -> list[Entwurf | Portalentwurf]:
    """The newest of both kinds: what came late hides nothing that she typed while she was signed in."""
    in_time = [e for e in own if e.sitzung_id is None]
    late = [e for e in own if e.sitzung_id is not None]
    return sorted(in_time[:3] + late[:3], key=lambda e: e.geaendert_at, reverse=True)


class DraftMiddleware:
    """At every host. Comes after CSRF and Akteur, around the fence: its transactions are its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.akteur is None or request.is_token_auth or bool(getattr(request, "owed", "")):
            return response  # whoever owes a step is offered nothing, and the way to that step is no success
        if request.session.get(FLAG) is False:
            return response
        if request.method == "POST" and response.status_code in {302, 303}:
            if not getattr(request, "is_draft_kept", False):
                self._forget(request)
        elif request.method == "GET" and response.status_code == 200 and not response.streaming:
            self._offer(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """A form sent after the end of the session, or while it owes a step (new rules to agree to): the view would
        not be reached. CSRF is checked already."""
        if request.method != "POST":
            return None
        stage = find_hold(request, view)
        if not stage and (request.akteur is not None or request.expired is None):
            return None
        entwurf = keep_post(request)
        if entwurf and stage:
            return lead_to(request, owed_address(stage, ziel=filled_in(entwurf)))
        return ask_to_sign_in(request, entwurf) if entwurf else None

    @staticmethod
    def _forget(request: HttpRequest) -> None:
        with fence(request, request.akteur):
            clear_gesendet(user_id=request.akteur.user_id, pfad=request.path, ausgefuellt=find_ausgefuellt(request))

    def _offer(self, request: HttpRequest, response: HttpResponse) -> None:
        if not response.get("Content-Type", "").startswith("text/html") or PLACE not in response.content:
            return
        wanted = request.GET.get(ENTWURF, "")
        with fence(request, request.akteur):
            own = list(list_entwuerfe(user_id=request.akteur.user_id))
            if request.session.get(FLAG) is not bool(own):  # or every page would write the session again
                request.session[FLAG] = bool(own)
            here = [e for e in own if e.seite.partition("?")[0] == request.path]
            chosen = next((e for e in here if str(e.pk) == wanted), None)
            html = response.content.decode()
            if chosen:
                html = self._fill_in(request, html, chosen)
        is_arrival = is_start(request)
        offered = own if is_arrival else here
        if offered:
            first = _first(offered)
            context = {
                "chosen": chosen,
                "is_arrival": is_arrival,
                "angebote": [] if chosen else [(e, filled_in(e), describe_formular(request, e)) for e in first],
                "mehr": len(offered) > len(first),
                "csrf_token": get_token(request),
            }
            html = html.replace(PLACE.decode(), render_to_string("drafts/_angebot.html", context), 1)
        response.content = html.encode()
        if response.has_header("Content-Length"):
            response["Content-Length"] = len(response.content)

    @staticmethod
    def _fill_in(request: HttpRequest, html: str, entwurf: Entwurf | Portalentwurf) -> str:
        if isinstance(entwurf, Entwurf):  # the trail of a youth office; on the portal there is no case to note
            record_access(
                akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.ENTWURF_UEBERNEHMEN, objekt=entwurf
            )
        felder = read_felder(entwurf)
        return fuelle_formular(html, seite=request.path, pfad=entwurf.pfad, felder=felder)
