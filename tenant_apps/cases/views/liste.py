"""The list of cases a person may see, as page and as CSV; and the lead's question for one case."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shared_apps.accounts.guards import require
from shared_apps.core.csv_export import csv_response
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.filter_query import build_filter_query, build_url_without, warn_ignored
from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import posted
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases import policies
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.forms.faelle import EinsichtForm, HilfefaelleFilterForm
from tenant_apps.cases.models import Hilfefall, HilfefallZustand
from tenant_apps.cases.selectors import (
    AUS_DER_NACHT,
    HILFEFAELLE,
    OHNE_FACHKRAFT,
    count_by_fachkraft,
    search_hilfefaelle,
)
from tenant_apps.cases.services.freigabe import check_grund, create_einsicht
from tenant_apps.cases.views.gemeinsam import crumbs
from tenant_apps.drafts.selectors import get_suchtext
from tenant_apps.drafts.services import create_suchtext
from tenants.tables.reads import names_nobody

#: Query parameter with the id of a kept search term.
SUCHE = "suche"
_FELDER = ("fallnummer", "vorname", "nachname", "geburtsdatum", "team", "zustand")
KEIN_FALL = "Zu dieser Nummer gibt es keinen Fall, den Sie einsehen können. Bitte prüfen Sie die Nummer."
LEVELS: dict[str, str] = {
    HilfefallZustand.OFFEN: "warning",
    HilfefallZustand.LAUFEND: "success",
    HilfefallZustand.ABGESCHLOSSEN: "neutral",
}


def _select(request: HttpRequest) -> tuple[QuerySet[Hilfefall], HilfefaelleFilterForm, str]:
    eingabe = request.GET.copy()
    # A name that is searched for is never in the address.
    eingabe["q"] = get_suchtext(user_id=request.akteur.user_id, suchtext_id=eingabe.get(SUCHE, ""))
    form = HilfefaelleFilterForm(eingabe)
    form.is_valid()
    data = form.cleaned_data
    faelle = policies.visible_stammdaten(request.akteur)
    faelle = search_hilfefaelle(faelle, data.get("q", ""))
    if zustand := data.get("zustand"):
        faelle = faelle.filter(zustand=zustand)
    if aufgabe := data.get("aufgabe"):
        faelle = faelle.filter(aufgabe=aufgabe)
    if data.get("fachkraft") == "meine":
        faelle = faelle.filter(fachkraft_id=request.akteur.user_id)
    return faelle, form, HILFEFAELLE.get_wunsch(request.GET.get("sort", ""))


def _chips(request: HttpRequest, form: HilfefaelleFilterForm) -> list[dict[str, str]]:
    chips = []
    for feld in form:
        if wert := form.cleaned_data.get(feld.name):
            remove_url = build_url_without(request, SUCHE if feld.name == "q" else feld.name)
            text = dict(getattr(feld.field, "choices", [])).get(wert, wert)
            chips.append({"label": f"{feld.label}: {text}", "remove_url": remove_url})
    return chips


@require_GET
@require(policies.may_list_hilfefaelle)
def list_hilfefaelle(request: HttpRequest) -> HttpResponse:
    """Own, team's, deputised cases and those opened by exception; with costs for economic youth welfare."""
    faelle, form, sortierung = _select(request)
    warn_ignored(
        request, form, bekannt={"q": (), SUCHE: None}, sortierungen=HILFEFAELLE.sortierungen, zeigt_fehler=True
    )
    page = HILFEFAELLE.page(request, faelle, unter=policies.visible_stammdaten(request.akteur))
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.FAELLE_ANSEHEN, objekt_art="cases.hilfefall",
        felder=_FELDER, zeilen=list(page),
    )  # fmt: skip
    context: dict[str, Any] = {
        "page": page,
        "faelle": [(fall, LEVELS[fall.zustand]) for fall in page],
        "form": form,
        "aktive_filter": _chips(request, form),
        "sortierung": sortierung,
        "darf_anlegen": policies.may_lead_faelle(request.akteur),
        "darf_uebergeben": policies.may_hand_over(request.akteur),
        "darf_einsehen": policies.may_look_with_reason(request.akteur),
        "ohne_fachkraft": policies.may_list_orphaned(request.akteur) and policies.count_orphaned(request.akteur),
        "hat_anvertrautes": policies.may_keep_anvertrautes(request.akteur),
        "breadcrumb": crumbs(),
    }
    return render(request, "cases/liste.html", context)


@require_GET
@require(policies.may_list_orphaned)
def list_orphaned(request: HttpRequest) -> HttpResponse:
    """Open cases whose worker has left: number, task, team and who led them, with the way to hand them on."""
    rows, unter = policies.orphaned_hilfefaelle(request.akteur), policies.visible_stammdaten(request.akteur)
    page = OHNE_FACHKRAFT.page(request, rows, unter=unter)
    gesperrte = policies.abandoned_sperrfaelle(request.akteur)
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.FAELLE_OHNE_FACHKRAFT,
        objekt_art="cases.hilfefall", felder=("fallnummer", "team", "zustand"), zeilen=[*page, *gesperrte],
    )  # fmt: skip
    context = {
        "page": page,
        "faelle": [(fall, LEVELS[fall.zustand]) for fall in page],
        "gesperrte": gesperrte,
        "breadcrumb": crumbs("Fälle ohne Fachkraft"),
    }
    return render(request, "cases/ohne_fachkraft.html", context)


@require_GET
@require(policies.may_take_over)
def list_of_the_night(request: HttpRequest) -> HttpResponse:
    """Cases that were opened on call and wait for a worker: number, who opened them and when, the way to give them."""
    rows = policies.night_hilfefaelle(request.akteur)
    page = AUS_DER_NACHT.page(request, rows, unter=rows)
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.FAELLE_AUS_DER_NACHT,
        objekt_art="cases.hilfefall", felder=("fallnummer", "team", "zustand"), zeilen=list(page),
    )  # fmt: skip
    context = {
        "page": page,
        "faelle": [(fall, LEVELS[fall.zustand]) for fall in page],
        "breadcrumb": crumbs("Aus der Nacht zu übernehmen"),
    }
    return render(request, "cases/aus_der_nacht.html", context)


@names_nobody("how many open cases each worker has")
@require_GET
@require(policies.may_hand_over)
def list_workers(request: HttpRequest) -> HttpResponse:
    """Whose open cases the person may hand over, and how many: the way to hand over several at once."""
    rows = [
        {"person": person, "anzahl": anzahl}
        for person, anzahl in count_by_fachkraft(policies.assignable_open(request.akteur))
    ]
    return render(request, "cases/uebergeben.html", {"rows": rows, "breadcrumb": crumbs("Fälle übergeben")})


@require_POST
@require(policies.may_list_hilfefaelle)
def search(request: HttpRequest) -> HttpResponse:
    """The filter's form: the name is kept separately, everything else goes into the address of the list."""
    form = HilfefaelleFilterForm(posted(request))
    query = build_filter_query(form, request.POST, HILFEFAELLE.sortierungen)
    if text := form.cleaned_data.get("q"):
        query[SUCHE] = str(create_suchtext(user_id=request.akteur.user_id, text=text).pk)
    return redirect(f"{reverse('cases:list')}{'?' if query else ''}{urlencode(query)}")


@require_GET
@require(policies.may_list_hilfefaelle)
def export_hilfefaelle(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV: case numbers, no names."""
    faelle, _form, sortierung = _select(request)
    zeilen = list(HILFEFAELLE.all(faelle, sortierung))
    record_access(
        akteur=request.akteur, aktion=Aktion.AUSGEBEN, vorgang=Vorgang.FAELLE_CSV, objekt_art="cases.hilfefall",
        felder=("fallnummer", "team", "zustand"), zeilen=zeilen,
    )  # fmt: skip
    return csv_response(
        "hilfefaelle.csv",
        ("Fallnummer", "Aufgabe", "Fachkraft", "Team", "Stand", "Angelegt am"),
        (
            (f.fallnummer, f.get_aufgabe_display(), str(f.fachkraft), f.team, f.get_zustand_display(), f.created_at)
            for f in zeilen
        ),
    )


@require_http_methods(["GET", "POST"])
@require(policies.may_look_with_reason)
def look(request: HttpRequest) -> HttpResponse:
    """The lead names a case number and a reason. A number nobody has and a sealed case answer alike."""

    def work(data: dict[str, Any]) -> Hilfefall:
        grund = check_grund(data["grund"])  # before any row is looked at
        fall = policies.open_to_reason(request.akteur).filter(fallnummer=data["fallnummer"].strip()).first()
        if fall is None:
            raise RegelVerletzt(KEIN_FALL, feld="fallnummer")
        if not policies.visible_hilfefaelle(request.akteur).filter(pk=fall.pk).exists():
            create_einsicht(akteur=request.akteur, hilfefall=fall, grund=grund)
        return fall

    frage = Frage(
        title="Einsicht in einen Fall",
        text="Als Jugendamtsleitung sehen Sie einen Fall nur aus einem Grund, den Sie nennen.",
        action_label="Fall öffnen",
        back=reverse("cases:list"),
        breadcrumb=crumbs("Einsicht mit Grund"),
    )
    return ask(
        request,
        frage,
        form=EinsichtForm(posted(request)),
        work=work,
        done="Der Fall ist bis heute 24 Uhr für Sie geöffnet.",
        leads=lambda fall: reverse("cases:detail", args=[fall.pk]),
    )
