"""My account: roles, consents, keys, password. Read under the role of sign-in, as only that may."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.guards import anyone, require
from shared_apps.accounts.policies import (
    may_confirm_anmeldedienst,
    may_lower_anmelderegeln,
    may_set_anmeldedienst,
    may_set_anmelderegeln,
)
from shared_apps.accounts.selectors import list_consents, list_memberships
from shared_apps.core.clock import today
from shared_apps.core.errors import SojusError
from shared_apps.core.seite import crumbs, posted, show_error, status_of
from shared_apps.signin import services
from shared_apps.signin.forms import PasswordForm
from shared_apps.signin.selectors.own import list_api_tokens, list_sitzungen
from shared_apps.signin.services.password_reset import notify_fehlversuche
from shared_apps.signin.services.throttle import SPAETER, WARNUNG_AB
from shared_apps.signin.sessions import idle_minutes, own_row
from shared_apps.signin.versuche import by_person, clear_of_person
from tenants.door.middleware import counts_first, runs_without_fence

THROTTLED = f"Zu viele Fehlversuche. {SPAETER}"
_WAS = "passwort"


def _rules_page(request: HttpRequest) -> str:
    """URL name of the rules for signing in that this person keeps here, or nothing."""
    if request.tenant:
        return "signin_rules" if may_set_anmelderegeln(request.akteur) else ""
    return "signin_rules_everywhere" if may_lower_anmelderegeln(request.akteur) else ""


@runs_without_fence
@require(anyone)
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Name, roles with their periods, consents, keys."""
    context = {
        "mitgliedschaften": list_memberships(user_id=request.user.pk),
        "zustimmungen": list_consents(user_id=request.user.pk),
        "schluessel": list_api_tokens(user_id=request.user.pk).count(),
        "sitzungen": list_sitzungen(user_id=request.user.pk).count(),
        "anmelderegeln": _rules_page(request),
        "anmeldedienst": request.tenant is not None and may_set_anmeldedienst(request.akteur),
        "anmeldedienst_bestaetigen": request.tenant is not None and may_confirm_anmeldedienst(request.akteur),
        "heute": today(),
        "idle_minutes": idle_minutes(),
        "breadcrumb": crumbs("Konto"),
    }
    return render(request, "signin/account.html", context)


@runs_without_fence
@counts_first(by_person(_WAS))
@sensitive_post_parameters()
@require(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Old password once, new one twice."""
    has_keys = list_api_tokens(user_id=request.user.pk).exists()
    form = PasswordForm(posted(request), user=request.user, has_keys=has_keys)
    waits = request.method == "POST" and request.counted.wartet
    if waits:
        form.errors.clear()
        form.add_error(None, THROTTLED)
    elif request.method == "POST" and not form.is_valid():
        services.release_attempt(request.counted)  # the old password was not tried
    elif request.method == "POST":
        try:
            services.update_password(
                user=request.user,
                old=form.cleaned_data["passwort_alt"],
                new=form.cleaned_data["passwort_neu"],
                host=request.get_host(),
                sitzung_id=own_row(request),
                keeps_keys=form.cleaned_data.get("schluessel_behalten", False),
            )
        except SojusError as error:
            show_error(error, form)
            if form.has_error("passwort_alt") and request.counted.anzahl >= WARNUNG_AB:
                notify_fehlversuche(user=request.user, kind=MailArt.FEHLVERSUCHE, host=request.get_host())
        else:
            clear_of_person(_WAS, request, request.user)
            update_session_auth_hash(request, request.user)
            text = "Ihr Passwort ist geändert. Auf anderen Geräten sind Sie abgemeldet."
            if has_keys:
                kept = form.cleaned_data["schluessel_behalten"]
                text += f" Ihre API-Schlüssel gelten {'weiter' if kept else 'nicht mehr'}."
            messages.success(request, text)
            return redirect("account")
    breadcrumb = crumbs(("Konto", "/konto/"), "Passwort ändern")
    status = 429 if waits else status_of(form)
    return render(request, "signin/password.html", {"form": form, "breadcrumb": breadcrumb}, status=status)
