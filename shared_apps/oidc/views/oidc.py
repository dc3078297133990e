"""Sign-in with the account of the district, at that district's host only."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shared_apps.accounts.addresses import local_path
from shared_apps.accounts.guards import public, secret_address
from shared_apps.accounts.models import Anmeldedienst, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.oidc import services as oidc
from shared_apps.oidc.server import OidcRefused
from shared_apps.signin.door import (
    CONSENT,
    SETUP,
    SPAETER,
    STEP,
    get_anmeldedienst,
    has_second_factor,
    open_before,
    release_of_network,
    second_step,
    take_of_network,
)
from tenants.door.middleware import at_sign_in_of, runs_without_transaction

logger = logging.getLogger(__name__)
_WAS = "anmeldedienst"
#: Sign-ins with the server that one network may have begun and not finished, at one host. A whole office shares one.
BEGUN_MAX = 300
TOO_OFTEN = f"Von hier wurde zu oft eine Anmeldung begonnen und nicht beendet. {SPAETER}"


def _dienst(request: HttpRequest) -> Anmeldedienst:
    dienst = get_anmeldedienst(request.tenant)
    if dienst is None:
        raise Http404
    return dienst


def _callback(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("oidc_callback"))


def _refuse(request: HttpRequest, error: OidcRefused) -> HttpResponse:
    logger.warning("sign-in with a district's account refused at %s: %s", second_step.here(request), error.grund)
    messages.error(request, error.message)
    return redirect("login")


@public("Beginn der Anmeldung mit dem Konto des Landkreises.")
@runs_without_transaction
@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """To the district's server."""
    with at_sign_in_of(request):
        dienst = _dienst(request)
    if take_of_network(_WAS, request, most=BEGUN_MAX).wartet:
        messages.error(request, TOO_OFTEN)
        return redirect("login")
    ziel = local_path(request.GET.get("next", "/"))
    try:
        return redirect(oidc.issue_redirect(request=request, dienst=dienst, callback=_callback(request), ziel=ziel))
    except OidcRefused as error:
        return _refuse(request, error)


@secret_address
@open_before(STEP, CONSENT, SETUP)  # whose session was there before has no say in whose begins now
@public("Rückweg der Anmeldung mit dem Konto des Landkreises.")
@runs_without_transaction
@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Back from it: check the answer, find the person, go on as after a right password."""
    with at_sign_in_of(request):
        dienst = _dienst(request)
    try:
        anmeldung = oidc.redeem_answer(request=request, dienst=dienst, callback=_callback(request))
        with at_sign_in_of(request):
            user = oidc.find_person(dienst=dienst, anmeldung=anmeldung)
            if get_akteur(user=user, tenant=request.tenant) is None:
                raise OidcRefused("no role at this office")
            answer = _go_on(request, dienst, user, ziel=local_path(anmeldung.ziel), shown=anmeldung.shows_factor)
    except OidcRefused as error:
        return _refuse(request, error)
    release_of_network(_WAS, request)
    return answer


def _go_on(request: HttpRequest, dienst: Anmeldedienst, user: User, *, ziel: str, shown: bool) -> HttpResponse:
    if has_second_factor(user_id=user.pk) and not shown:
        return second_step.begin(request, user, ziel=ziel, username=user.username)
    second_step.admit(request, user, factor="idp" if shown else "", confirms=oidc.is_kept_by(dienst, user))
    second_step.warn_of_deadline(request, user)
    return redirect(ziel)
