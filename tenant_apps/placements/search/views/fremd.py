"""Facilities that are not in the register: the office's own list, and booking there from a search (ADR 0089)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.errors import RegelVerletzt, SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.seite import crumbs, enter, posted, show_error, status_of
from shared_apps.core.zeitraum import monatserster
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.forms.person import PersonForm
from tenant_apps.placements import policies
from tenant_apps.placements.anzeige import BITTE_ANSEHEN, WELCHE_ANSEHEN
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.forms import read_bewilligt
from tenant_apps.placements.models import Buchung, Fremdeinrichtung, Suche
from tenant_apps.placements.search.forms import (
    FremdbuchungForm,
    FremdeFilter,
    FremdeinrichtungForm,
    FremdentgeltForm,
    NeueFremdeinrichtungForm,
    ProbeForm,
    VorschlagForm,
    read_ansicht,
)
from tenant_apps.placements.search.selectors.fremd import (
    AENDERUNGEN,
    ENTGELTE,
    FREMDEINRICHTUNGEN,
    compute_fremdkosten,
    filter_fremde,
    list_fremdangebote,
)
from tenant_apps.placements.search.selectors.kriterien import Kriterien, kriterien_of
from tenant_apps.placements.search.selectors.treffer import Ansicht, Sortierung
from tenant_apps.placements.search.views.angebot import betroffen_of, find_klient_id, list_weitere
from tenant_apps.placements.search.views.auswahl import build_person_form, find_betroffen, suche_crumbs
from tenant_apps.placements.search.views.ergebnis import describe_kriterien, load_suche
from tenant_apps.placements.services.aufenthalt import Angabe, find_ueberlagert_bis
from tenant_apps.placements.services.fremd import (
    ANGABEN,
    Entgeltangabe,
    Zusage,
    book_fremdeinrichtung,
    create_fremdeinrichtung,
    create_fremdentgelt,
    find_hindernis,
    is_vorgeschlagen,
    list_vorgeschlagene,
    submit_fremdeinrichtung,
    update_fremdeinrichtung,
)
from tenants.tables.reads import shows_no_person

TITEL = "Außerhalb des Verzeichnisses"


@require_GET
@require(policies.may_read_fremde)
def list_fremde(request: HttpRequest) -> HttpResponse:
    """The office's own list, by name."""
    form = FremdeFilter(request.GET)
    werte = form.values()
    warn_ignored(request, form, sortierungen=FREMDEINRICHTUNGEN.sortierungen)
    alle = Fremdeinrichtung.objects.all()
    rows = filter_fremde(
        alle,
        land=werte["land"],
        auch_alte=bool(werte["alte"]),
        vorgeschlagene=list_vorgeschlagene() if werte["vorschlag"] else None,
    )
    context = {
        "page": FREMDEINRICHTUNGEN.page(request, rows, unter=alle),
        "sortierung": FREMDEINRICHTUNGEN.get_wunsch(request.GET.get("sort", "")),
        "form": form,
        "gefiltert": any(werte.values()),
        "darf_schreiben": policies.may_search(request.akteur),
        "breadcrumb": _crumbs(request),
    }
    return render(request, "placements/fremde/liste.html", context)


@require_GET
@require(policies.may_read_fremde)
def show_fremde(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One facility: what is known of it, its rates, what was changed."""
    einrichtung = _load(uuid)
    darf_schreiben = policies.may_search(request.akteur)
    vorgeschlagen = is_vorgeschlagen(einrichtung)
    context = {
        "einrichtung": einrichtung,
        "vorgeschlagen": vorgeschlagen,
        "entgelte": ENTGELTE.page(request, einrichtung.entgelte.all()),
        "aenderungen": AENDERUNGEN.page(request, einrichtung.aenderungen.all(), key="verlauf"),
        "darf_schreiben": darf_schreiben,
        "kann_vorschlagen": darf_schreiben and find_hindernis(einrichtung) is None,
        "breadcrumb": _crumbs(request, einrichtung.name),
    }
    return render(request, "placements/fremde/einrichtung.html", context)


@shows_no_person("only which kind of help a search is for")
@require_http_methods(["GET", "POST"])
@require(policies.may_search)
def create(request: HttpRequest) -> HttpResponse:
    """Enter a facility with its first rate; `?suche=<uuid>`: and go on booking there."""
    suche = _suche_of(request)
    form = NeueFremdeinrichtungForm(posted(request), neu=True, initial={"hilfeart": suche and suche.hilfeart})
    ansicht = read_ansicht(request.GET)
    back = _url_auswaehlen(suche, ansicht) if suche else reverse("placements:fremde")

    def work(data: dict[str, Any]) -> tuple[str, str]:
        einrichtung = create_fremdeinrichtung(akteur=request.akteur, angaben=_angaben(data), entgelt=_entgelt(data))
        ziel = (
            f"{reverse('placements:fremde_buchen', args=[suche.pk, einrichtung.pk])}{ansicht.query}"
            if suche
            else reverse("placements:fremde_einrichtung", args=[einrichtung.pk])
        )
        return "Die Einrichtung steht jetzt in der Liste Ihres Jugendamtes.", ziel

    return enter(
        request, form, work,
        name="Einrichtung eintragen",
        lead="Für Einrichtungen, die nicht im Verzeichnis stehen. Die Liste lesen nur Fachkräfte Ihres Jugendamtes;"
        " Namen von Kindern gehören nicht hinein.",
        back=back, breadcrumb=_crumbs(request, "Einrichtung eintragen"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require(policies.may_search)
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change what is written of a facility; what was before stays in its history."""
    einrichtung = _load(uuid)
    initial = {name: getattr(einrichtung, name) for name in (*ANGABEN, "ist_aktiv")}
    form = FremdeinrichtungForm(posted(request), initial=initial)

    def work(data: dict[str, Any]) -> tuple[str, str]:
        angaben = _angaben(data) | {"ist_aktiv": data["ist_aktiv"]}
        update_fremdeinrichtung(akteur=request.akteur, einrichtung=einrichtung, angaben=angaben, gelesen=form.marken)
        return "Die Einrichtung ist gespeichert.", _url(einrichtung)

    return enter(
        request, form, work, name="Einrichtung ändern", lead="Was vorher hier stand, bleibt im Verlauf.",
        back=_url(einrichtung), breadcrumb=_crumbs(request, (einrichtung.name, _url(einrichtung)), "Ändern"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require(policies.may_search)
def add_entgelt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A rate, or the one that follows."""
    einrichtung = _load(uuid)

    def work(data: dict[str, Any]) -> tuple[str, str]:
        create_fremdentgelt(akteur=request.akteur, einrichtung=einrichtung, entgelt=_entgelt(data))
        return "Das Entgelt ist eingetragen.", _url(einrichtung)

    return enter(
        request, FremdentgeltForm(posted(request)), work,
        name="Entgelt eintragen",
        lead="Ein Entgelt, das bis auf Weiteres gilt, endet am Tag vor dem neuen. Was gebucht ist, behält seinen"
        " Betrag.",
        back=_url(einrichtung), breadcrumb=_crumbs(request, (einrichtung.name, _url(einrichtung)), "Entgelt"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require(policies.may_search)
def propose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Propose it to the register: its own office decides, as of every provider."""
    einrichtung = _load(uuid)
    form = VorschlagForm(posted(request), initial={"email": einrichtung.email})

    def work(data: dict[str, Any]) -> tuple[str, str]:
        submit_fremdeinrichtung(akteur=request.akteur, einrichtung=einrichtung, angaben=data)
        return "Vorgeschlagen. Die Einrichtung bekommt eine E-Mail, mit der sie den Antrag bestätigt.", _url(
            einrichtung
        )

    return enter(
        request, form, work,
        name="Für das Verzeichnis vorschlagen",
        lead=f"{einrichtung.name}, {einrichtung.anbieter}: Die Einrichtung bestätigt den Antrag mit dem Link einer"
        " E-Mail, danach entscheiden zwei Personen des Jugendamtes in ihrem Kreis. Von Ihrem Fall erfährt niemand.",
        back=_url(einrichtung), breadcrumb=_crumbs(request, (einrichtung.name, _url(einrichtung)), "Vorschlagen"),
    )  # fmt: skip


@require_GET
@require(policies.may_search)
def choose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Which of the list, for a search: what each would cost."""
    suche, ansicht = load_suche(request, uuid), read_ansicht(request.GET)
    warn_ignored(request, ProbeForm(request.GET), sortierungen=Sortierung.values)
    rows = filter_fremde(Fremdeinrichtung.objects.all())
    page = FREMDEINRICHTUNGEN.page(request, rows, unter=Fremdeinrichtung.objects.all())
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.FREMDE_ANSEHEN, objekt=suche, felder=["klient"]
    )
    context = {
        "suche": suche,
        "ansicht": ansicht,
        "neu": f"{reverse('placements:fremde_neu')}{ansicht.query_with(suche=str(suche.pk))}",
        "page": page,
        "angebote": list_fremdangebote(suche, list(page)),
        "eckdaten": describe_kriterien(suche),
        "breadcrumb": suche_crumbs(suche, TITEL, query=ansicht.query),
    }
    return render(request, "placements/fremde/auswaehlen.html", context)


@require_http_methods(["GET", "POST"])
@require(policies.may_reserve)
def book(request: HttpRequest, uuid: UUID, einrichtung: UUID) -> HttpResponse:
    """Book there. Whatever was typed is still there after any error."""
    suche, haus, ansicht = load_suche(request, uuid), _load(einrichtung), read_ansicht(request.GET)
    person = None if suche.klient else build_person_form(request, pflicht=True)
    ist_klar = person is None or person.is_valid()
    klient_id = find_klient_id(suche, person)
    gesucht, ist_neu = kriterien_of(suche), False
    art = _read_hilfeart(request, gesucht)
    kriterien = _read_kriterien(request, gesucht if art is None else gesucht.of_kind(art.pk))
    form = FremdbuchungForm(
        posted(request), ueberlagert_bis=_find_ueberlagert(request, kriterien, klient_id),
        planung_bis=suche.letzter_tag if suche.ohne_ende else None, hilfearten=gesucht.hilfearten,
    )  # fmt: skip
    if request.method == "POST" and request.POST.get("aktion") != "filtern":
        if form.is_valid() & ist_klar:
            ist_neu = _is_unseen(form, kriterien)
            try:
                buchung = None if ist_neu else _book(request, suche, haus, art, form, person, ansicht)
            except SojusError as error:
                show_error(error, form, *([person] if person else []))
            else:
                if buchung:
                    messages.success(request, f"Gebucht bei {haus.name}. Die Hilfe steht im Fallmanager.")
                    return redirect("placements:buchung", buchung.pk)
    elif request.method == "POST":
        form.errors.clear()
        if person:
            person.errors.clear()
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.FREMDE_ANSEHEN, objekt=suche, felder=["klient"]
    )
    detail = compute_fremdkosten(suche, haus, kriterien) if art else None
    context = {
        "suche": suche,
        "einrichtung": haus,
        "bitte_ansehen": _ask_to_look(gesucht, art) if ist_neu and detail and detail.preis else "",
        "bisher": compute_fremdkosten(suche, haus, gesucht) if ist_neu and not gesucht.weitere else None,
        "form": form,
        "person": person,
        "hilfeart": art,
        "detail": detail,
        "gerechnet": {"letzter_tag": kriterien.ende, "tage": kriterien.tage, "wochen": kriterien.wochen},
        "budgetmonat": monatserster(kriterien.beginn),
        "eckdaten": describe_kriterien(suche),
        **list_weitere(request, suche, klient_id, kriterien.hilfeart),
        "breadcrumb": suche_crumbs(suche, (TITEL, _url_auswaehlen(suche, ansicht)), haus.name, query=ansicht.query),
    }
    return render(request, "placements/fremde/buchen.html", context, status=status_of(form, person))


def _book(
    request: HttpRequest,
    suche: Suche,
    haus: Fremdeinrichtung,
    hilfeart: Hilfeart | None,
    form: FremdbuchungForm,
    person: PersonForm | None,
    ansicht: Ansicht,
) -> Buchung:
    """Whom it is for, and the booking: both or nothing."""
    data = form.cleaned_data
    with transaction.atomic():
        betroffen = find_betroffen(request, person) if person else betroffen_of(request, suche)
        assert betroffen is not None  # the form insists on somebody
        return book_fremdeinrichtung(
            akteur=request.akteur,
            suche=suche,
            einrichtung=haus,
            betroffen=betroffen,
            zusage=Zusage(data["zugesagt_am"], data["zugesagt_durch"] or ""),
            begruendung=data["begruendung"],
            wuensche=data["wuensche"],
            zweiter_platz=data["zweiter_platz"],
            gezeigt=data["gezeigt"],
            sortierung=ansicht.sortierung,
            probe=ansicht.probe,
            letzter_tag=data.get("letzter_tag"),
            hilfeart=hilfeart,
            angabe=Angabe(
                data.get("ueberlagerung", ""), data.get("ueberlagerung_bis"), data.get("ueberlagerung_grund", "")
            ),
        )


def _read_hilfeart(request: HttpRequest, gesucht: Kriterien) -> Hilfeart | None:
    """Which kind of help would be booked: the one that was searched for, of several the one that was chosen."""
    if not gesucht.weitere:
        return gesucht.hilfeart
    return next((art for art in gesucht.hilfearten if art.code == request.POST.get("hilfeart")), None)


def _ask_to_look(gesucht: Kriterien, art: Hilfeart | None) -> str:
    """What is said above a price that has not been shown yet."""
    return WELCHE_ANSEHEN.format(art) if gesucht.weitere else BITTE_ANSEHEN


def _read_kriterien(request: HttpRequest, kriterien: Kriterien) -> Kriterien:
    """What would be booked: as it was searched for; of an open help to the day that was typed, or planned where none
    was or it cannot be."""
    if not kriterien.ohne_ende:
        return kriterien
    tage = read_bewilligt(posted(request), kriterien.rechenzeitraum)
    neu = replace(kriterien, ende=tage.letzter_tag or kriterien.ende, ohne_ende=False)
    try:
        neu.check()
    except RegelVerletzt:
        return replace(kriterien, ohne_ende=False)
    return neu


def _is_unseen(form: FremdbuchungForm, kriterien: Kriterien) -> bool:
    """Whether what it costs was not shown yet: for that kind of help, or to the last day that was typed, where that
    day can be."""
    data = form.cleaned_data
    if data.get("hilfeart") != data.get("gezeigt_art"):
        return True
    return "letzter_tag" in data and data["letzter_tag"] == kriterien.ende != data["gezeigt_bis"]


def _find_ueberlagert(request: HttpRequest, kriterien: Kriterien, klient_id: UUID | None) -> date | None:
    """Until when it could lie over a booked stay of hers; what was sent is judged by all of them."""
    if klient_id is None:
        return None
    return find_ueberlagert_bis(
        klient_id=klient_id, hilfeart=kriterien.hilfeart, tage=kriterien.rechenzeitraum,
        auch_gesperrte=request.method == "POST",
    )  # fmt: skip


def _load(uuid: UUID) -> Fremdeinrichtung:
    rows = Fremdeinrichtung.objects.select_related("kreis", "eingetragen_von", "vorgeschlagen_von")
    return get_object_or_404(rows, pk=uuid)


def _suche_of(request: HttpRequest) -> Suche | None:
    """The search somebody came from (`?suche=<uuid>`)."""
    if not request.GET.get("suche"):
        return None
    try:
        return get_object_or_404(
            policies.visible_suchen(request.akteur).select_related("hilfeart"), pk=request.GET["suche"]
        )
    except ValidationError as error:
        raise Http404 from error


def _angaben(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] if name == "kreis" else data[name] or "" for name in ANGABEN}


def _entgelt(data: Mapping[str, Any]) -> Entgeltangabe:
    return Entgeltangabe(data["hilfeart"], data["betrag"], data["ab"], data["quelle"], bis=data["bis"])


def _url(einrichtung: Fremdeinrichtung) -> str:
    return reverse("placements:fremde_einrichtung", args=[einrichtung.pk])


def _url_auswaehlen(suche: Suche, ansicht: Ansicht) -> str:
    """The list to choose from, for a result that was shown so."""
    return f"{reverse('placements:fremde_auswaehlen', args=[suche.pk])}{ansicht.query}"


def _crumbs(request: HttpRequest, *mehr: Any) -> list[dict[str, str]]:
    """Start / HzE-Auswahl / list / …; who only reads the list may not open the search."""
    suche = [("HzE-Auswahl", reverse("placements:search"))] if policies.may_search(request.akteur) else []
    return crumbs(*suche, (TITEL, reverse("placements:fremde")), *mehr)
