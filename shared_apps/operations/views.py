"""Betrieb: the operator's pages on the portal. State and work orders; no content of any office."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.dauer import write_dauer
from shared_apps.core.errors import Konflikt
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage, ask
from shared_apps.core.liste import GRENZE
from shared_apps.core.seite import crumbs, posted, status_of
from shared_apps.operations.forms import OnboardingForm, WartungForm
from shared_apps.operations.hooks import list_aufgaben
from shared_apps.operations.policies import may_operate
from shared_apps.operations.selectors import ANLAGEN, AUFTRAEGE
from shared_apps.providers.selectors.dateien import count_zu_lange_wartende
from tenants import selectors, services
from tenants.door.middleware import CACHE_SECONDS
from tenants.enums import AUFFAELLIG, Jobstand
from tenants.models import OnboardingLauf, Tenant, TenantZustand
from tenants.onboarding.registry import OnboardingFehler
from tenants.onboarding.services import submit_onboarding

_BETRIEB = ("Betrieb", "/betrieb/")
#: What runs, waits or stands still is taken up by itself.
NICHT_NOETIG = (
    "Wiederholen lässt sich dieser Auftrag nur, wenn er gescheitert ist oder auf seinen nächsten Versuch wartet."
)


@require(may_operate)
@require_safe
def operations_list(request: HttpRequest) -> HttpResponse:
    """All youth offices with their technical state, and the last onboardings."""
    zeilen = selectors.list_betriebszeilen()
    context = {
        "zeilen": zeilen,
        "aufgaben": list_aufgaben(request.akteur),
        "gesund": sum(z.ist_gesund and z.tenant.zustand != TenantZustand.WARTUNG for z in zeilen),
        "in_wartung": sum(z.tenant.zustand == TenantZustand.WARTUNG for z in zeilen),
        "page": ANLAGEN.page(request, selectors.list_laeufe()),
        "stau": ", ".join(selectors.list_stau()),
        "auffaellig": sum(selectors.count_jobs()[s] for s in AUFFAELLIG),
        "gescheitert": selectors.count_broken_laeufe(),
        "nachgeholt": len(selectors.list_nachgeholte()),
        "ungeprueft": count_zu_lange_wartende(),
        "breadcrumb": crumbs("Betrieb"),
    }
    return render(request, "operations/list.html", context)


@require(may_operate)
@require_http_methods(["GET", "HEAD", "POST"])
def onboarding_create(request: HttpRequest) -> HttpResponse:
    """Order the onboarding of a municipality; the operator's worker does it."""
    form = OnboardingForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            lauf = submit_onboarding(angaben=form.as_angaben(), user_id=request.akteur.user_id)
        except OnboardingFehler as error:
            form.refuse(error)
        else:
            return redirect("operations:onboarding", pk=lauf.pk)
    context = {"form": form, "breadcrumb": crumbs(_BETRIEB, "Jugendamt anlegen")}
    return render(request, "operations/onboarding_form.html", context, status=status_of(form))


@require(may_operate)
@require_safe
def onboarding_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Progress of one order; htmx asks every two seconds until it is done."""
    lauf = get_object_or_404(OnboardingLauf, pk=pk)
    context = {
        "lauf": lauf,
        "laeuft": lauf.zustand in {OnboardingLauf.Zustand.WARTET, OnboardingLauf.Zustand.LAEUFT},
        "tenant": Tenant.objects.filter(kuerzel=lauf.kuerzel).first(),
        "breadcrumb": crumbs(_BETRIEB, f"Jugendamt {lauf.kuerzel}"),
    }
    template = "operations/_lauf.html" if request.htmx else "operations/onboarding_detail.html"
    return render(request, template, context)


@require(may_operate)
@require_http_methods(["GET", "HEAD", "POST"])
def maintenance(request: HttpRequest, kuerzel: str) -> HttpResponse:
    """Close an office's host for maintenance after a question, or open it again."""
    tenant = get_object_or_404(Tenant, kuerzel=kuerzel.upper())
    if tenant.zustand == TenantZustand.STILLGELEGT:
        raise Http404
    schliessen = tenant.zustand == TenantZustand.AKTIV
    wirkt = f"Die Umstellung wirkt spätestens nach {write_dauer(CACHE_SECONDS, dativ=True)}."
    frage = Frage(
        title=f"Wartung für {tenant.name} beginnen?" if schliessen else f"{tenant.name} wieder öffnen?",
        text=(
            "Niemand kann dort arbeiten, bis Sie die Wartung beenden. Alle sehen eine Wartungsseite. "
            f"Andere Jugendämter arbeiten weiter. {wirkt}"
            if schliessen
            else f"Alle können dort wieder arbeiten. {wirkt}"
        ),
        action_label="Wartung beginnen" if schliessen else "Wartung beenden",
        level="danger" if schliessen else "",
        back=reverse("operations:list"),
        breadcrumb=crumbs(_BETRIEB, f"Wartung {tenant.kuerzel}"),
    )

    def update(data: dict[str, Any]) -> None:
        if data["zustand"] not in {"", tenant.zustand}:
            raise Konflikt(f"{tenant.kuerzel} ist inzwischen umgestellt worden. Bitte prüfen Sie den Zustand.")
        try:
            services.update_wartung(tenant=tenant, wartung=schliessen)
        except services.WartungBleibt as bleibt:
            raise Konflikt(str(bleibt)) from bleibt

    return ask(
        request,
        frage,
        form=WartungForm(posted(request), initial={"zustand": tenant.zustand}),
        work=update,
        done=f"{tenant.name} {'ist in Wartung' if schliessen else 'ist wieder erreichbar'}.",
    )


@require(may_operate)
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """Jobs that are not done: what failed or stands still first, by state on request."""
    zahlen = selectors.count_jobs()
    wahl = request.GET.get("stand", "")
    tabs: list[tuple[str, str, tuple[Jobstand, ...]]] = [
        ("", "Auffällig", AUFFAELLIG),
        *((s.value, s.label.capitalize(), (s,)) for s in Jobstand),
        ("alle", "Alle", tuple(Jobstand)),
    ]
    falsch = wahl not in {wert for wert, _, _ in tabs}
    if falsch:
        wahl = ""
        messages.warning(request, "Diesen Stand gibt es nicht. Die Liste zeigt die auffälligen Aufträge.")
    warn_ignored(request, bekannt={"stand": None}, verworfen=("stand",) if falsch else ())
    staende = next((gruppe for wert, _, gruppe in tabs if wert == wahl), AUFFAELLIG)

    def find(_asked: int) -> tuple[list[int], bool]:
        nummern = selectors.find_jobs(staende=staende, bis=GRENZE + 1)
        return nummern, len(nummern) > GRENZE

    context = {
        "page": AUFTRAEGE.page_of(request, find, selectors.load_jobs),
        "tabs": [
            {
                "label": label,
                "url": f"?stand={wert}" if wert else request.path,
                "active": wahl == wert,
                "count": sum(zahlen[s] for s in gruppe),
            }
            for wert, label, gruppe in tabs
        ],
        "nachgeholt": selectors.list_nachgeholte(),
        "grenze": round(selectors.LANGE.total_seconds() / 60),
        "breadcrumb": crumbs(_BETRIEB, "Aufträge"),
    }
    return render(request, "operations/job_list.html", context)


@require(may_operate)
@require_http_methods(["GET", "HEAD", "POST"])
def job_detail(request: HttpRequest, nr: int) -> HttpResponse:
    """One job; one that failed, or waits for its next try, can be done again at once, after a question."""
    zeile = selectors.find_job(nr)
    if zeile is None:
        return _gone(request, nr)
    frage = Frage(
        title=zeile.titel,
        text="Der Auftrag wird jetzt noch einmal ausgeführt, genau so, wie er gestellt war.",
        action_label="Noch einmal ausführen",
        items=[
            {"label": "Jugendamt", "wert": zeile.amt or "–"},
            {"label": "Stand", "wert": zeile.stand.label, "hint": zeile.erklaerung},
            {"label": "Stand seit", "wert": f"{localtime(zeile.seit):%d.%m.%Y, %H:%M} Uhr" if zeile.seit else "–"},
            {"label": "Versuche", "wert": str(zeile.versuche)},
            {"label": "Letzter Fehler", "wert": zeile.fehler or "–"},
        ],
        unmoeglich="" if zeile.darf_wiederholt_werden else NICHT_NOETIG,
        back=reverse("operations:jobs"),
        breadcrumb=crumbs(_BETRIEB, ("Aufträge", reverse("operations:jobs")), str(nr)),
    )

    def repeat(_data: dict[str, Any]) -> None:
        if not services.submit_job_again(nr=nr, user_id=request.akteur.user_id):
            raise Konflikt(f"Auftrag {nr} ist nicht (mehr) gescheitert oder wartet schon.")

    return ask(request, frage, work=repeat, done=f"Auftrag {nr} wird noch einmal ausgeführt.")


def _gone(request: HttpRequest, nr: int) -> HttpResponse:
    """Somebody has had it done again while this page was open, or there never was such a job."""
    if posted(request) is None:
        raise Http404
    messages.warning(request, f"Auftrag {nr} steht nicht (mehr) in der Liste.")
    return redirect("operations:jobs")
