"""The second step of a sign-in, and the sign-in with a passkey alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.addresses import local_path
from shared_apps.accounts.enums import FaktorArt, MailArt
from shared_apps.accounts.guards import public
from shared_apps.accounts.models import Faktor, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.seite import posted, status_of
from shared_apps.factors.forms import SecondFactorForm
from shared_apps.factors.selectors import get_faktoren
from shared_apps.factors.services import mfa, passkeys
from shared_apps.signin.door import (
    CONSENT,
    KEINER,
    SPAETER,
    STEP,
    WARNUNG_AB,
    PasskeyForm,
    Versuch,
    by_network,
    clear_attempts,
    clear_of_person,
    end_session,
    find_herkunft,
    has_second_factor,
    notify_fehlversuche,
    open_before,
    release_attempt,
    release_of_network,
    second_step,
    take_of_person,
)
from tenants.door.middleware import counts_first, runs_without_fence

EXPIRED = "Die Anmeldung hat zu lange gedauert. Bitte beginnen Sie noch einmal."
THROTTLED = f"Zu viele falsche Codes. {SPAETER}"
UNTIL_TOMORROW = (
    "Zu viele falsche Codes an einem Tag. Von einem Gerät, das wir nicht kennen, geht es erst morgen wieder; wo Sie"
    " sich schon einmal angemeldet haben, geht es jetzt. Sind die falschen Codes nicht von Ihnen? Dann ändern Sie dort"
    " bitte sofort Ihr Passwort; danach geht es auch hier."
)
UNTIL_TOMORROW_HERE = (
    "Zu viele falsche Codes an einem Tag. In diesem Browser geht es erst morgen wieder. Sind die falschen Codes nicht"
    " von Ihnen? Dann kennt jemand Ihr Passwort: Legen Sie bitte sofort ein neues fest („Passwort vergessen?“ auf der"
    " Anmeldeseite) oder rufen Sie die Benutzerverwaltung an; danach geht es auch hier."
)
PASSKEY_REFUSED = (
    "Mit diesem Passkey ist hier keine Anmeldung möglich. Bitte melden Sie sich mit Benutzername und Passwort an."
)

#: Passkeys of one network that were refused, at one host. A whole office shares one.
PASSKEYS_MAX = 100
PASSKEYS_THROTTLED = f"Von hier wurden zu viele Passkeys abgelehnt. {SPAETER}"

_WAS, _PASSKEY = "zweiter faktor", "passkey"


def _who(request: HttpRequest) -> tuple[User, dict] | None:
    """Who owes a second step: after the password, or in a session from before she had a second factor."""
    if request.akteur is not None:
        return request.user, {"ziel": local_path(request.POST.get("next") or request.GET.get("next", "/"))}
    return second_step.pending(request)


def _count(request: HttpRequest, **kwargs: Any) -> Versuch:
    found = _who(request) if request.method == "POST" else None
    return take_of_person(_WAS, request, found[0], am_tag=mfa.CODES_AM_TAG) if found else KEINER


@public("Zweiter Schritt der Anmeldung, nach dem Passwort.")
@runs_without_fence
@counts_first(_count)
@never_cache
@sensitive_post_parameters("code", "credential")
@sensitive_variables("form")
@open_before(STEP)
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code or a passkey; only then does the session begin."""
    found = _who(request)
    if found is None:
        messages.info(request, EXPIRED)
        return redirect("login")
    user, state = found
    if request.akteur is not None and (second_step.has_shown_factor(request) or not has_second_factor(user_id=user.pk)):
        return redirect(state["ziel"])
    form = SecondFactorForm(posted(request), initial={"next": state["ziel"]})
    if request.method == "POST":
        if request.counted.wartet:
            form.errors.clear()
            form.add_error(None, _why_later(request.counted))
        elif (factor := _redeem(request, user, form)) is not None:
            return _finish(request, user, state, factor.art)
    faktoren = get_faktoren(user_id=user.pk)
    context = {
        "form": form,
        "passkey_form": PasskeyForm(initial={"next": state["ziel"]}, auto_id="passkey_%s")
        if faktoren.passkeys
        else None,
        "options": passkeys.issue_passkey_challenge(request=request, user=user) if faktoren.passkeys else None,
        "faktoren": faktoren,
        "demo_hint": settings.IS_DEMO and faktoren.app and user.username,
    }
    status = 429 if request.method == "POST" and request.counted.wartet else status_of(form)
    return render(request, "factors/second_factor.html", context, status=status)


def _why_later(versuch: Versuch) -> str:
    if not versuch.bis_morgen:
        return THROTTLED
    return UNTIL_TOMORROW_HERE if versuch.geraet else UNTIL_TOMORROW


def _redeem(request: HttpRequest, user: User, form: SecondFactorForm) -> Faktor | None:
    """The factor she has shown; None: the form says why not. Every wrong one is an attempt, and so a reason to warn
    her; a form without any is none."""
    factor, credential = None, "credential" in request.POST
    sent = PasskeyForm(posted(request)) if credential else form
    is_attempt = sent.is_valid()
    if not is_attempt:
        release_attempt(request.counted)
    elif credential:
        factor = mfa.redeem_passkey(request=request, user=user, credential=sent.cleaned_data["credential"])
    else:
        factor = mfa.redeem_code(user=user, code=sent.cleaned_data["code"], host=request.get_host())
    if factor is not None:
        return factor
    if credential:
        form.errors.clear()  # of the code beside the passkey, which she has left empty
        form.add_error(None, passkeys.WRONG_PASSKEY)
    elif is_attempt:
        form.add_error("code", mfa.WRONG_CODE)
    if is_attempt and request.counted.anzahl >= WARNUNG_AB:
        notify_fehlversuche(user=user, kind=MailArt.CODES_FALSCH, host=request.get_host())
    return None


def _finish(request: HttpRequest, user: User, state: dict, factor: str) -> HttpResponse:
    clear_of_person(_WAS, request, user)
    if request.akteur is not None:
        second_step.note_factor(request, factor)
        second_step.confirm(request)
    else:
        if get_akteur(user=user, tenant=request.tenant) is None:
            return redirect("login")
        name = state["username"]
        clear_attempts(username=name, host=request.get_host(), herkunft=find_herkunft(request, name))
        second_step.admit(request, user, factor=factor)
    if factor == FaktorArt.CODES:
        messages.warning(
            request,
            "Sie haben einen Wiederherstellungscode benutzt. Er gilt nicht mehr. Unter Konto, Sicherheit können Sie "
            "neue Codes anlegen.",
        )
    return redirect(local_path(state["ziel"]))


@public("Anmeldung mit einem Passkey.")
@runs_without_fence
@counts_first(by_network(_PASSKEY, most=PASSKEYS_MAX))
@never_cache
@sensitive_post_parameters("credential")
@sensitive_variables("form")
@open_before(STEP, CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """GET: a challenge for whoever sits there, as JSON. POST: sign in with the passkey that signed it."""
    if request.method != "POST":
        return passkeys.issue_open_challenge(request=request)
    answer = _sign_in_with_passkey(request)
    answer.delete_cookie(settings.PASSKEY_COOKIE_NAME, samesite="Lax")
    return answer


def _sign_in_with_passkey(request: HttpRequest) -> HttpResponse:
    if request.counted.wartet:
        messages.error(request, PASSKEYS_THROTTLED)
        return redirect("login")
    form, factor = PasskeyForm(posted(request)), None
    if form.is_valid():
        factor = mfa.redeem_passkey(request=request, user=None, credential=form.cleaned_data["credential"])
    else:
        release_attempt(request.counted)
    user = factor.user if factor else None
    if user is None or not user.is_active or get_akteur(user=user, tenant=request.tenant) is None:
        messages.error(request, PASSKEY_REFUSED)
        return redirect("login")
    if request.akteur is not None and request.akteur.user_id != user.pk:
        end_session(request)
    second_step.admit(request, user, factor="webauthn")
    release_of_network(_PASSKEY, request)
    return redirect(local_path(form.cleaned_data["next"] or "/"))
