"""API keys: mine, and those that work at an office."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.guards import anyone, require
from shared_apps.accounts.hooks import list_umfaenge
from shared_apps.accounts.policies import may_manage_keys
from shared_apps.core.clock import real_now
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.seite import crumbs, posted, status_of
from shared_apps.signin import services
from shared_apps.signin.forms.keys import KeyForm
from shared_apps.signin.second_step import needs_confirmation
from shared_apps.signin.selectors.own import (
    SCHLUESSEL,
    SCHLUESSEL_DES_AMTS,
    list_api_tokens,
    list_api_tokens_of_tenant,
)
from shared_apps.signin.services.password_reset import notify_account_change
from tenants.door.middleware import runs_without_fence

_KONTO = ("Konto", "/konto/")
REVOKED = "Der API-Schlüssel ist widerrufen und gilt nicht mehr."


@runs_without_fence
@require(anyone)
@require_safe
def list_keys(request: HttpRequest) -> HttpResponse:
    """My keys at all hosts, without their secrets."""
    warn_ignored(request, sortierungen=SCHLUESSEL.sortierungen)
    context = {
        "page": SCHLUESSEL.page(request, list_api_tokens(user_id=request.user.pk)),
        "jetzt": real_now(),
        "verwaltet": may_manage_keys(request.akteur),
        "breadcrumb": crumbs(_KONTO, "API-Schlüssel"),
    }
    return render(request, "signin/keys.html", context)


@runs_without_fence
@sensitive_variables("key")
@require(anyone)
@needs_confirmation
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create_key(request: HttpRequest) -> HttpResponse:
    """A new key for this host. Its secret is in the answer to this POST and nowhere else, ever.

    An unattended screen makes none: a key outlives the session, so it is confirmed like a second factor.
    """
    umfaenge = list_umfaenge(request.akteur)
    form = KeyForm(posted(request), umfaenge=umfaenge)
    breadcrumb = crumbs(_KONTO, ("API-Schlüssel", "/konto/schluessel/"), "Neu")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        key = services.create_api_token(
            user=request.user,
            tenant=request.tenant,
            bezeichnung=data["bezeichnung"],
            tage=data["tage"],
            umfang=data["umfang"],
        )
        notify_account_change(user=request.user, kind=MailArt.SCHLUESSEL_NEU, host=request.get_host())
        context = {"key": key, "bezeichnung": data["bezeichnung"], "breadcrumb": breadcrumb}
        return render(request, "signin/key_made.html", context)
    context = {"form": form, "umfaenge": umfaenge, "breadcrumb": breadcrumb}
    return render(request, "signin/key_new.html", context, status=status_of(form))


@runs_without_fence
@require(anyone)
@require_POST
def revoke_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of my keys."""
    if not services.revoke_api_token(user=request.user, token_id=pk):
        raise Http404
    messages.success(request, REVOKED)
    return redirect("keys")


@runs_without_fence
@require(may_manage_keys)
@require_safe
def list_office_keys(request: HttpRequest) -> HttpResponse:
    """Every key that works at this office's host, without its secret."""
    warn_ignored(request, sortierungen=SCHLUESSEL_DES_AMTS.sortierungen)
    context = {
        "page": SCHLUESSEL_DES_AMTS.page(request, list_api_tokens_of_tenant(tenant_id=request.akteur.tenant_id)),
        "jetzt": real_now(),
        "breadcrumb": crumbs("API-Schlüssel des Jugendamtes"),
    }
    return render(request, "signin/keys_office.html", context)


@runs_without_fence
@require(may_manage_keys)
@require_POST
def revoke_office_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a key that works at this office's host."""
    if not services.revoke_api_token_of_tenant(tenant=request.tenant, token_id=pk):
        raise Http404
    messages.success(request, REVOKED)
    return redirect("office_keys")
