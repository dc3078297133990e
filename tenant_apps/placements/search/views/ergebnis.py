"""The result of a kept search: a page of what it finds now."""

from __future__ import annotations

from collections.abc import Mapping
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
from shared_apps.core.zahlwort import anzahl, anzahl_genau, dauer, wie_alt
from shared_apps.regions.selectors import list_kurznamen
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies, rules
from tenant_apps.placements.enums import Reichweite, Vorgang, describe_suchgebiet
from tenant_apps.placements.hooks import list_absagen_of, list_suchwege
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.forms import OHNE_PREISE, TrefferFilter, read_anderes, read_ansicht, shows_preise
from tenant_apps.placements.search.selectors.auftraege import find_auftrag
from tenant_apps.placements.search.selectors.ausschluss import get_aufschluesselung
from tenant_apps.placements.search.selectors.ergebnis import ERGEBNIS, build_ergebniszeilen, find_mahnung
from tenant_apps.placements.search.selectors.fast_passend import (
    change_kriterien,
    group_fast_passend,
    list_fast_passend,
)
from tenant_apps.placements.search.selectors.kriterien import kriterien_of, without_bedarf
from tenant_apps.placements.search.selectors.markt import Markt
from tenant_apps.placements.search.selectors.merkmale import describe_merkmale
from tenant_apps.placements.search.selectors.passung import get_gewichtung
from tenant_apps.placements.search.selectors.pflege import find_pflege
from tenant_apps.placements.search.selectors.search import Seitenleser, Zahlen, is_as_kept
from tenant_apps.placements.search.selectors.treffer import (
    GLEICHSTAND,
    SORTIERUNGEN,
    Eingrenzung,
    Sortierung,
    order_without_preise,
)
from tenant_apps.placements.search.selectors.vergleich import list_gemerkte
from tenant_apps.placements.search.selectors.vermerk import describe_gesuchtes, label_geschlecht
from tenant_apps.placements.search.views.auswahl import suche_crumbs
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.search import create_suche, find_widersprueche

#: Filters that a sheet without prices keeps.
NICHTS_VOM_PREIS = ("km", "frisch", "text", "zeige")
WEITER = {
    Reichweite.EIGENE.value: [
        (Reichweite.NACHBARN.value, "In den Nachbarkreisen suchen"),
        (Reichweite.LAND.value, "Landesweit suchen"),
    ],
    Reichweite.NACHBARN.value: [(Reichweite.LAND.value, "Landesweit suchen")],
    Reichweite.UMKREIS.value: [(Reichweite.LAND.value, "Landesweit suchen")],
}

#: Labels of criteria that follow from the days.
_FOLGT = ("Dauer", "Gerechnet bis", "Tage je Woche", "Stunden je Woche")
GEAENDERT = "Das ist eine neue Suche, anders als die vorige: {}. Die vorige bleibt unter „Letzte Suchen“."


def load_suche(request: HttpRequest, uuid: UUID) -> Suche:
    """A search the person may see; anything else is 404."""
    suchen = policies.visible_suchen(request.akteur).select_related("hilfeart", "klient", "hilfefall")
    return get_object_or_404(suchen, pk=uuid)


@require_GET
@require(policies.may_search)
def show_suche(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the search finds now, a page of it in one of its orders, narrowed by a filter. `?preise=ohne`: for the child
    and the parents."""
    suche = load_suche(request, uuid)
    if not shows_preise(request.GET):
        return _show_ohne_preise(request, suche)
    kriterien, ansicht = kriterien_of(suche), read_ansicht(request.GET)
    form = TrefferFilter(request.GET, ist_stationaer=suche.hilfeart.ist_stationaer)
    eingrenzung = form.eingrenzung()
    warn_ignored(request, form, sortierungen=Sortierung.values)
    leser = Seitenleser(
        kriterien,
        sortierung=ansicht.sortierung,
        eingrenzung=eingrenzung,
        je_seite=ERGEBNIS.je_seite,
        gewichtung=get_gewichtung(suche.klient_id, preis=ansicht.probe),
    )
    kreise, absagen = list_kurznamen(), list_absagen_of(akteur=request.akteur, suche=suche)
    page = ERGEBNIS.page_of(
        request, leser.find, lambda nummern: build_ergebniszeilen(kriterien, leser.load(nummern), kreise, absagen)
    )
    form.say_how_many(leser.markt.facetten)
    fast_passend = list_fast_passend(suche, region=leser.region)
    fast_gruppen = group_fast_passend(fast_passend)
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.SUCHE_ANSEHEN, objekt=suche)
    return render(
        request,
        "placements/auswahl/ergebnis.html",
        {
            "suche": suche,
            "wege": list_suchwege(akteur=request.akteur, suche=suche),
            "page": page,
            "mahnt": find_mahnung([*page]),
            "filter": form,
            "ueberschrift": _ueberschrift(leser.markt, leser.zahlen, eingrenzung),
            "chips": [{"label": wort, "remove_url": build_url_without(request, name)} for name, wort in form.chips()],
            "ansicht": ansicht,
            "sortierung": ansicht.sortierung,
            "gemerkte": list_gemerkte(suche),
            "hoechstens": rules.VERGLEICH_BIS,
            "letzte_im_drittel": _last_of_third(leser.markt, page.start_index, ansicht.sortierung, eingrenzung),
            "gleichstand": GLEICHSTAND,
            "summe": get_aufschluesselung(suche),
            "heute": leser.zahlen,
            "hat_sich_geaendert": not is_as_kept(suche, leser.zahlen),
            "pflege": find_pflege(kriterien, leser.find_guenstigstes),
            "fast_passend": fast_passend,
            "fast_gruppen": fast_gruppen,
            "fast_anzahl": sum(gruppe.erste.insgesamt for gruppe in fast_gruppen),
            "weiter": WEITER.get(suche.reichweite, []),
            "eckdaten": describe_kriterien(suche, kreise),
            "auftrag": find_auftrag(suche),
            "vergangen": suche.endet_am is not None and suche.endet_am < today(),
            "widersprueche": find_widersprueche(suche.klient, kriterien) if suche.klient else (),
            "breadcrumb": suche_crumbs(suche),
        },
    )


def _show_ohne_preise(request: HttpRequest, suche: Suche) -> HttpResponse:
    """The same list without anything that tells a price: neither its order nor what it leaves out."""
    kriterien, gewichtung = kriterien_of(suche), get_gewichtung(suche.klient_id)
    form = TrefferFilter(request.GET, ist_stationaer=suche.hilfeart.ist_stationaer)
    eingrenzung = form.eingrenzung().ohne_preise
    warn_ignored(request, form, bekannt={"preise": (OHNE_PREISE,)}, sortierungen=Sortierung.values)
    preis_zaehlt = gewichtung.gewichte.preis > 0
    sortierung = order_without_preise(read_ansicht(request.GET).sortierung, preis_zaehlt=preis_zaehlt)
    leser = Seitenleser(
        kriterien, sortierung=sortierung, eingrenzung=eingrenzung, je_seite=ERGEBNIS.je_seite, gewichtung=gewichtung,
        mit_preisen=False,
    )  # fmt: skip
    kreise = list_kurznamen()
    page = ERGEBNIS.page_of(
        request, leser.find, lambda nummern: build_ergebniszeilen(kriterien, leser.load(nummern), kreise)
    )
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.SUCHE_ANSEHEN, objekt=suche)
    return render(
        request,
        "placements/auswahl/ergebnis_ohne_preise.html",
        {
            "suche": suche,
            "page": page,
            "ueberschrift": _ueberschrift(leser.markt, leser.zahlen, eingrenzung),
            "eingegrenzt": [wort for name, wort in form.chips() if name in NICHTS_VOM_PREIS],
            "reihenfolge": dict(SORTIERUNGEN)[sortierung],
            "mit_passung": not preis_zaehlt,
            "mit_preisen_url": build_url_without(request, "preise"),
            "eckdaten": describe_kriterien(suche, kreise, mit_preisen=False),
            "breadcrumb": suche_crumbs(suche, "Ohne Preise"),
        },
    )


def _ueberschrift(markt: Markt, zahlen: Zahlen, eingrenzung: Eingrenzung) -> str:
    """What the search finds now, and what the filter leaves of it."""
    if zahlen.verfuegbar == 0:
        return "Kein freies Angebot"
    if eingrenzung.ist_enger and eingrenzung.alle:
        return f"{markt.anzahl} von {anzahl(zahlen.gesamt, 'Angebot', 'Angeboten')}, {markt.frei} verfügbar"
    if eingrenzung.ist_enger:
        frei = anzahl(zahlen.verfuegbar, "verfügbaren Angebot", "verfügbaren Angeboten")
        return f"{markt.frei} von {frei}"
    if eingrenzung.alle:
        return f"{anzahl(zahlen.gesamt, 'Angebot', 'Angebote')}, {zahlen.verfuegbar} verfügbar"
    return anzahl(zahlen.verfuegbar, "verfügbares Angebot", "verfügbare Angebote")


def _last_of_third(markt: Markt, erste: int, sortierung: str, eingrenzung: Eingrenzung) -> int | None:
    """Below which line of the page, counted from 1, the table says that the third ends; None where nothing is
    beyond."""
    drinnen = markt.facetten["drittel"]
    if sortierung != Sortierung.KOSTEN or eingrenzung.drittel or not 0 < drinnen < markt.frei:
        return None
    return drinnen - erste + 1


def describe_kriterien(
    suche: Suche, kreise: Mapping[str, str] | None = None, *, mit_preisen: bool = True
) -> list[dict[str, str]]:
    """What was searched for, as label and value. `kreise`: names of districts, where they have been read. Without
    prices nobody needs to know which days of an open help they are of."""
    region = (list_kurznamen() if kreise is None else kreise).get(suche.region, suche.region)
    kriterien = kriterien_of(suche)
    werte = [
        ("Zeitraum", suche.wann),
        (
            f"Gerechnet bis {suche.letzter_tag:%d.%m.%Y}" if suche.ohne_ende else "Dauer",
            dauer(suche.tage, suche.wochen),
        ),
        ("Hilfearten" if kriterien.weitere else "Hilfeart", "; ".join(map(str, kriterien.hilfearten))),
        ("Region", describe_suchgebiet(region, suche.reichweite, plz=suche.umkreis_plz, km=suche.umkreis_km)),
    ]
    if kriterien.hilfeart.ist_stationaer:
        menge = anzahl_genau(kriterien.menge, "Tag", "Tage")
        werte.append(("Tage je Woche", f"{_zahl(suche.tage_je_woche)} = {menge}"))
    else:
        menge = anzahl_genau(kriterien.menge, "Stunde", "Stunden")
        werte.append(("Stunden je Woche", f"{_zahl(suche.stunden_je_woche)} = {menge}"))
    if suche.geschlecht:
        werte.append(("Geschlecht", label_geschlecht(suche.geschlecht)))
    if suche.alter is not None:
        werte.append(("Alter", wie_alt(suche.alter)))
    gesuchtes = describe_gesuchtes(
        spezialisierungen=suche.spezialisierungen,
        verknuepfung=suche.verknuepfung,
        sprachen=suche.sprachen,
        barrierefrei=suche.barrierefrei,
        bestaetigt_tage=suche.bestaetigt_tage,
    )
    werte += [(label, wert) for label, wert in gesuchtes if wert]
    werte += [(name, wert) for name, wert in describe_merkmale(suche.hilfeart, suche.merkmale)]
    if suche.ohne_ende and not mit_preisen:
        del werte[1]
    if suche.klient:
        fall = f" · {suche.hilfefall.fallnummer}" if suche.hilfefall else ""
        werte.insert(0, ("Person", f"{suche.klient}{fall}"))
    return [{"label": label, "wert": wert} for label, wert in werte]


def _zahl(wert: Decimal | None) -> str:
    return "–" if wert is None else format_zahl(wert, 2)


@require_POST
@require(policies.may_search)
def repeat_suche(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same search again as of now, farther afield, for other days or without one need; a search of its own."""
    suche = load_suche(request, uuid)
    reichweite = request.POST.get("reichweite", suche.reichweite)
    if reichweite not in Reichweite.values or (reichweite == Reichweite.UMKREIS and not suche.umkreis_plz):
        reichweite = suche.reichweite
    betroffen = Betroffen(suche.klient, suche.hilfefall) if suche.klient and suche.hilfefall else None
    kriterien = change_kriterien(suche, reichweite=reichweite, **read_anderes(request.POST, suche))
    kriterien = without_bedarf(kriterien, request.POST.get("ohne", ""))
    try:
        neu = create_suche(akteur=request.akteur, kriterien=kriterien, betroffen=betroffen)
    except RegelVerletzt as error:
        messages.error(request, error.message)
        neu = suche
    if geaendert := _list_geaenderte(suche, neu):
        messages.info(request, GEAENDERT.format(", ".join(geaendert)))
    return redirect(f"{reverse('placements:suche', args=[neu.pk])}{read_ansicht(request.GET).query}")


def _list_geaenderte(vorher: Suche, nachher: Suche) -> list[str]:
    """What is asked for otherwise than before, in words of the result, without what: it may be what a child needs."""
    alt, neu = ({zeile["label"]: zeile["wert"] for zeile in describe_kriterien(suche)} for suche in (vorher, nachher))
    return [label for label in alt | neu if alt.get(label) != neu.get(label) and not label.startswith(_FOLGT)]
