"""The operator's access: told to the office, approved, taken back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.frage import Frage
from shared_apps.core.seite import crumbs
from shared_apps.journal.selectors import SUPPORT, list_supportzugriffe
from shared_apps.journal.states import SUPPORTZUGRIFF, SupportAktion, SupportZustand
from tenant_apps.audit import policies
from tenant_apps.audit.services import decline_support, grant_support, revoke_support
from tenant_apps.audit.views.common import Antwort, decide_approval, with_names

_SUPPORT = ("Supportzugriffe", "/supportzugriffe/")


@require(policies.may_view_support)
@require_safe
def support_list(request: HttpRequest) -> HttpResponse:
    """All of them, for ever."""
    page = SUPPORT.page(request, list_supportzugriffe())
    zeilen = with_names(list(page.object_list), "zugriff")
    for zeile in zeilen:
        zeile["wartet"] = SupportAktion.BEWILLIGEN in SUPPORTZUGRIFF.erlaubt(SupportZustand(zeile["zugriff"].zustand))
    context = {
        "page": page,
        "zeilen": zeilen,
        "darf_entscheiden": policies.may_decide_support(request.akteur),
        "breadcrumb": crumbs(_SUPPORT),
    }
    return render(request, "audit/support.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(policies.may_decide_support)
def decide_support(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve, decline, take back."""
    zugriff = get_object_or_404(list_supportzugriffe(), pk=pk)
    akteur = request.akteur
    erlaubt = SUPPORTZUGRIFF.erlaubt(SupportZustand(zugriff.zustand))
    frage = Frage(
        title=f"Supportzugriff {zugriff.ticket}",
        back=reverse("audit:support"),
        breadcrumb=crumbs(_SUPPORT, zugriff.ticket),
        template="audit/support_decide.html",
        kontext=with_names([zugriff], "zugriff")[0],
    )
    return decide_approval(
        request,
        frage,
        bewilligen=Antwort(
            "Bewilligen",
            lambda text: grant_support(akteur=akteur, pk=pk, bemerkung=text),
            "Der Zugriff ist bewilligt und endet von selbst.",
            SupportAktion.BEWILLIGEN in erlaubt,
        ),
        ablehnen=Antwort(
            "Ablehnen",
            lambda text: decline_support(akteur=akteur, pk=pk, bemerkung=text),
            "Der Zugriff ist abgelehnt.",
            SupportAktion.ABLEHNEN in erlaubt,
        ),
        widerrufen=Antwort(
            "Sofort beenden",
            lambda _: revoke_support(akteur=akteur, pk=pk),
            "Der Zugriff ist sofort beendet.",
            zugriff.ist_offen and SupportAktion.WIDERRUFEN in erlaubt,
        ),
    )
