"""Suchaufträge: order one from a result, read what is new, end it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from shared_apps.accounts.guards import require
from shared_apps.core.errors import SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.seite import crumbs
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Suchauftrag
from tenant_apps.placements.search.selectors.auftraege import SUCHAUFTRAEGE, describe_auftraege
from tenant_apps.placements.search.views.ergebnis import load_suche
from tenant_apps.placements.services.auftrag import create_suchauftrag, end_suchauftrag, resolve_suchauftrag

BLEIBT_NEU = "Der Suchauftrag bleibt als neu stehen, bis ihn ansieht, wer benachrichtigt wird."


@require_GET
@require(policies.may_search)
def list_auftraege(request: HttpRequest) -> HttpResponse:
    """Orders that still look, newest first, with what is new in each; `?nur=neu`: those with something new."""
    nur_neu = request.GET.get("nur") == "neu"
    warn_ignored(request, bekannt={"nur": {"neu"}})
    sichtbar = policies.visible_suchauftraege(request.akteur)
    page = SUCHAUFTRAEGE.page(request, sichtbar.exclude(neu=[]) if nur_neu else sichtbar, unter=sichtbar)
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.SUCHAUFTRAEGE_ANSEHEN,
        objekt_art="placements.suchauftrag", felder=("vorname", "nachname", "fallnummer"), zeilen=list(page),
    )  # fmt: skip
    context = {
        "page": page,
        "nur_neu": nur_neu,
        "tabs": [
            {"label": "Alle", "url": request.path, "active": not nur_neu},
            {"label": "Mit Neuem", "url": f"{request.path}?nur=neu", "active": nur_neu},
        ],
        "zeilen": describe_auftraege(list(page)),
        "breadcrumb": crumbs(("HzE-Auswahl", reverse("placements:search")), "Suchaufträge"),
    }
    return render(request, "placements/auswahl/auftraege.html", context)


@require_POST
@require(policies.may_search)
def create(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Go on looking for this search."""
    suche = load_suche(request, uuid)
    try:
        auftrag = create_suchauftrag(akteur=request.akteur, suche=suche)
    except SojusError as error:
        messages.error(request, error.message)
    else:
        wer = "Sie bekommen" if auftrag.empfaenger_id == request.akteur.user_id else "Wer den Fall führt, bekommt"
        messages.success(
            request,
            f"SoJuS sucht weiter bis {auftrag.gilt_bis:%d.%m.%Y}. Wird etwas Passendes frei, steht es auf der"
            f" Startseite. {wer} dazu eine E-Mail; was frei geworden ist, steht nicht darin.",
        )
    return redirect("placements:suche", suche.pk)


def _load(request: HttpRequest, uuid: UUID) -> Suchauftrag:
    return get_object_or_404(policies.visible_suchauftraege(request.akteur), pk=uuid)


@require_POST
@require(policies.may_search)
def open_auftrag(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Its result as of now; the news is read when whoever is told looks."""
    auftrag = _load(request, uuid)
    try:
        suche = resolve_suchauftrag(akteur=request.akteur, auftrag=auftrag)
    except SojusError as error:
        messages.error(request, error.message)
        return redirect("placements:suchauftraege")
    if auftrag.neu and auftrag.empfaenger_id != request.akteur.user_id:
        messages.info(request, BLEIBT_NEU)
    return redirect("placements:suche", suche.pk)


@require_POST
@require(policies.may_search)
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop looking."""
    end_suchauftrag(akteur=request.akteur, auftrag=_load(request, uuid))
    messages.success(request, "Der Suchauftrag ist beendet.")
    return redirect("placements:suchauftraege")
