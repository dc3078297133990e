"""From the portal to a youth office's host without a second password.

The ticket travels in the body of a POST, never in an address. The office's host takes it only from a page of the
portal (header Origin): nobody can put another person's browser into a session of her own choice (ADR 0015).
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from shared_apps.accounts.addresses import address, local_path, portal_address, tenant_host
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.guards import anyone, public, require
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.errors import Konflikt, Verweigert
from shared_apps.signin import services
from shared_apps.signin.second_step import CONSENT, SETUP, STEP, note_handover, open_before
from shared_apps.signin.sessions import end_session, own_row, start_session
from tenants.door.middleware import runs_without_fence
from tenants.models import Tenant, TenantZustand

#: The browser tells the office's host that the form was on the portal, and not on which page.
REFERRER = "strict-origin"
NOT_FROM_PORTAL = "Die Übergabe kam nicht vom Landesportal. Bitte öffnen Sie den Vorgang noch einmal aus dem Portal."
NOT_ADMITTED = "Für dieses Jugendamt haben Sie keinen Zugang."


@require(anyone)
@never_cache
@require_safe
def handover(request: HttpRequest, kuerzel: str) -> HttpResponse:
    """Issue a ticket for one office and send the person there (portal only)."""
    if request.tenant:
        raise Http404
    tenants = Tenant.objects.exclude(zustand=TenantZustand.STILLGELEGT)
    tenant = get_object_or_404(tenants, kuerzel=kuerzel.upper())
    host = tenant_host(tenant)
    if host is None or get_akteur(user=request.user, tenant=tenant) is None:
        if request.akteur.hat(Rolle.RUFBEREITSCHAFT):
            raise Http404  # an office that has not appointed her is none for the night (ADR 0091)
        raise Verweigert(NOT_ADMITTED)
    if tenant.zustand == TenantZustand.WARTUNG:
        raise Konflikt(f"{tenant.name} ist zurzeit in Wartung. Bitte versuchen Sie es später noch einmal.")
    target = address(request, host)
    context = {
        "ticket": services.issue_handover(
            user=request.user, tenant=tenant, ziel=request.GET.get("ziel", "/"), sitzung_id=own_row(request)
        ),
        "action": target.rstrip("/") + reverse("redeem"),
        "amt": tenant,
        "referrer_policy": REFERRER,
    }
    response = render(request, "signin/handover.html", context)
    response["Referrer-Policy"] = REFERRER
    response._csp_update = {"form-action": [target.rstrip("/")]}
    return response


@public("Ein Einmalschein des Portals ersetzt hier die Anmeldung.")
@csrf_exempt  # the form is on the portal, whose token means nothing here; Origin and ticket stand for it
@runs_without_fence
@never_cache
@open_before(STEP, CONSENT, SETUP)  # whose session was there before has no say in whose begins now
@require_POST
def redeem(request: HttpRequest) -> HttpResponse:
    """Use the ticket up and begin a session of this host."""
    try:
        if request.headers.get("Origin", "") != portal_address(request, ""):
            raise Verweigert(NOT_FROM_PORTAL)
        ticket = services.redeem_handover(ticket=request.POST.get("ticket", ""), tenant=request.tenant)
        if get_akteur(user=ticket.user, tenant=request.tenant) is None:
            raise Verweigert(NOT_ADMITTED)
    except Verweigert as error:
        response = render(request, "signin/handover_failed.html", {"grund": error.message}, status=403)
    else:
        if request.akteur is not None and request.akteur.user_id != ticket.user_id:
            end_session(request)
        start_session(request, ticket.user)
        note_handover(request, ticket.user)
        response = redirect(local_path(ticket.ziel))
    response["Referrer-Policy"] = "no-referrer"
    return response
