"""Brothers and sisters: facilities with a place for each of them, and one act that takes all places or none.

Whose children they are is sent, never in an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.catalogue.selectors import list_felder, list_kriterien
from shared_apps.core.errors import RegelVerletzt, SojusError
from shared_apps.core.seite import posted, show_error, status_of
from shared_apps.core.zahlwort import wie_alt
from shared_apps.providers.rules import kapazitaetswort
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements import policies, rules
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.faelle.selectors.ueberschneidung import (
    describe_ueberschneidungen,
    list_ueberschneidungen_je,
)
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.nacht.selectors.alter import get_alter
from tenant_apps.placements.search.forms import GeschwisterForm, read_ansicht, without_foreign
from tenant_apps.placements.search.selectors.geschwister import (
    ORDNUNGEN,
    Haeuser,
    Haus,
    list_kandidaten,
    list_staende,
    order_of,
    search_haeuser,
)
from tenant_apps.placements.search.selectors.kriterien import Kriterien, kriterien_of
from tenant_apps.placements.search.selectors.passung import get_gewichtung
from tenant_apps.placements.search.selectors.treffer import Ansicht, Sortierung
from tenant_apps.placements.search.selectors.vermerk import label_geschlecht
from tenant_apps.placements.search.views.auswahl import suche_crumbs
from tenant_apps.placements.search.views.ergebnis import describe_kriterien, load_suche
from tenant_apps.placements.services.geschwister import EINE_FUER_ALLE, Angaben, Kindsuche, reserve_haus
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.search import compute_bedarf

ERST_EINES = "Bitte suchen Sie zuerst für eines der Kinder; hier kommen seine Geschwister dazu."
OHNE_GEBURT = "Bitte tragen Sie zuerst das Geburtsdatum ein: {}."
#: Facilities as somebody compares them; the others are counted.
GEZEIGT = 20
#: Children that can be ticked; the others are named by number.
KANDIDATEN = 20


@dataclass(frozen=True, slots=True)
class Geschwisterkind:
    """One of the children with what is asked for her: the first one's criteria, with her own age and sex."""

    fall: Hilfefall
    kriterien: Kriterien

    @property
    def text(self) -> str:
        """Number, age, sex; no name."""
        alter = "" if self.kriterien.alter is None else wie_alt(self.kriterien.alter)
        geschlecht = label_geschlecht(self.kriterien.geschlecht) if self.kriterien.geschlecht else ""
        worte = [_nummer(self.fall), *filter(None, (alter, geschlecht))]
        return format_html_join(", ", "{}", ((wort,) for wort in worte))


@require_http_methods(["GET", "POST"])
@require(policies.may_reserve)
def reserve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask who else, show the facilities with a place for each, take them all."""
    suche, ansicht = load_suche(request, uuid), order_of(read_ansicht(request.GET))
    if suche.gilt_der_familie:
        return _say_one(request, suche, ansicht)
    bookable = policies.bookable_hilfefaelle(request.akteur)
    zur_wahl = _list_kandidaten(request, suche, bookable)
    form = GeschwisterForm(
        posted(request), bookable=bookable, zur_wahl=zur_wahl, ohne=suche.klient_id,
        benennen=lambda fall: _name_kind(fall, suche), nachname=suche.klient.nachname if suche.klient else "",
    )  # fmt: skip
    kinder: list[Geschwisterkind] = []
    if form.is_bound and form.is_valid():
        einrichtung = form.cleaned_data["einrichtung"]
        try:
            kinder = _list_kinder(suche, form.cleaned_data["faelle"])
            if einrichtung:
                reservierungen = _reserve(request, suche, kinder, form, einrichtung.pk, ansicht)
                messages.success(request, _say_reserved(reservierungen))
                return redirect("placements:reservierung", reservierungen[0].pk)
        except SojusError as error:
            show_error(form.place(error), form)
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.GESCHWISTER_ANSEHEN, objekt=suche,
        felder=["geburtsdatum", "geschlecht", "fallnummer"],
    )  # fmt: skip
    if zur_wahl:
        record_access(
            akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.PERSONEN_SUCHEN,
            objekt_art="cases.hilfefall", felder=("vorname", "nachname", "geburtsdatum", "fallnummer"), zeilen=zur_wahl,
        )  # fmt: skip
    if kinder:
        record_access(
            akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.GESCHWISTER_ANSEHEN,
            objekt_art="cases.hilfefall", felder=("geburtsdatum", "geschlecht", "fallnummer"),
            zeilen=[kind.fall for kind in kinder],
        )  # fmt: skip
    haeuser = _search(suche, kinder, ansicht) if kinder else None
    gleichzeitige = [_describe_gleichzeitige(request, kind) for kind in kinder]
    gezeigt = haeuser.passend[:GEZEIGT] if haeuser else ()
    context = {
        "worte": (worte := kapazitaetswort(je_tag=suche.hilfeart.ist_stationaer)),
        "alle": worte.alle(len(kinder)),
        "suche": suche,
        "ansicht": ansicht,
        "zuerst": ORDNUNGEN[ansicht.sortierung],
        "ordnungen": _list_ordnungen(request, ansicht),
        "nach_passung": ansicht.sortierung == Sortierung.PASSUNG,
        "form": form,
        "kinder": kinder,
        "gleichzeitige": [kind for kind in gleichzeitige if kind["hilfen"]],
        "haeuser": haeuser,
        "passend": _describe_haeuser(form, gezeigt, kinder, zweiter=any(kind["hilfen"] for kind in gleichzeitige)),
        "weitere": max(len(haeuser.passend) - GEZEIGT, 0) if haeuser else 0,
        "eckdaten": describe_kriterien(suche),
        "breadcrumb": suche_crumbs(suche, "Geschwister", query=ansicht.query),
    }
    return render(request, "placements/auswahl/geschwister.html", context, status=status_of(form))


def _say_one(request: HttpRequest, suche: Suche, ansicht: Ansicht) -> HttpResponse:
    """There is nothing to reserve for each of them: back to the result, with the reason."""
    messages.info(request, EINE_FUER_ALLE)
    return redirect(f"{reverse('placements:suche', args=[suche.pk])}{ansicht.query}")


def _list_kinder(suche: Suche, faelle: Sequence[Hilfefall]) -> list[Geschwisterkind]:
    if suche.klient is None or suche.hilfefall is None:
        raise RegelVerletzt(ERST_EINES)
    kinder, hat = [], list_felder(list_kriterien(modul_id=suche.hilfeart.modul_id))
    for fall in (suche.hilfefall, *faelle):
        klient = suche.klient if fall.pk == suche.hilfefall_id else fall.klient
        geschlecht, alter = compute_bedarf(klient, kriterien_of(suche))
        if alter is None:
            raise RegelVerletzt(OHNE_GEBURT.format(f"Fall {fall.fallnummer}"), feld="fallnummern")
        eigene = without_foreign({"alter": alter, "geschlecht": geschlecht}, hat)
        kriterien = kriterien_of(suche) if klient is suche.klient else kriterien_of(suche, **eigene)
        kinder.append(Geschwisterkind(fall, kriterien))
    return kinder


def _search(suche: Suche, kinder: Sequence[Geschwisterkind], ansicht: Ansicht) -> Haeuser:
    """As it is shown, with each child's own fit."""
    klienten = [suche.klient_id if kind.fall.pk == suche.hilfefall_id else kind.fall.klient_id for kind in kinder]
    return search_haeuser(
        [kind.kriterien for kind in kinder],
        sortierung=ansicht.sortierung,
        gewichtungen=[get_gewichtung(klient_id, preis=ansicht.probe) for klient_id in klienten],
    )


def _reserve(
    request: HttpRequest,
    suche: Suche,
    kinder: Sequence[Geschwisterkind],
    form: GeschwisterForm,
    einrichtung_id: UUID,
    ansicht: Ansicht,
) -> list[Reservierung]:
    """All of them in this facility; a search is kept for each, as by day."""
    gesagt = ("begruendung", "wuensche", "zweiter_platz")
    return reserve_haus(
        akteur=request.akteur,
        kinder=[_as_kind(suche, kind) for kind in kinder],
        einrichtung_id=einrichtung_id,
        gezeigt=request.POST.get(f"gezeigt-{einrichtung_id}", ""),
        angaben=Angaben(
            **{name: form.cleaned_data[name] for name in gesagt}, sortierung=ansicht.sortierung, probe=ansicht.probe
        ),
    )


def _as_kind(suche: Suche, kind: Geschwisterkind) -> Kindsuche:
    """The first one out of her search, the others by their criteria."""
    if kind.fall.pk != suche.hilfefall_id:
        return Kindsuche(Betroffen(kind.fall.klient, kind.fall), kriterien=kind.kriterien)
    assert suche.klient is not None  # the list was made with her
    return Kindsuche(Betroffen(suche.klient, kind.fall), suche)


def _say_reserved(reservierungen: Sequence[Reservierung]) -> str:
    erste = reservierungen[0]
    nummern = ", ".join(reservierung.nummer for reservierung in reservierungen)
    return (
        f"{len(reservierungen)} {erste.worte.viele} sind reserviert bis"
        f" {erste.ablauf_at.astimezone():%d.%m.%Y}, alle bei {erste.haus.name}. Gemeinsame Nummern: {nummern}."
    )


def _list_kandidaten(request: HttpRequest, suche: Suche, bookable: QuerySet[Hilfefall]) -> list[Hilfefall]:
    if suche.klient is None:
        return []
    return list_kandidaten(
        bookable, klient=suche.klient, fachkraft_id=request.akteur.user_id, hoechstens=KANDIDATEN
    )  # fmt: skip


def _name_kind(fall: Hilfefall, suche: Suche) -> str:
    """Name, age on the first day, number."""
    try:
        alter = get_alter(fall.klient, suche.beginn) if fall.klient.geburtsdatum else None
    except rules.PlanwertError:
        alter = None
    jahre = "Geburtsdatum fehlt" if alter is None else wie_alt(alter)
    return format_html("{}, {}, {}", fall.klient, jahre, _nummer(fall))


def _nummer(fall: Hilfefall) -> str:
    """On one line, however narrow the page."""
    return format_html('<span class="sojus-nowrap">Fall {}</span>', fall.fallnummer)


def _list_ordnungen(request: HttpRequest, ansicht: Ansicht) -> list[dict[str, object]]:
    """Buttons that send the same children again, to see the facilities in another order."""
    return [
        {
            "wort": Sortierung(wert).label,
            "url": f"{request.path}{Ansicht(wert, ansicht.probe).query}",
            "ist_gewaehlt": wert == ansicht.sortierung,
        }
        for wert in ORDNUNGEN
    ]


def _describe_gleichzeitige(request: HttpRequest, kind: Geschwisterkind) -> dict[str, object]:
    """What she has at the same time already, with the way there: a further place takes a reason."""
    gesucht = kind.kriterien
    rows = list_ueberschneidungen_je(
        klient_id=kind.fall.klient_id, hilfearten=gesucht.hilfearten, zeitraum=gesucht.zeitraum
    )
    hilfen = describe_ueberschneidungen(rows, sichtbar=policies.visible_ids(request.akteur, rows))
    return {"text": kind.text, "hilfen": hilfen}


def _describe_haeuser(
    form: GeschwisterForm, haeuser: Sequence[Haus], kinder: Sequence[Geschwisterkind], *, zweiter: bool
) -> list[dict[str, object]]:
    """Each facility with an offer for each child, and the reason where one is asked for or was typed."""
    staende = list_staende(zeile for haus in haeuser for zeile in haus.zeilen)
    gezeigt: list[dict[str, object]] = []
    for haus in haeuser:
        pflicht = zweiter or not all(zeile.im_guenstigsten_drittel for zeile in haus.zeilen)
        grund = form.ask_why(haus.einrichtung_id or "", pflicht=pflicht)
        angebote = [(kind, zeile, staende[zeile.angebot]) for kind, zeile in zip(kinder, haus.zeilen, strict=True)]
        gezeigt.append(
            {"haus": haus, "angebote": angebote, "grund": grund if pflicht or grund.errors or grund.value() else None}
        )
    return gezeigt
