"""From a request to a draft: whose, of which form, on which page."""

from __future__ import annotations

from contextlib import AbstractContextManager
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from shared_apps.accounts.addresses import MAX_PATH, local_path
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.models import Portalentwurf, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.seite import ENTWURF
from tenant_apps.drafts.models import Entwurf
from tenant_apps.drafts.rules import FORMULARE, UNBEKANNT
from tenant_apps.drafts.services import create_entwurf
from tenants.context import in_tenant, in_tenant_portal, on_portal

#: In the session: whether there may be drafts (absent: not known yet).
FLAG = "sojus_entwuerfe"
#: A path that is longer with the parameter does not fit through the sign-in.
_ROOM = 50
#: Said at the sign-in to whoever has sent a form too late.
AUFBEWAHRT = (
    "Ihre Sitzung war zu Ende, bevor das Formular ankam. Ihre Eingaben sind aufbewahrt: Nach dem Anmelden stehen sie "
    "wieder im Formular."
)


def fence(request: HttpRequest, akteur: Akteur) -> AbstractContextManager:
    """The person's own transaction apart from the view's; a provider's under the portal role (ADR 0016).

    At the state portal it runs on shared tables, where row-level security shows her own drafts only.
    """
    if request.tenant is None:
        return on_portal(user_id=akteur.user_id)
    if akteur.ist_amt and not akteur.ist_anbieter:
        return in_tenant(request.tenant, user_id=akteur.user_id)
    return in_tenant_portal(request.tenant, user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids)


def may_be_kept(request: HttpRequest, path: str) -> bool:
    """Forms of the work at this host. Not sign-in, passwords, keys (they run outside the fence), not the API, none
    whose address holds a secret: it would be in the way back."""
    if path.startswith("/api/") or len(path) > MAX_PATH - _ROOM:
        return False
    try:
        view = resolve(path, request.urlconf).func
    except Resolver404:
        return False
    return not (getattr(view, "runs_without_fence", False) or getattr(view, "has_secret_address", False))


def find_seite(request: HttpRequest, referer: str) -> str:
    """Path and query of the page on this host that holds the form; the form's own path when that is unknown."""
    if url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(referer)
        seite = local_path(parts.path + (f"?{parts.query}" if parts.query else ""))
        if seite != "/" and len(seite) <= MAX_PATH - _ROOM and not seite.startswith("/anmelden/"):
            return without_parameter(seite)
    return request.path


def without_parameter(seite: str) -> str:
    """The address without the request for a draft."""
    path, _, query = seite.partition("?")
    rest = "&".join(part for part in query.split("&") if part and not part.startswith(f"{ENTWURF}="))
    return f"{path}?{rest}" if rest else path


def filled_in(entwurf: Entwurf | Portalentwurf) -> str:
    """Address of the page with the draft filled in."""
    return f"{entwurf.seite}{'&' if '?' in entwurf.seite else '?'}{urlencode({ENTWURF: entwurf.pk})}"


def describe_formular(request: HttpRequest, entwurf: Entwurf | Portalentwurf) -> str:
    """What the form is called that this draft was typed into."""
    try:
        return FORMULARE.get(resolve(entwurf.pfad, request.urlconf).view_name, UNBEKANNT)
    except Resolver404:
        return UNBEKANNT


def find_ausgefuellt(request: HttpRequest) -> str:
    """Which draft the form that was sent had been filled in with, by the address of the form or of its page."""
    _, _, query = request.headers.get("Referer", "").partition("?")
    return request.GET.get(ENTWURF, "") or QueryDict(query).get(ENTWURF, "")


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the browser says that the form was on this host."""
    return request.headers.get("Origin", "") == f"{request.scheme}://{request.get_host()}"


def find_author(request: HttpRequest) -> Akteur | None:
    """Who typed: the person signed in, or the one whose session at this host has run out, if it still admits her."""
    if request.akteur is not None:
        return None if request.is_token_auth else request.akteur
    if request.expired is None:
        return None
    user = User.objects.filter(pk=request.expired.user_id, is_active=True).first()
    return get_akteur(user=user, tenant=request.tenant, request_id=request.request_id) if user else None


def keep_post(request: HttpRequest) -> Entwurf | Portalentwurf | None:
    """Keep the body of this POST for its author. None for a stranger and for other forms.

    None also when her session has run out and has kept as many as it may; that she is told.
    """
    if request.method != "POST" or not may_be_kept(request, request.path):
        return None
    author = find_author(request)
    if author is None:
        return None
    seite = find_seite(request, request.headers.get("Referer", ""))
    nach_sitzung = None if request.akteur is not None else request.expired.sitzung_id
    felder = dict(request.POST.lists())
    try:
        with fence(request, author):
            entwurf = create_entwurf(
                user_id=author.user_id, pfad=request.path, seite=seite, felder=felder, nach_sitzung=nach_sitzung
            )
    except RegelVerletzt as error:
        messages.warning(request, str(error))
        return None
    if entwurf:
        request.is_draft_kept = True  # the redirect that follows is no success
        if nach_sitzung is None:  # one that has run out is written no more; the next one begins without the mark
            request.session[FLAG] = True
    return entwurf


def lead_to(request: HttpRequest, address: str) -> HttpResponse:
    """A redirect, also for a request of htmx."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def ask_to_sign_in(request: HttpRequest, entwurf: Entwurf | Portalentwurf) -> HttpResponse:
    """To the sign-in, which says so, and from there back to the page with everything typed."""
    messages.info(request, AUFBEWAHRT)
    return lead_to(request, f"{resolve_url('login')}?{urlencode({'next': filled_in(entwurf)})}")


def lead_back(request: HttpRequest, entwurf: Entwurf | Portalentwurf) -> HttpResponse:
    """To the page with everything typed, which may now be sent."""
    if request.headers.get("HX-Request"):
        return lead_to(request, filled_in(entwurf))
    return redirect(filled_in(entwurf))
