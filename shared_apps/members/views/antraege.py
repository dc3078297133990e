"""Requests for leading roles: what waits, and the decision by a second person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.members import policies, selectors
from shared_apps.members.forms import GrundForm
from shared_apps.members.models import Mitgliedschaftsantrag
from shared_apps.members.services import approve_mitgliedschaftsantrag, reject_mitgliedschaftsantrag
from shared_apps.members.views.common import add_error, breadcrumb, tabs
from tenants.middleware import runs_on_shared_tables


def describe_antrag(antrag: Mitgliedschaftsantrag) -> list[dict[str, object]]:
    """What the deciding person needs to know."""
    ende = selectors.last_day(antrag)
    return [
        {"label": "Person", "wert": f"{antrag.user.name} ({antrag.user.username})"},
        {"label": "Rolle", "wert": antrag.get_rolle_display()},
        {"label": "Stelle", "wert": antrag.tenant.name if antrag.tenant else antrag.get_koerperschaft_display()},
        *([{"label": "Team", "wert": antrag.team}] if antrag.team else []),
        *([{"label": "in Vertretung für", "wert": antrag.deputy_of.name}] if antrag.deputy_of else []),
        {"label": "Gültig ab", "wert": antrag.gueltig_ab.strftime("%d.%m.%Y")},
        {"label": "Letzter Tag", "wert": ende.strftime("%d.%m.%Y") if ende else "bis auf Weiteres"},
        {"label": "Begründung", "wert": antrag.begruendung},
        {"label": "Beantragt von", "wert": antrag.beantragt_von.name},
        {"label": "Stand", "wert": antrag.get_zustand_display()},
        *([{"label": "Entschieden von", "wert": antrag.entschieden_von.name}] if antrag.entschieden_von else []),
        *([{"label": "Grund der Ablehnung", "wert": antrag.ablehnungsgrund}] if antrag.ablehnungsgrund else []),
    ]


@runs_on_shared_tables
@require(policies.may_view_antraege)
@require_safe
def antraege(request: HttpRequest) -> HttpResponse:
    """Waiting ones first, then the decided."""
    rows = policies.visible_antraege(request.akteur).order_by("-zustand", "-created_at")
    offen = rows.filter(zustand="BEANTRAGT")
    page = Paginator(rows.exclude(zustand="BEANTRAGT"), 50).get_page(request.GET.get("seite"))
    context = {
        "offen": offen,
        "page": page,
        "tabs": tabs(request, "antraege"),
        "breadcrumb": breadcrumb(("Rollenanträge", None)),
    }
    return render(request, "members/antraege.html", context)


@runs_on_shared_tables
@require(policies.may_view_antraege)
@require_http_methods(["GET", "HEAD", "POST"])
def antrag(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request; approve or decline it when the person may."""
    return decide(request, pk, template="members/antrag.html", zurueck=reverse("members:antraege"))


def decide(request: HttpRequest, pk: UUID, *, template: str, zurueck: str) -> HttpResponse:
    """The same page for the office's head and for the second operator."""
    row = get_object_or_404(policies.visible_antraege(request.akteur), pk=pk)
    form = GrundForm(request.POST if request.POST.get("entscheidung") == "ablehnen" else None)
    if request.method == "POST":
        try:
            if request.POST.get("entscheidung") == "bewilligen":
                approve_mitgliedschaftsantrag(akteur=request.akteur, antrag=row)
                messages.success(request, f"Bewilligt: {row.user.name}, {row.get_rolle_display()}.")
                return redirect(zurueck)
            if form.is_valid():
                reject_mitgliedschaftsantrag(akteur=request.akteur, antrag=row, grund=form.cleaned_data["grund"])
                messages.success(request, "Der Antrag ist abgelehnt.")
                return redirect(zurueck)
        except Konflikt as error:
            messages.warning(request, error.message)
            return redirect(zurueck)
        except RegelVerletzt as error:
            add_error(form, error) if form.is_bound else messages.error(request, error.message)
    context = {
        "antrag": row,
        "angaben": describe_antrag(row),
        "may_decide": policies.may_decide_antrag(request.akteur, row),
        "form": form,
        "zurueck": zurueck,
        "breadcrumb": breadcrumb(("Rollenanträge", zurueck), (row.user.name, None))
        if request.tenant
        else [{"label": "Start", "url": "/"}, {"label": "Zugänge", "url": zurueck}, {"label": row.user.name}],
    }
    return render(request, template, context, status=422 if form.errors else 200)
