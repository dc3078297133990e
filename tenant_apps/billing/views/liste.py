"""Lists: invoices for the office and the provider, months due for the provider."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import require
from shared_apps.core.csv_export import csv_response
from shared_apps.core.filter_query import build_url_without, warn_ignored
from shared_apps.core.seite import crumbs
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.billing import policies
from tenant_apps.billing.enums import Vorgang
from tenant_apps.billing.forms import RechnungFilterForm
from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.selectors import rechnungen as selectors


def _tabs(akteur: Akteur, active: str) -> list[dict]:
    """Providers have a second list: what they still have to bill."""
    if not policies.may_bill(akteur):
        return []
    return [
        {"label": "Rechnungen", "url": reverse("billing:list"), "active": active == "list"},
        {"label": "Fällige Monate", "url": reverse("billing:months"), "active": active == "months"},
    ]


def _record(request: HttpRequest, vorgang: Vorgang, aktion: Aktion, *felder: str) -> None:
    record_access(akteur=request.akteur, aktion=aktion, vorgang=vorgang, objekt_art="billing.rechnung", felder=felder)


def _select(request: HttpRequest) -> tuple[QuerySet[Rechnung], RechnungFilterForm, str]:
    form = RechnungFilterForm(request.GET, mit_anbieter=request.akteur.ist_amt)
    form.is_valid()
    daten = form.cleaned_data
    sortierung = selectors.RECHNUNGEN.get_wunsch(request.GET.get("sort", ""))
    rows = selectors.filter_rechnungen(
        rechnungen=policies.visible_rechnungen(request.akteur),
        zustand=daten.get("zustand", ""),
        auffaellig=daten.get("auffaellig", ""),
        monat=daten.get("monat"),
        anbieter=daten.get("anbieter", ""),
    )
    return rows, form, sortierung


def _chips(request: HttpRequest, form: RechnungFilterForm) -> list[dict[str, str]]:
    chips = []
    for feld in form:
        wert = form.cleaned_data.get(feld.name)
        if not wert:
            continue
        text = f"{wert:%m/%Y}" if feld.name == "monat" else dict(getattr(feld.field, "choices", [])).get(wert, wert)
        chips.append({"label": f"{feld.label}: {text}", "remove_url": build_url_without(request, feld.name)})
    return chips


@require_GET
@require(policies.may_list_rechnungen)
def list_rechnungen(request: HttpRequest) -> HttpResponse:
    """All invoices the person may see."""
    rows, form, sortierung = _select(request)
    liste = selectors.RECHNUNGEN
    warn_ignored(request, form, bekannt={"summen": {"1"}}, sortierungen=liste.sortierungen, zeigt_fehler=True)
    page = liste.page(request, rows, unter=policies.visible_rechnungen(request.akteur))
    summen = liste.sum_up(request, page, rows, selectors.get_summen)
    _record(request, Vorgang.RECHNUNGEN_ANSEHEN, Aktion.LESEN, "nummer", "fallnummer", "betrag")
    return render(
        request,
        "billing/liste.html",
        {
            "page": page,
            "rechnungen": [(rechnung, selectors.LEVELS[rechnung.zustand]) for rechnung in page],
            "summen": summen,
            "form": form,
            "aktive_filter": _chips(request, form),
            "sortierung": sortierung,
            "ist_amt": request.akteur.ist_amt,
            "tabs": _tabs(request.akteur, "list"),
            "breadcrumb": crumbs("Abrechnung"),
        },
    )


CSV_KOPF = (
    "Rechnungsnummer", "Monat", "Fallnummer", "Hilfeart", "Anbieter", "Betrag", "Stand", "Eingereicht am",
    "Festgestellt am", "Angeordnet am",
)  # fmt: skip


@require_GET
@require(policies.may_list_rechnungen)
def export_rechnungen(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV: case numbers, never names."""
    rows, _form, sortierung = _select(request)
    _record(request, Vorgang.RECHNUNGEN_CSV, Aktion.AUSGEBEN, "nummer", "fallnummer", "betrag")
    return csv_response(
        "rechnungen.csv",
        CSV_KOPF,
        (
            (
                r.nummer, f"{r.monat:%m/%Y}", r.buchung.hilfefall.fallnummer, str(r.buchung.hilfeart),
                str(r.anbieter), r.betrag, r.get_zustand_display(), r.eingereicht_at, r.festgestellt_at,
                r.angeordnet_at,
            )
            for r in selectors.RECHNUNGEN.export(rows, sortierung)
        ),
    )  # fmt: skip


@require_GET
@require(policies.may_bill)
def list_monate(request: HttpRequest) -> HttpResponse:
    """Months the provider still has to record and bill."""
    akteur = request.akteur
    buchungen, rechnungen = policies.recordable_buchungen(akteur), policies.visible_rechnungen(akteur)
    page = selectors.MONATE.page_of(
        request, lambda bis: selectors.find_faellige(buchungen, rechnungen, bis), selectors.load_faellige
    )
    _record(request, Vorgang.MONATE_ANSEHEN, Aktion.LESEN, "fallnummer", "vorname", "nachname")
    return render(
        request,
        "billing/monate.html",
        {
            "page": page,
            "tabs": _tabs(request.akteur, "months"),
            "breadcrumb": crumbs(("Abrechnung", reverse("billing:list")), "Fällige Monate"),
        },
    )
