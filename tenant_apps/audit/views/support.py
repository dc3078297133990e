"""Looks of the operator: told to the office, approved, taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.accounts.models import Fachkraft
from shared_apps.core.errors import SojusError
from shared_apps.journal.models import Supportzugriff
from shared_apps.journal.selectors import list_supportzugriffe
from tenant_apps.audit import policies
from tenant_apps.audit.forms import EntscheidungForm
from tenant_apps.audit.services import decline_support, grant_support, revoke_support

_START = {"label": "Start", "url": "/"}


def _named(rows: list[Supportzugriff]) -> list[dict[str, Any]]:
    ids = {r.beantragt_von for r in rows} | {r.entschieden_von for r in rows if r.entschieden_von}
    names = {f.pk: str(f) for f in Fachkraft.objects.filter(pk__in=ids)}
    return [
        {"zugriff": r, "von": names.get(r.beantragt_von, ""), "durch": names.get(r.entschieden_von, "")} for r in rows
    ]


@require(policies.may_view_support)
@require_safe
def support_list(request: HttpRequest) -> HttpResponse:
    """All of them, for ever."""
    page = Paginator(list_supportzugriffe(), 20).get_page(request.GET.get("seite"))
    context = {
        "page": page,
        "zeilen": _named(list(page.object_list)),
        "darf_entscheiden": policies.may_decide_support(request.akteur),
        "breadcrumb": [_START, {"label": "Supportzugriffe"}],
    }
    return render(request, "audit/support.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(policies.may_decide_support)
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve, decline, take back."""
    zugriff = get_object_or_404(list_supportzugriffe(), pk=pk)
    form = EntscheidungForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        bemerkung = form.cleaned_data["bemerkung"]
        try:
            match request.POST.get("entscheidung"):
                case "bewilligen":
                    grant_support(akteur=request.akteur, pk=pk, bemerkung=bemerkung)
                    messages.success(request, "Der Zugriff ist bewilligt und endet von selbst.")
                case "ablehnen":
                    decline_support(akteur=request.akteur, pk=pk, bemerkung=bemerkung)
                    messages.success(request, "Der Zugriff ist abgelehnt.")
                case "widerrufen":
                    revoke_support(akteur=request.akteur, pk=pk)
                    messages.success(request, "Der Zugriff ist sofort beendet.")
                case _:
                    messages.error(request, "Bitte wählen Sie, wie Sie entscheiden.")
        except SojusError as error:
            messages.error(request, error.message)
        return redirect("audit:support")
    context = _named([zugriff])[0] | {
        "form": form,
        "breadcrumb": [_START, {"label": "Supportzugriffe", "url": "/supportzugriffe/"}, {"label": zugriff.ticket}],
    }
    return render(request, "audit/support_decide.html", context)
