"""The operator's access: told to the office, approved, taken back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.seite import crumbs, posted, status_of
from shared_apps.journal.selectors import SUPPORT, list_supportzugriffe
from tenant_apps.audit import policies
from tenant_apps.audit.forms import EntscheidungForm
from tenant_apps.audit.services import decline_support, grant_support, revoke_support
from tenant_apps.audit.views.common import decide_by_button, with_names

_SUPPORT = ("Supportzugriffe", "/supportzugriffe/")


@require(policies.may_view_support)
@require_safe
def support_list(request: HttpRequest) -> HttpResponse:
    """All of them, for ever."""
    page = SUPPORT.page(request, list_supportzugriffe())
    context = {
        "page": page,
        "zeilen": with_names(list(page.object_list), "zugriff"),
        "darf_entscheiden": policies.may_decide_support(request.akteur),
        "breadcrumb": crumbs(_SUPPORT),
    }
    return render(request, "audit/support.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(policies.may_decide_support)
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve, decline, take back."""
    zugriff = get_object_or_404(list_supportzugriffe(), pk=pk)
    form = EntscheidungForm(posted(request))
    akteur = request.akteur
    schritte = {
        "bewilligen": (
            lambda bemerkung: grant_support(akteur=akteur, pk=pk, bemerkung=bemerkung),
            "Der Zugriff ist bewilligt und endet von selbst.",
        ),
        "ablehnen": (
            lambda bemerkung: decline_support(akteur=akteur, pk=pk, bemerkung=bemerkung),
            "Der Zugriff ist abgelehnt.",
        ),
        "widerrufen": (lambda _: revoke_support(akteur=akteur, pk=pk), "Der Zugriff ist sofort beendet."),
    }
    if (answer := decide_by_button(request, form, schritte, back="audit:support")) is not None:
        return answer
    context = with_names([zugriff], "zugriff")[0] | {
        "form": form,
        "breadcrumb": crumbs(_SUPPORT, zugriff.ticket),
    }
    return render(request, "audit/support_decide.html", context, status=status_of(form))
