"""A forgotten password. Known or not, everybody gets the same answer."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import public, secret_address
from shared_apps.core.seite import posted, status_of
from shared_apps.signin import services
from shared_apps.signin.forms import ForgottenPasswordForm, NewPasswordForm
from shared_apps.signin.second_step import CONSENT, SETUP, STEP, open_before
from shared_apps.signin.selectors.start import find_by_uid
from shared_apps.signin.services import password_reset
from shared_apps.signin.services.throttle import SPAETER
from shared_apps.signin.sessions import remember_password_set
from shared_apps.signin.versuche import by_network
from tenants.door.middleware import counts_first, runs_without_fence

THROTTLED = f"Von hier wurde zu oft ein neues Passwort angefordert. {SPAETER}"


@public("Passwort vergessen: dieselbe Antwort für alle.")
@runs_without_fence
@counts_first(by_network("passwort vergessen", most=password_reset.NETZ_MAX))
@never_cache
@sensitive_post_parameters("kennung")
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for name or address, then say that a mail is on its way if there is anybody to write to."""
    form = ForgottenPasswordForm(posted(request))
    done = False
    if request.method == "POST" and request.counted.wartet:
        form.add_error(None, THROTTLED)
        return render(request, "signin/forgotten.html", {"form": form, "sends_mail": settings.SENDS_MAIL}, status=429)
    if request.method == "POST" and not form.is_valid():
        services.release_attempt(request.counted)
    elif request.method == "POST" and settings.SENDS_MAIL:
        password_reset.submit_password_reset(
            kennung=form.cleaned_data["kennung"],
            tenant=request.tenant,
        )
        done = True
    context = {"form": form, "done": done, "sends_mail": settings.SENDS_MAIL}
    return render(request, "signin/forgotten.html", context, status=status_of(form))


@secret_address
@open_before(STEP, CONSENT, SETUP)  # the link says for whom it is, whoever is signed in here
@public("Neues Passwort mit dem Link aus der E-Mail.")
@runs_without_fence
@never_cache
@sensitive_post_parameters()
@sensitive_variables("token", "form")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a password with the link of the mail, then sign in with it (and with the second factor)."""
    user, host = find_by_uid(uid), request.get_host()
    if user is None or not password_reset.is_reset_valid(user=user, token=token, host=host):
        response = render(request, "signin/forgotten_invalid.html", status=403)
    else:
        form = NewPasswordForm(posted(request), user=user)
        if request.method == "POST" and form.is_valid():
            password = form.cleaned_data["passwort_neu"]
            password_reset.update_password_by_reset(user=user, token=token, host=host, password=password)
            messages.success(request, "Das Passwort ist gesetzt. Melden Sie sich jetzt damit an.")
            remember_password_set(request, user)
            response = redirect("login")
        else:
            response = render(request, "signin/forgotten_new.html", {"form": form}, status=status_of(form))
    return response
