"""My account: roles, consents, keys, password. Read as the bare login role, which alone may."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.accounts import services
from shared_apps.accounts.forms import PasswordForm
from shared_apps.accounts.guards import anyone, require
from shared_apps.accounts.selectors import list_api_tokens, list_consents, list_memberships
from shared_apps.accounts.sessions import idle_minutes
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from tenants.middleware import runs_without_fence


@runs_without_fence
@require(anyone)
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Name, roles with their periods, consents, keys."""
    context = {
        "mitgliedschaften": list_memberships(user_id=request.user.pk),
        "zustimmungen": list_consents(user_id=request.user.pk),
        "schluessel": list_api_tokens(user_id=request.user.pk),
        "heute": today(),
        "idle_minutes": idle_minutes(),
        "breadcrumb": [{"label": "Start", "url": "/"}, {"label": "Konto"}],
    }
    return render(request, "accounts/account.html", context)


@runs_without_fence
@sensitive_post_parameters()
@require(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Old password once, new one twice."""
    form = PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_password(
                user=request.user, old=form.cleaned_data["passwort_alt"], new=form.cleaned_data["passwort_neu"]
            )
        except RegelVerletzt as error:
            form.add_error(error.feld, error.message)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, "Ihr Passwort ist geändert. Auf anderen Geräten sind Sie abgemeldet.")
            return redirect("account")
    breadcrumb = [{"label": "Start", "url": "/"}, {"label": "Konto", "url": "/konto/"}, {"label": "Passwort ändern"}]
    return render(request, "accounts/password.html", {"form": form, "breadcrumb": breadcrumb})


@runs_without_fence
@require(anyone)
@require_POST
def revoke_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of my keys."""
    if not services.revoke_api_token(user=request.user, token_id=pk):
        raise Http404
    messages.success(request, "Der API-Schlüssel ist widerrufen und gilt nicht mehr.")
    return redirect("account")
