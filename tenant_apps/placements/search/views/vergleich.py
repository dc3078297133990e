"""Keeping offers of a result, and comparing them side by side."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from shared_apps.accounts.guards import require
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.filter_query import build_filter_query
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.hooks import list_suchwege
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.forms import OHNE_PREISE, TrefferFilter, read_ansicht, shows_preise
from tenant_apps.placements.search.selectors.angebot import list_angebote
from tenant_apps.placements.search.selectors.ergebnis import ERGEBNIS
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.passung import get_gewichtung
from tenant_apps.placements.search.selectors.treffer import Sortierung
from tenant_apps.placements.search.selectors.vergleich import compare_angebote, describe_kippen
from tenant_apps.placements.search.selectors.vermerk import describe_probe
from tenant_apps.placements.search.views.auswahl import suche_crumbs
from tenant_apps.placements.search.views.ergebnis import describe_kriterien, load_suche
from tenant_apps.placements.services.search import update_merkliste
from tenant_apps.placements.vorgaben import PASSUNG_GEWICHTE
from tenant_apps.vorgaben.selectors import get_vorgabe

#: Sent with what is kept in the list: back to where it was.
LISTE = "liste"
#: By how many are compared.
UEBERSCHRIFT = {2: "Zwei Angebote im Vergleich", 3: "Drei Angebote im Vergleich", 4: "Vier Angebote im Vergleich"}


@require_POST
@require(policies.may_search)
def keep_gemerkte(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is kept of the offers shown, one of them or a page; and on to the comparison, or back to the list."""
    suche = load_suche(request, uuid)
    gezeigt = _existing(request.POST.getlist("gezeigt"))
    gewaehlt = [pk for pk in _existing(request.POST.getlist("angebot")) if pk in gezeigt]
    try:
        update_merkliste(akteur=request.akteur, suche=suche, gezeigt=gezeigt, gewaehlt=gewaehlt)
    except RegelVerletzt as error:
        messages.error(request, error.message)
        return redirect(_describe_liste(request, suche, []))  # at the top, where the message is
    if request.POST.get("nach") == LISTE:
        return redirect(_describe_liste(request, suche, gezeigt))
    return redirect(f"{reverse('placements:vergleich', args=[suche.pk])}{read_ansicht(request.GET).query}")


def _describe_liste(request: HttpRequest, suche: Suche, gezeigt: list[UUID]) -> str:
    """The address of the page of the result where it was ticked, as far as a result knows it, at that line."""
    form = TrefferFilter(request.GET, ist_stationaer=suche.hilfeart.ist_stationaer)
    query = build_filter_query(form, request.GET, Sortierung.values)
    if (seite := request.GET.get("seite", "")).isdecimal():
        query["seite"] = str(int(seite))
    adresse = f"{reverse('placements:suche', args=[suche.pk])}{'?' if query else ''}{urlencode(query)}"
    return f"{adresse}#a-{gezeigt[0]}" if len(gezeigt) == 1 else adresse


def _existing(texte: list[str]) -> list[UUID]:
    """Ids of offers that there are, in the order sent; no more than a page has."""
    ids = []
    for text in texte[: ERGEBNIS.je_seite]:
        with suppress(ValueError):
            ids.append(UUID(text))
    vorhanden = set(list_angebote().filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return [pk for pk in ids if pk in vorhanden]


@require_GET
@require(policies.may_search)
def show_vergleich(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was kept to be compared, side by side, as of now. `?preise=ohne`: for the child and the parents."""
    suche, ansicht = load_suche(request, uuid), read_ansicht(request.GET)
    kriterien, gewichtung = kriterien_of(suche), get_gewichtung(suche.klient_id, preis=ansicht.probe)
    vergleich = compare_angebote(kriterien, [UUID(pk) for pk in suche.gemerkt], gewichtung)
    mit_preisen = shows_preise(request.GET)
    anteile = get_vorgabe(PASSUNG_GEWICHTE)
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.VERGLEICH_ANSEHEN, objekt=suche)
    return render(
        request,
        "placements/auswahl/vergleich.html",
        {
            "suche": suche,
            "ansicht": ansicht,
            "vergleich": vergleich,
            "wege": list_suchwege(akteur=request.akteur, suche=suche) if mit_preisen else [],
            "gruppen": vergleich.list_gruppen(mit_preisen=mit_preisen),
            "ueberschrift": UEBERSCHRIFT.get(len(vergleich.spalten), "Angebote vergleichen"),
            "mit_preisen": mit_preisen,
            "andere_fassung": ansicht.query_with(preise=OHNE_PREISE) if mit_preisen else ansicht.query,
            "probe": describe_probe(ansicht.probe) if ansicht.probe and mit_preisen else "",
            "kippen": describe_kippen(vergleich, kriterien, anteile) if mit_preisen else "",
            "eckdaten": describe_kriterien(suche),
            "breadcrumb": suche_crumbs(suche, "Vergleich", query=ansicht.query),
        },
    )
