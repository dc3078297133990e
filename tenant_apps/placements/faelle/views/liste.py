"""The Fallmanager's list: filter, sort, page, total, CSV."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import require
from shared_apps.core.csv_export import csv_response
from shared_apps.core.filter_query import build_filter_query, build_url_without, warn_ignored
from shared_apps.core.liste import Liste
from shared_apps.core.seite import Knopf, buttons, crumbs, posted
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.drafts.selectors import get_suchtext
from tenant_apps.drafts.services import create_suchtext
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.faelle.forms import FaelleFilterForm
from tenant_apps.placements.faelle.selectors import vorgang as selectors
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.states import VORGANG_OFFEN, ReservierungAktion, ReservierungZustand, VorgangZustand
from tenants.tables.reads import names_nobody

LEER: frozenset[UUID] = frozenset()
#: Query parameter with the id of a kept search term.
SUCHE = "suche"


def _liste(akteur: Akteur) -> Liste:
    return selectors.FAELLE if akteur.ist_amt else selectors.ANFRAGEN


def _select(request: HttpRequest) -> tuple[QuerySet[Reservierung], FaelleFilterForm, str]:
    akteur: Akteur = request.akteur
    eingabe = request.GET.copy()
    # what is searched for never appears in the address (a case number there would end up in histories and logs)
    eingabe["q"] = get_suchtext(user_id=akteur.user_id, suchtext_id=eingabe.get(SUCHE, ""))
    form = FaelleFilterForm(eingabe, mit_fachkraft=akteur.ist_amt)
    form.is_valid()  # a wrong filter shows its message and filters nothing
    daten = form.cleaned_data
    rows = selectors.filter_faelle(
        reservierungen=policies.visible_reservierungen(akteur),
        zustand=daten.get("zustand", ""),
        hilfeart=daten.get("hilfeart", ""),
        fachkraft_ids=frozenset({akteur.user_id}) if daten.get("fachkraft") == "meine" else None,
        fallnummer=daten.get("q", ""),
        von=daten.get("von"),
        bis=daten.get("bis"),
        nur_pseudonym=not akteur.ist_amt,
    )
    return rows, form, _liste(akteur).get_wunsch(request.GET.get("sort", ""))


def _amount_field(akteur: Akteur) -> str:
    """Pocket money is the office's business: a provider sees what her help costs."""
    return "soll_kosten" if akteur.ist_amt else "soll_entgelt"


def _row(
    reservierung: Reservierung, akteur: Akteur, benannt: frozenset[UUID] = LEER, buchbar: frozenset[UUID] = LEER
) -> dict[str, Any]:
    buchung = getattr(reservierung, "buchung", None)
    # The office knows the case number of what it pays; the name only who may (`benannt`, one query a page).
    sieht_nummer = akteur.ist_amt or policies.sees_name(akteur, reservierung)
    sieht_namen = reservierung.hilfefall_id in benannt if akteur.ist_amt else sieht_nummer
    zustand = selectors.get_vorgang_zustand(reservierung, buchung)
    return {
        "reservierung": reservierung,
        "buchung": buchung,
        "kennung": reservierung.hilfefall.fallnummer if sieht_nummer else reservierung.pseudonym,
        "person": str(reservierung.klient) if sieht_namen else "",
        "fachkraft": str(reservierung.hilfefall.fachkraft),
        "betrag": getattr(reservierung, _amount_field(akteur)),
        "zustimmung": _describe_zustimmung(reservierung, zustand),
        "zustand": zustand.label,
        "level": selectors.VORGANG_LEVELS.get(zustand, "neutral"),
        "schritte": _next_steps(akteur, reservierung, zustand)
        if akteur.ist_anbieter or reservierung.hilfefall_id in buchbar
        else [],
    }


def _describe_zustimmung(reservierung: Reservierung, zustand: VorgangZustand) -> str:
    """The provider's answer; a reservation that ended without one has none."""
    if zustand == VorgangZustand.ABGELEHNT:
        return "nein"
    if reservierung.entschieden_at:
        return "ja"
    return "offen" if zustand == VorgangZustand.RESERVIERT else "–"


#: What a row offers: the provider reads the enquiry before she answers.
_KNOEPFE = {
    ReservierungAktion.ZUSTIMMEN: Knopf("placements:reservierung", "Entscheiden"),
    ReservierungAktion.BUCHEN: Knopf("placements:book"),
}


def _next_steps(akteur: Akteur, reservierung: Reservierung, zustand: VorgangZustand) -> list[Knopf]:
    if zustand not in VORGANG_OFFEN:
        return []
    stored = ReservierungZustand(reservierung.zustand)
    return buttons(policies.SCHRITTE_RESERVIERUNG, stored, akteur, _KNOEPFE, reservierung.pk)


def _record(request: HttpRequest, vorgang: Vorgang, aktion: Aktion) -> None:
    record_access(
        akteur=request.akteur,
        aktion=aktion,
        vorgang=vorgang,
        objekt_art="placements.reservierung",
        felder=("fallnummer", "vorname", "nachname", "hilfeart", "soll_kosten"),
    )


def _chips(request: HttpRequest, form: FaelleFilterForm) -> list[dict[str, str]]:
    chips = []
    for feld in form:
        wert = form.cleaned_data.get(feld.name)
        if not wert:
            continue
        remove_url = build_url_without(request, SUCHE if feld.name == "q" else feld.name)
        text = dict(getattr(feld.field, "choices", [])).get(wert) or wert
        if feld.name in {"von", "bis"}:
            text = f"{wert:%d.%m.%Y}"
        chips.append({"label": f"{feld.label}: {text}", "remove_url": remove_url})
    return chips


@require_GET
@require(policies.may_list_faelle)
def list_faelle(request: HttpRequest) -> HttpResponse:
    """The table of all cases in process."""
    rows, form, sortierung = _select(request)
    liste = _liste(request.akteur)
    bekannt = {"q": (), SUCHE: None, "summen": {"1"}}
    warn_ignored(request, form, bekannt=bekannt, sortierungen=liste.sortierungen, zeigt_fehler=True)
    page = liste.page(request, rows, unter=policies.visible_reservierungen(request.akteur))
    summen = liste.sum_up(request, page, rows, lambda alle: selectors.get_summen(alle, _amount_field(request.akteur)))
    benannt = policies.named_hilfefaelle(request.akteur, page)
    buchbar = policies.bookable_ids(request.akteur, page)
    _record(request, Vorgang.FALLMANAGER_ANSEHEN, Aktion.LESEN)
    return render(
        request,
        "placements/faelle/liste.html",
        {
            "page": page,
            "faelle": [_row(row, request.akteur, benannt, buchbar) for row in page],
            "summen": summen,
            "form": form,
            "aktive_filter": _chips(request, form),
            "sortierung": sortierung,
            "ist_amt": request.akteur.ist_amt,
            "kuerzel": request.tenant.kuerzel,
            "betrag_name": "Soll-Kosten" if request.akteur.ist_amt else "Soll-Entgelt",
            "breadcrumb": crumbs("Fallmanager"),
        },
    )


@names_nobody("only which orders the list has, no row")
@require_POST
@require(policies.may_list_faelle)
def search_faelle(request: HttpRequest) -> HttpResponse:
    """The filter's form: the case number is kept separately, everything else goes into the address of the list."""
    form = FaelleFilterForm(posted(request), mit_fachkraft=request.akteur.ist_amt)
    query = build_filter_query(form, request.POST, _liste(request.akteur).sortierungen)
    if text := form.cleaned_data.get("q"):
        query[SUCHE] = str(create_suchtext(user_id=request.akteur.user_id, text=text).pk)
    return redirect(f"{reverse('placements:list')}{'?' if query else ''}{urlencode(query)}")


CSV_KOPF = (
    "Fallnummer/Pseudonym", "Reserviert am", "Gebucht am", "Örtlicher Träger", "Fachkraft", "Hilfeart", "Anbieter",
    "Einrichtung", "Beginn", "Ende", "Zustimmung des Anbieters", "Soll-Kosten", "Stand",
)  # fmt: skip


@require_GET
@require(policies.may_list_faelle)
def export_faelle(request: HttpRequest) -> HttpResponse:
    """The filtered table as CSV: case numbers, never names."""
    rows, _form, sortierung = _select(request)
    alle = _liste(request.akteur).export(rows, sortierung)
    _record(request, Vorgang.FALLMANAGER_CSV, Aktion.AUSGEBEN)
    kopf = CSV_KOPF if request.akteur.ist_amt else tuple(k.replace("Soll-Kosten", "Soll-Entgelt") for k in CSV_KOPF)
    return csv_response(
        "faelle.csv", kopf, (_csv_row(_row(row, request.akteur), request.tenant.kuerzel) for row in alle)
    )


def _csv_row(fall: dict[str, Any], kuerzel: str) -> tuple:
    reservierung, buchung = fall["reservierung"], fall["buchung"]
    return (
        fall["kennung"], reservierung.created_at, buchung.gebucht_at if buchung else None, kuerzel, fall["fachkraft"],
        str(reservierung.hilfeart), reservierung.anbieter_name, reservierung.haus.name, reservierung.beginn,
        reservierung.endet_am, fall["zustimmung"], fall["betrag"], fall["zustand"],
    )  # fmt: skip
