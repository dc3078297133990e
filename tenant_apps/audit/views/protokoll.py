"""Reading the trail under four eyes, and one's own entries."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.accounts.postfach import list_eigene_konten
from shared_apps.core.csv_export import csv_response
from shared_apps.core.errors import SojusError, Verweigert
from shared_apps.core.filter_query import kept_query, note_ignored, warn_ignored
from shared_apps.core.frage import Frage
from shared_apps.core.seite import crumbs, posted, show_error, status_of
from tenant_apps.audit import policies, selectors
from tenant_apps.audit.enums import Aktion, FreigabeVorgang, Vorgang
from tenant_apps.audit.forms import AntragForm, ProtokollFilter
from tenant_apps.audit.hooks import find_objekt
from tenant_apps.audit.models import Aenderung, Freigabe
from tenant_apps.audit.selectors import ProtokollSuche
from tenant_apps.audit.services import (
    decline_freigabe,
    grant_freigabe,
    record_access,
    request_freigabe,
    revoke_freigabe,
)
from tenant_apps.audit.states import FREIGABE, FreigabeAktion, FreigabeZustand
from tenant_apps.audit.views.common import Antwort, decide_approval, with_names
from tenants.tables.people import person_model

_LESEN = FreigabeVorgang.PROTOKOLL_LESEN
_PROTOKOLL = ("Protokoll", "/protokoll/")
CSV_ZEILEN = 10_000
OHNE_FREIGABE = "Das Protokoll lesen Sie nur mit einer bewilligten, noch gültigen Einsicht. Bitte beantragen Sie sie."


@require(policies.may_view_antraege)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All requests to read the trail, and the way to ask or to read."""
    akteur = request.akteur
    page = selectors.ANTRAEGE.page(request, selectors.list_freigaben(vorgang=_LESEN))
    zeilen = with_names(list(page.object_list), "freigabe")
    eigene = list_eigene_konten()
    for zeile in zeilen:
        zeile["darf_entscheiden"] = policies.may_decide_freigabe(akteur, zeile["freigabe"], eigene)
    context = {
        "page": page,
        "zeilen": zeilen,
        "gueltig": selectors.find_valid_freigabe(user_id=akteur.user_id, vorgang=_LESEN),
        "darf_beantragen": policies.may_request_reading(akteur),
        "frist_monate": settings.PROTOKOLL_LESEN_MONATE,
        "bereinigung": selectors.find_last_bereinigung(),
        "breadcrumb": crumbs(_PROTOKOLL),
    }
    return render(request, "audit/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(policies.may_request_reading)
def request_reading(request: HttpRequest) -> HttpResponse:
    """Ask a second person."""
    form = AntragForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        objekt_id = find_objekt(data["objekt"]) if data["objekt"] else None
        if data["objekt"] and objekt_id is None:
            form.add_error("objekt", "Diese Fallnummer gibt es hier nicht. Bitte prüfen Sie die Eingabe.")
        else:
            try:
                request_freigabe(
                    akteur=request.akteur, vorgang=_LESEN, grund=data["grund"], objekt_id=objekt_id,
                    objekt_art=person_model()._meta.label_lower if objekt_id else "",
                    betrifft_von=data["betrifft_von"], betrifft_bis=data["betrifft_bis"], stunden=data["stunden"],
                )  # fmt: skip
            except SojusError as error:
                show_error(error, form)
            else:
                messages.success(request, "Der Antrag ist gestellt. Eine zweite Person entscheidet.")
                return redirect("audit:home")
    context = {"form": form, "breadcrumb": crumbs(_PROTOKOLL, "Einsicht beantragen")}
    if form.errors:  # a case number was looked up: the case stays out of sight, the question is recorded
        record_access(
            akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.PROTOKOLL_ANTRAG, objekt_art="audit.freigabe"
        )
    return render(request, "audit/request.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@require(policies.may_view_antraege)
def decide_reading(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve or decline somebody else's request; take one back."""
    freigabe = get_object_or_404(selectors.list_freigaben(vorgang=_LESEN), pk=pk)
    akteur, erlaubt = request.akteur, FREIGABE.erlaubt(FreigabeZustand(freigabe.zustand))
    may_decide = policies.may_decide_freigabe(akteur, freigabe, list_eigene_konten())
    frage = Frage(
        title="Antrag auf Einsicht in das Protokoll",
        back=reverse("audit:home"),
        breadcrumb=crumbs(_PROTOKOLL, "Antrag"),
        template="audit/decide.html",
        kontext=with_names([freigabe], "freigabe")[0],
    )
    return decide_approval(
        request,
        frage,
        bewilligen=Antwort(
            "Einsicht bewilligen",
            lambda text: grant_freigabe(akteur=akteur, freigabe_id=pk, bemerkung=text),
            "Die Einsicht ist bewilligt.",
            may_decide,
        ),
        ablehnen=Antwort(
            "Ablehnen",
            lambda text: decline_freigabe(akteur=akteur, freigabe_id=pk, bemerkung=text),
            "Der Antrag ist abgelehnt.",
            may_decide,
        ),
        widerrufen=Antwort(
            "Zurücknehmen",
            lambda _: revoke_freigabe(akteur=akteur, freigabe_id=pk),
            "Die Einsicht ist zurückgenommen.",
            not may_decide and FreigabeAktion.ZURUECKNEHMEN in erlaubt,
        ),
    )


def _suche(form: ProtokollFilter) -> ProtokollSuche:
    data = form.cleaned_data if form.is_valid() else {}
    objekt = data.get("objekt") or ""
    objekt_id = find_objekt(objekt) if objekt else None
    if objekt and objekt_id is None:
        objekt_id = UUID(int=0)  # nothing is about an unknown number
    return ProtokollSuche(
        wer=data.get("wer") or "", aktion=data.get("aktion") or "", objekt_id=objekt_id,
        von=data.get("von"), bis=data.get("bis"),
    )  # fmt: skip


def _rows(request: HttpRequest) -> tuple[ProtokollFilter, Any, Freigabe]:
    freigabe = selectors.find_valid_freigabe(user_id=request.akteur.user_id, vorgang=_LESEN)
    if freigabe is None:
        raise Verweigert(OHNE_FREIGABE)
    form = ProtokollFilter(request.GET or None)
    note_ignored(request, form)
    suche = _suche(form)
    if form.is_bound and form.is_valid() and form.cleaned_data["was"] == "aenderungen":
        return form, selectors.list_aenderungen(suche), freigabe
    return form, selectors.list_protokoll(suche), freigabe


def _record(request: HttpRequest, vorgang: Vorgang, aktion: Aktion, eintraege: list, grund: str) -> None:
    """Reading the trail is an access like any other. What the list does not know is no filter of hers."""
    benutzt = [name for name, value in kept_query(request).items() if value and name not in {"seite", "nach"}]
    record_access(
        akteur=request.akteur, aktion=aktion, vorgang=vorgang, objekt_art="audit.protokoll", zeilen=eintraege,
        felder=[name[:60] for name in benutzt[:20]], grund=grund[:200],
    )  # fmt: skip


@require(policies.may_read_protokoll)
@require_safe
def read(request: HttpRequest) -> HttpResponse:
    """The trail, fifty entries a page, as far as the approval reaches."""
    form, rows, freigabe = _rows(request)
    warn_ignored(request, form)
    liste = selectors.AENDERUNGEN if rows.model is Aenderung else selectors.PROTOKOLL
    page = liste.page(request, rows)
    sichtbar = list(page)
    _record(request, Vorgang.PROTOKOLL_LESEN, Aktion.LESEN, sichtbar, freigabe.grund)
    context = {
        "form": form,
        "page": page,
        "eintraege": selectors.as_eintraege(sichtbar),
        "freigabe": freigabe,
        "filter_url": f"?{urlencode({'was': kept_query(request).get('was', ''), 'objekt': ''})}",
        "csv_url": f"{reverse('audit:csv')}?{kept_query(request).urlencode()}",
        "breadcrumb": crumbs(_PROTOKOLL, "Lesen"),
    }
    return render(request, "audit/read.html", context)


@require(policies.may_read_protokoll)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same as CSV, ten thousand rows at most."""
    _, rows, freigabe = _rows(request)
    gewaehlt = list(rows[:CSV_ZEILEN])
    _record(request, Vorgang.PROTOKOLL_AUSGEBEN, Aktion.AUSGEBEN, gewaehlt, freigabe.grund)
    kopf = [
        "Zeit", "Wer", "Rolle", "Vertretung für", "Aktion", "Vorgang", "Objekt", "Kennung", "Betroffene", "Felder",
        "Grund",
    ]  # fmt: skip
    zeilen = (
        [
            e.zeit, e.wer, e.rolle, e.vertretung, e.aktion, e.vorgang, e.objekt, e.kennung, e.betroffene, e.felder,
            e.grund,
        ]
        for e in selectors.as_eintraege(gewaehlt)
    )  # fmt: skip
    return csv_response("protokoll.csv", kopf, zeilen)


@require(policies.may_view_own_entries)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """What the trail says about the person herself."""
    rows = selectors.list_protokoll(ProtokollSuche(), user_id=request.akteur.user_id)
    page = selectors.EIGENE.page(request, rows)
    sichtbar = list(page.object_list)
    _record(request, Vorgang.PROTOKOLL_EIGENE, Aktion.LESEN, sichtbar, "")
    context = {
        "page": page,
        "eintraege": selectors.as_eintraege(sichtbar),
        "breadcrumb": crumbs(("Konto", reverse("account")), "Meine Zugriffe"),
    }
    return render(request, "audit/own.html", context)
