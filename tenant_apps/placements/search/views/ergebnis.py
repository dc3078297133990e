"""The result of a kept search: the list as it was found, with what has gone since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from shared_apps.accounts.guards import require
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.filter_query import build_url_without, warn_ignored
from shared_apps.core.geld import format_zahl
from shared_apps.core.zahlwort import anzahl, anzahl_jahre
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.selectors import count_vakanzen
from shared_apps.occupancy.selectors.frei import Frei, list_frei
from shared_apps.occupancy.selectors.stopps import list_nichtaufnahmen
from shared_apps.providers.rules import Nichtaufnahme, Vakanzstand
from shared_apps.providers.selectors.vakanz import list_vakanzstaende
from shared_apps.regions.selectors import list_kurznamen
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Reichweite, Vorgang, describe_suchgebiet
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.forms import TrefferFilterForm
from tenant_apps.placements.search.selectors.ausschluss import get_aufschluesselung
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.merkmale import describe_merkmale
from tenant_apps.placements.search.selectors.treffer import Sortierung, clean_sortierung, list_treffer, sort_treffer
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.search.selectors.vermerk import label_geschlecht, list_spezialisierungen
from tenant_apps.placements.search.views.auswahl import suche_crumbs
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.search import create_suche

WEITER = {
    Reichweite.EIGENE.value: [
        (Reichweite.NACHBARN.value, "In den Nachbarkreisen suchen"),
        (Reichweite.LAND.value, "Landesweit suchen"),
    ],
    Reichweite.NACHBARN.value: [(Reichweite.LAND.value, "Landesweit suchen")],
}


def load_suche(request: HttpRequest, uuid: UUID) -> Suche:
    """A search the person may see; anything else is 404."""
    suchen = policies.visible_suchen(request.akteur).select_related("hilfeart", "klient", "hilfefall")
    return get_object_or_404(suchen, pk=uuid)


@require_GET
@require(policies.may_search)
def show_suche(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The overview: available offers by cost, or by distance or fit; occupied ones on request."""
    suche = load_suche(request, uuid)
    sortierung = clean_sortierung(request.GET.get("sort"))
    alle = request.GET.get("zeige") == "alle"
    form = TrefferFilterForm(request.GET)
    form.is_valid()
    warn_ignored(request, form, sortierungen=Sortierung.values)
    zeilen = sort_treffer(list_treffer(suche), sortierung)
    zeitraum, ids = Zeitraum.from_range(suche.zeitraum), [zeile.angebot for zeile in zeilen]
    jetzt, gestoppt = count_vakanzen(ids, zeitraum), list_nichtaufnahmen(ids, zeitraum.beginn)
    staende = list_vakanzstaende(zeile.angebot for zeile in zeilen)
    kreise = list_kurznamen()
    passend = [z for z in zeilen if _matches(z, kreise, request)]
    gezeigt = [z for z in passend if alle or z.verfuegbar]
    frei = list_frei([z.angebot for z in gezeigt if not (jetzt.get(z.angebot) and z.vakanzen)], zeitraum)
    verfuegbar = sum(z.verfuegbar for z in passend)
    letzte = _last_of_third(gezeigt) if sortierung == Sortierung.KOSTEN else None
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.SUCHE_ANSEHEN, objekt=suche)
    return render(
        request,
        "placements/auswahl/ergebnis.html",
        {
            "suche": suche,
            "zeilen": [
                Ergebniszeile(
                    z,
                    kreise.get(z.kreis, z.kreis),
                    _is_gone(z, jetzt),
                    staende.get(z.angebot),
                    gestoppt.get(z.angebot),
                    frei.get(z.angebot),
                    letzte_im_drittel=z is letzte,
                )
                for z in gezeigt
            ],
            "filter": form,
            "passend": len(passend),
            "passend_verfuegbar": verfuegbar,
            "ueberschrift": _ueberschrift(
                suche, len(passend), verfuegbar, alle=alle, eingegrenzt=len(passend) < len(zeilen)
            ),
            "eingegrenzt": len(passend) < len(zeilen),
            "chips": _chips(request),
            "sortierung": sortierung,
            "alle": alle,
            "summe": get_aufschluesselung(suche),
            "weiter": WEITER.get(suche.reichweite, []),
            "eckdaten": describe_kriterien(suche, kreise),
            "vergangen": suche.letzter_tag < today(),
            "breadcrumb": suche_crumbs(suche),
        },
    )


def _ueberschrift(suche: Suche, passend: int, verfuegbar: int, *, alle: bool, eingegrenzt: bool) -> str:
    """What the search found, and what the filter leaves of it."""
    if suche.ist_ergebnislos:
        return "Kein freies Angebot"
    if eingegrenzt and alle:
        return f"{passend} von {anzahl(suche.angebote_gesamt, 'Angebot', 'Angeboten')}, {verfuegbar} verfügbar"
    if eingegrenzt:
        frei = anzahl(suche.angebote_verfuegbar, "verfügbaren Angebot", "verfügbaren Angeboten")
        return f"{verfuegbar} von {frei}"
    if alle:
        return f"{anzahl(suche.angebote_gesamt, 'Angebot', 'Angebote')}, {suche.angebote_verfuegbar} verfügbar"
    return anzahl(suche.angebote_verfuegbar, "verfügbares Angebot", "verfügbare Angebote")


@dataclass(frozen=True, slots=True)
class Ergebniszeile:
    """A kept line with what is known now: whether its last place has gone or it takes nobody in, and how old the
    vacancies are."""

    treffer: Trefferzeile
    kreis: str
    vergeben: bool
    stand: Vakanzstand | None
    nichtaufnahme: Nichtaufnahme | None
    #: From when it is free, where it is not free in the whole period.
    frei: Frei | None
    letzte_im_drittel: bool


def _is_gone(zeile: Trefferzeile, jetzt: dict[UUID, int]) -> bool:
    return zeile.verfuegbar and jetzt.get(zeile.angebot, 0) == 0


def _matches(zeile: Trefferzeile, kreise: Mapping[str, str], request: HttpRequest) -> bool:
    if request.GET.get("drittel") and not zeile.im_guenstigsten_drittel:
        return False
    text = request.GET.get("text", "").strip().lower()
    kreis = f"{kreise.get(zeile.kreis, '')} {zeile.kreis}"
    felder = (zeile.einrichtung, zeile.anbieter, zeile.ort, zeile.angebot_name, kreis)
    return not text or any(text in feld.lower() for feld in felder)


def _last_of_third(zeilen: list[Trefferzeile]) -> Trefferzeile | None:
    """Below it the table draws its line; None when nothing is beyond."""
    drinnen = [zeile for zeile in zeilen if zeile.im_guenstigsten_drittel]
    return drinnen[-1] if 0 < len(drinnen) < sum(z.verfuegbar for z in zeilen) else None


def _chips(request: HttpRequest) -> list[dict[str, str]]:
    chips = []
    if text := request.GET.get("text", "").strip():
        chips.append({"label": f"„{text}“", "remove_url": build_url_without(request, "text")})
    if request.GET.get("drittel"):
        chips.append({"label": "nur günstigstes Drittel", "remove_url": build_url_without(request, "drittel")})
    if request.GET.get("zeige") == "alle":
        chips.append({"label": "alle Angebote", "remove_url": build_url_without(request, "zeige")})
    return chips


def describe_kriterien(suche: Suche, kreise: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """What was searched for, as label and value. `kreise`: names of districts, where they have been read."""
    region = (list_kurznamen() if kreise is None else kreise).get(suche.region, suche.region)
    kriterien = kriterien_of(suche)
    werte = [
        ("Zeitraum", f"{suche.beginn:%d.%m.%Y} – {suche.letzter_tag:%d.%m.%Y}"),
        ("Dauer", f"{_zahl(suche.tage)} Tage, {_zahl(suche.wochen)} Wochen"),
        ("Hilfeart", str(suche.hilfeart)),
        ("Region", describe_suchgebiet(region, suche.reichweite)),
    ]
    if kriterien.hilfeart.ist_stationaer:
        werte.append(("Tage je Woche", f"{_zahl(suche.tage_je_woche)} = {_zahl(kriterien.menge)} Tage"))
    else:
        werte.append(("Stunden je Woche", f"{_zahl(suche.stunden_je_woche)} = {_zahl(kriterien.menge)} Stunden"))
    if suche.geschlecht:
        werte.append(("Geschlecht", label_geschlecht(suche.geschlecht)))
    if suche.alter is not None:
        werte.append(("Alter", anzahl_jahre(suche.alter)))
    if suche.spezialisierungen:
        werte.append(("Spezialisierungen", ", ".join(list_spezialisierungen(suche.spezialisierungen))))
    werte += [(name, wert) for name, wert in describe_merkmale(suche.hilfeart, suche.merkmale)]
    if suche.klient:
        fall = f" · {suche.hilfefall.fallnummer}" if suche.hilfefall else ""
        werte.insert(0, ("Person", f"{suche.klient}{fall}"))
    return [{"label": label, "wert": wert} for label, wert in werte]


def _zahl(wert: Decimal | None) -> str:
    return "–" if wert is None else format_zahl(wert, 2)


@require_POST
@require(policies.may_search)
def repeat_suche(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same search again as of now, farther afield when asked; it is kept as a search of its own."""
    suche = load_suche(request, uuid)
    reichweite = request.POST.get("reichweite", suche.reichweite)
    if reichweite not in Reichweite.values:
        reichweite = suche.reichweite
    betroffen = Betroffen(suche.klient, suche.hilfefall) if suche.klient and suche.hilfefall else None
    kriterien = kriterien_of(suche, reichweite=reichweite)
    try:
        neu = create_suche(akteur=request.akteur, kriterien=kriterien, betroffen=betroffen)
    except RegelVerletzt as error:
        messages.error(request, error.message)
        return redirect("placements:suche", suche.pk)
    return redirect(reverse("placements:suche", args=[neu.pk]))
