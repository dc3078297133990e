"""Betrieb: the operator's page on the portal. State and work orders; no content of any office."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_safe

from tenants import selectors, services
from tenants.door.address import is_wrong
from tenants.enums import AUFFAELLIG, Jobstand
from tenants.forms import OnboardingForm
from tenants.models import OnboardingLauf, Tenant, TenantZustand
from tenants.onboarding.registry import OnboardingFehler
from tenants.onboarding.services import submit_onboarding
from tenants.policies import operators_only

_START = {"label": "Start", "url": "/"}
_BETRIEB = {"label": "Betrieb", "url": "/betrieb/"}


@operators_only
@require_safe
def operations_list(request: HttpRequest) -> HttpResponse:
    """All youth offices with their technical state, and the last onboardings."""
    zeilen = selectors.list_betriebszeilen()
    context = {
        "zeilen": zeilen,
        "gesund": sum(z.ist_gesund and z.tenant.zustand != TenantZustand.WARTUNG for z in zeilen),
        "in_wartung": sum(z.tenant.zustand == TenantZustand.WARTUNG for z in zeilen),
        "laeufe": Paginator(selectors.list_laeufe(), 10).get_page(request.GET.get("seite")),
        "stau": ", ".join(selectors.list_stau()),
        "auffaellig": sum(selectors.count_jobs()[s] for s in AUFFAELLIG),
        "gescheitert": selectors.count_broken_laeufe(),
        "breadcrumb": [_START, {"label": "Betrieb"}],
    }
    return render(request, "operations/list.html", context)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def onboarding_create(request: HttpRequest) -> HttpResponse:
    """Order the onboarding of a municipality; the operator's worker does it."""
    form = OnboardingForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            lauf = submit_onboarding(angaben=form.as_angaben(), user_id=request.akteur.user_id)
        except OnboardingFehler as error:
            form.refuse(error)
        else:
            return redirect("operations:onboarding", pk=lauf.pk)
    context = {"form": form, "breadcrumb": [_START, _BETRIEB, {"label": "Jugendamt anlegen"}]}
    return render(request, "operations/onboarding_form.html", context)


@operators_only
@require_safe
def onboarding_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Progress of one order; htmx asks every two seconds until it is done."""
    lauf = get_object_or_404(OnboardingLauf, pk=pk)
    context = {
        "lauf": lauf,
        "laeuft": lauf.zustand in {OnboardingLauf.Zustand.WARTET, OnboardingLauf.Zustand.LAEUFT},
        "tenant": Tenant.objects.filter(kuerzel=lauf.kuerzel).first(),
        "breadcrumb": [_START, _BETRIEB, {"label": f"Jugendamt {lauf.kuerzel}"}],
    }
    template = "operations/_lauf.html" if request.htmx else "operations/onboarding_detail.html"
    return render(request, template, context)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def maintenance(request: HttpRequest, kuerzel: str) -> HttpResponse:
    """Close an office's host for maintenance after a question, or open it again."""
    tenant = get_object_or_404(Tenant, kuerzel=kuerzel.upper())
    if tenant.zustand == TenantZustand.STILLGELEGT:
        raise Http404
    schliessen = tenant.zustand == TenantZustand.AKTIV
    if request.method == "POST":
        if request.POST.get("zustand") not in {"", None, tenant.zustand}:
            messages.warning(request, f"{tenant.kuerzel} war inzwischen umgestellt. Bitte prüfen Sie den Zustand.")
            return redirect("operations:list")
        try:
            services.update_wartung(tenant=tenant, wartung=schliessen)
        except services.WartungBleibt as bleibt:
            messages.error(request, str(bleibt))
            return redirect("operations:list")
        text = "ist in Wartung" if schliessen else "ist wieder erreichbar"
        messages.success(request, f"{tenant.name} {text}.")
        return redirect("operations:list")
    context = {
        "tenant": tenant,
        "schliessen": schliessen,
        "breadcrumb": [_START, _BETRIEB, {"label": f"Wartung {tenant.kuerzel}"}],
    }
    return render(request, "operations/maintenance.html", context)


_JE_SEITE = 50


class _Jobs:
    """A page of jobs for Django's Paginator: one statement for the page, none for the rest."""

    def __init__(self, staende: tuple[Jobstand, ...], zahlen: dict[Jobstand, int]) -> None:
        self.staende, self.anzahl = staende, sum(zahlen[s] for s in staende)

    def __len__(self) -> int:
        return self.anzahl

    def __getitem__(self, part: slice) -> list[selectors.Jobzeile]:
        return selectors.list_jobs(staende=self.staende, offset=part.start, limit=part.stop - part.start)


@operators_only
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """Jobs that are not done: what failed or stands still first, by state on request."""
    zahlen = selectors.count_jobs()
    wahl = request.GET.get("stand", "")
    staende: tuple[Jobstand, ...] = (Jobstand(wahl),) if wahl in Jobstand.values else AUFFAELLIG
    if wahl == "alle":
        staende = tuple(Jobstand)
    bekannt = {"stand": {"alle", *Jobstand.values}}
    if is_wrong("stand", wahl, bekannt):
        messages.warning(request, "Diesen Stand gibt es nicht. Die Liste zeigt die auffälligen Aufträge.")
    tabs = [("", "Auffällig", AUFFAELLIG), *((s.value, s.label.capitalize(), (s,)) for s in Jobstand)]
    request.ignored = {"sort"} | {name for name in request.GET if is_wrong(name, request.GET.get(name, ""), bekannt)}
    rows = _Jobs(staende, zahlen)
    jobs: Paginator[selectors.Jobzeile] = Paginator(rows, _JE_SEITE)  # type: ignore[arg-type]  # it asks for slices only
    context = {
        "page": jobs.get_page(request.GET.get("seite")),
        "tabs": [
            {
                "label": label,
                "url": f"?stand={wert}" if wert else request.path,
                "active": wahl == wert,
                "count": sum(zahlen[s] for s in gruppe),
            }
            for wert, label, gruppe in tabs
        ],
        "grenze": round(selectors.LANGE.total_seconds() / 60),
        "breadcrumb": [_START, _BETRIEB, {"label": "Aufträge"}],
    }
    return render(request, "operations/job_list.html", context)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def job_detail(request: HttpRequest, nr: int) -> HttpResponse:
    """One job; one that failed, or waits for its next try, can be done again at once, after a question."""
    zeile = selectors.find_job(nr)
    if request.method == "POST":
        if services.submit_job_again(nr=nr, user_id=request.akteur.user_id):
            messages.success(request, f"Auftrag {nr} wird noch einmal ausgeführt.")
        else:
            messages.warning(request, f"Auftrag {nr} ist nicht (mehr) gescheitert oder wartet schon.")
        return redirect("operations:jobs")
    if zeile is None:
        raise Http404
    context = {
        "zeile": zeile,
        "angaben": [
            {"label": "Jugendamt", "wert": zeile.amt or "–"},
            {"label": "Stand", "wert": f"{zeile.stand.label}. {zeile.erklaerung}"},
            {"label": "Stand seit", "wert": f"{localtime(zeile.seit):%d.%m.%Y, %H:%M} Uhr" if zeile.seit else "–"},
            {"label": "Versuche", "wert": str(zeile.versuche)},
            {"label": "Letzter Fehler", "wert": zeile.fehler or "–"},
        ],
        "breadcrumb": [_START, _BETRIEB, {"label": "Aufträge", "url": "/betrieb/auftraege/"}, {"label": str(nr)}],
    }
    return render(request, "operations/job_detail.html", context)
