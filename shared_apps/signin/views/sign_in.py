"""Signing in and out. These views run as `sojus_anmeldung`: no tenant role reads sessions or passwords."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from shared_apps.accounts.addresses import local_path
from shared_apps.accounts.guards import public
from shared_apps.accounts.models import User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.seite import posted, status_of
from shared_apps.signin import second_step, services
from shared_apps.signin.forms import PasskeyForm, SignInForm
from shared_apps.signin.herkunft import find_herkunft
from shared_apps.signin.second_step import CONSENT, SETUP, STEP, open_before
from shared_apps.signin.selectors.obligation import has_second_factor
from shared_apps.signin.selectors.start import get_anmeldedienst
from shared_apps.signin.services.throttle import SPAETER
from shared_apps.signin.sessions import end_session, get_name_to_fill_in
from shared_apps.signin.versuche import by_name
from tenants.door.middleware import counts_first, runs_without_fence

WRONG = "Benutzername oder Passwort stimmt nicht, oder Sie haben hier keinen Zugang."
THROTTLED = f"Zu viele fehlgeschlagene Anmeldungen. {SPAETER}"


def _page(request: HttpRequest, form: SignInForm, *, status: int = 0, **extra: Any) -> HttpResponse:
    context = {
        "form": form,
        "passkey_form": PasskeyForm(initial={"next": form["next"].value()}, auto_id="passkey_%s"),
        "dienst": get_anmeldedienst(request.tenant),
        **extra,
    }
    return render(request, "signin/login.html", context, status=status or status_of(form))


@public("Hier meldet man sich an.")
@runs_without_fence
@counts_first(by_name)
@never_cache
@sensitive_post_parameters("password")
@open_before(STEP, CONSENT, SETUP)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; admit only whom this host admits."""
    if request.method != "POST":
        ziel = local_path(request.GET.get("next", "/"))
        if request.akteur is not None:
            return redirect(ziel)
        return _page(request, SignInForm(initial={"next": ziel, "username": get_name_to_fill_in(request)}))
    form = SignInForm(posted(request))
    if not form.is_valid():
        services.release_attempt(request.counted)
        return _page(request, form)
    if request.counted.wartet:
        form.add_error(None, THROTTLED)
        return _page(request, form, status=429)
    user = authenticate(request, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
    if user is None or get_akteur(user=user, tenant=request.tenant) is None:
        # A member of another office hears what a stranger hears: whether an account exists is not told here.
        form.add_error(None, WRONG)
        return _page(request, form)
    return _admit(request, form, user)


def _admit(request: HttpRequest, form: SignInForm, user: User) -> HttpResponse:
    ziel, username = local_path(form.cleaned_data["next"] or "/"), form.cleaned_data["username"]
    if has_second_factor(user_id=user.pk):
        return second_step.begin(request, user, ziel=ziel, username=username)
    herkunft = find_herkunft(request, username)
    services.clear_attempts(username=username, host=request.get_host(), herkunft=herkunft)
    second_step.admit(request, user)
    second_step.warn_of_deadline(request, user)
    return redirect(ziel)


@public("Abmelden gelingt immer, auch wenn die Sitzung schon vorbei ist.")
@runs_without_fence
@open_before(STEP, CONSENT, SETUP)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session of this host."""
    end_session(request)
    messages.success(request, "Sie sind abgemeldet.")
    response = redirect("login")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
