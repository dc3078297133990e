"""Who needs a second factor: one line for each role, of this office or (portal) for everywhere."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.enums import AMT, ANBIETERSEITE, Rolle, Verfahren
from shared_apps.accounts.guards import require
from shared_apps.accounts.policies import may_lower_anmelderegeln, may_set_anmelderegeln
from shared_apps.core.errors import SojusError
from shared_apps.core.seite import crumbs, posted, show_error, status_of
from shared_apps.factors.forms import AnmelderegelForm
from shared_apps.factors.selectors import list_anmelderegeln
from shared_apps.factors.services.anmelderegeln import update_anmelderegel
from shared_apps.signin.door import is_vorgabe_pflicht
from tenants.door.middleware import runs_without_fence
from tenants.models import Tenant


@runs_without_fence
@require(may_set_anmelderegeln)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """At an office: for its people and for providers at its host."""
    if request.tenant is None:
        raise Http404
    return _rules(request, request.tenant)


@runs_without_fence
@require(may_lower_anmelderegeln)
@require_http_methods(["GET", "HEAD", "POST"])
def rules_everywhere(request: HttpRequest) -> HttpResponse:
    """At the portal: for everybody of whom no office says otherwise."""
    if request.tenant is not None:
        raise Http404
    return _rules(request, None)


def _rules(request: HttpRequest, tenant: Tenant | None) -> HttpResponse:
    """One form for all roles."""
    existing, everywhere = list_anmelderegeln(tenant=tenant), list_anmelderegeln(tenant=None)
    forms = [
        AnmelderegelForm(
            posted(request),
            rolle=rolle,
            regel=existing.get(rolle.value),
            may_lower=may_lower_anmelderegeln(request.akteur),
        )
        for rolle in Rolle
        if tenant is None or rolle in AMT | ANBIETERSEITE
    ]
    is_right = request.method == "POST" and all([form.is_valid() for form in forms])  # noqa: C419 (each shows its errors)
    if is_right and _save(request, tenant, forms):
        messages.success(request, "Die Anmelderegeln sind gespeichert und gelten ab dem nächsten Klick.")
        return redirect("signin_rules" if tenant else "signin_rules_everywhere")
    rows = [(form, _given(form.rolle, everywhere if tenant else {})) for form in forms]
    breadcrumb = crumbs(("Konto", "/konto/"), "Anmelderegeln")
    context = {"rows": rows, "forms": forms, "breadcrumb": breadcrumb}
    return render(request, "factors/rules.html", context, status=status_of(*forms))


def _save(request: HttpRequest, tenant: Tenant | None, forms: list[AnmelderegelForm]) -> bool:
    """All rules or none: each form that is refused shows why."""
    refused = False
    with transaction.atomic():
        for form in forms:
            if not form.has_changed():
                continue
            try:
                update_anmelderegel(
                    akteur=request.akteur,
                    tenant=tenant,
                    rolle=form.rolle,
                    verfahren=Verfahren(form.cleaned_data["verfahren"]),
                    frist_tage=form.cleaned_data["frist_tage"] or 0,
                    gelesen=form.marken,
                )
            except SojusError as error:
                show_error(error, form)
                refused = True
        if refused:
            transaction.set_rollback(True)
    return not refused


def _given(rolle: Rolle, everywhere: dict) -> str:
    """What holds when nothing is said here."""
    regel = everywhere.get(rolle.value)
    if regel is not None and regel.verfahren != Verfahren.VORGABE:
        return "Pflicht" if regel.verfahren == Verfahren.PFLICHT else "freiwillig"
    return "Pflicht" if is_vorgabe_pflicht(rolle) else "freiwillig"
