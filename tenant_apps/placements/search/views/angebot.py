"""One offer of a result, with everything needed to decide, and the reservation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.errors import SojusError
from shared_apps.core.seite import posted, show_error, status_of
from shared_apps.core.zeitraum import monatserster
from shared_apps.providers.models import Angebot
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.forms.person import PersonForm
from tenant_apps.placements import policies, rules
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.faelle.selectors.ueberschneidung import (
    describe_ueberschneidungen,
    filter_selber_kreis,
    list_gleichzeitige,
)
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.search.forms import ReservierenForm, read_ansicht
from tenant_apps.placements.search.selectors.angebot import get_detail, list_angebote
from tenant_apps.placements.search.selectors.kriterien import Kriterien, kriterien_of
from tenant_apps.placements.search.selectors.lage import compute_lageskizze
from tenant_apps.placements.search.selectors.passung import Gewichtung, describe_gewichte, get_gewichtung
from tenant_apps.placements.search.selectors.search import Ergebnis, get_region, search_angebot
from tenant_apps.placements.search.selectors.treffer import Ansicht
from tenant_apps.placements.search.selectors.vermerk import describe_probe
from tenant_apps.placements.search.selectors.wen import list_angebotsabweichungen
from tenant_apps.placements.search.views.auswahl import build_person_form, find_betroffen, suche_crumbs
from tenant_apps.placements.search.views.ergebnis import describe_kriterien, load_suche
from tenant_apps.placements.services.person import Betroffen, resolve_klient
from tenant_apps.placements.services.reserve import ANGEBOT_GEAENDERT, reserve_angebot
from tenant_apps.placements.services.search import compute_bedarf


@require_http_methods(["GET", "POST"])
@require(policies.may_reserve)
def show_angebot(request: HttpRequest, uuid: UUID, angebot: UUID) -> HttpResponse:
    """Detail and reservation. Whatever was typed is still there after any error."""
    suche, ansicht = load_suche(request, uuid), read_ansicht(request.GET)
    gewaehlt = get_object_or_404(list_angebote(), pk=angebot)
    gewichtung = get_gewichtung(suche.klient_id, preis=ansicht.probe)
    ergebnis = search_angebot(kriterien_of(suche), angebot, gewichtung=gewichtung)
    if not ergebnis.treffer:
        messages.warning(request, ANGEBOT_GEAENDERT)
        return redirect(f"{reverse('placements:suche', args=[suche.pk])}{ansicht.query}")
    form = ReservierenForm(posted(request), pflicht=not ergebnis.treffer[0].im_guenstigsten_drittel)
    person = None if suche.klient else build_person_form(request, pflicht=True)
    if request.method == "POST" and request.POST.get("aktion") != "filtern" and _all_valid(form, person):
        try:
            reservierung = _reserve(request, suche, angebot, form, person, ansicht)
        except SojusError as error:
            show_error(error, form, *([person] if person else []))
        else:
            messages.success(
                request, f"{gewaehlt.worte.Der} ist reserviert bis {reservierung.ablauf_at.astimezone():%d.%m.%Y}."
            )
            return redirect("placements:reservierung", reservierung.pk)
    if request.POST.get("aktion") == "filtern":
        form.errors.clear()
        if person:
            person.errors.clear()
    weitere = list_weitere(request, suche, find_klient_id(suche, person), gewaehlt.hilfeart)
    if weitere["ueberschneidungen"]:
        form.ask_why_second(len(weitere["ueberschneidungen"]))
    return render(
        request,
        "placements/auswahl/angebot.html",
        {
            "form": form,
            "person": person,
            **weitere,
            **_page(request, suche, gewaehlt, ergebnis, gewichtung, ansicht),
        },
        status=status_of(form, person),
    )


def find_klient_id(suche: Suche, person: PersonForm | None) -> UUID | None:
    """Whom the place is for, as far as the page knows: somebody new has no other stay."""
    if person is None:
        return suche.klient_id
    gewaehlt = getattr(person, "cleaned_data", {}).get("klient")
    return gewaehlt.pk if gewaehlt else None


def list_weitere(
    request: HttpRequest, suche: Suche, klient_id: UUID | None, hilfeart: Hilfeart
) -> dict[str, list[dict]]:
    """Her other places at the same time, each with its way there: those that a second one of this kind of help is asked
    a reason for, and what may well be given beside it."""
    zeitraum = kriterien_of(suche).zeitraum
    rows = [] if klient_id is None else list_gleichzeitige(klient_id=klient_id, zeitraum=zeitraum)
    kreis = filter_selber_kreis(rows, hilfeart=hilfeart, zeitraum=zeitraum)
    sichtbar = policies.visible_ids(request.akteur, rows)
    return {
        "ueberschneidungen": describe_ueberschneidungen(kreis, sichtbar=sichtbar),
        "daneben": describe_ueberschneidungen([row for row in rows if row not in kreis], sichtbar=sichtbar),
    }


def _all_valid(form: ReservierenForm, person: PersonForm | None) -> bool:
    return form.is_valid() & (person is None or person.is_valid())


@transaction.atomic
def _reserve(
    request: HttpRequest,
    suche: Suche,
    angebot_id: UUID,
    form: ReservierenForm,
    person: PersonForm | None,
    ansicht: Ansicht,
) -> Reservierung:
    betroffen = find_betroffen(request, person) if person else betroffen_of(request, suche)
    assert betroffen is not None  # the form insists on somebody
    return reserve_angebot(
        akteur=request.akteur,
        suche=suche,
        angebot_id=angebot_id,
        betroffen=betroffen,
        begruendung=form.cleaned_data["begruendung"],
        wuensche=form.cleaned_data["wuensche"],
        zweiter_platz=form.cleaned_data["zweiter_platz"],
        gezeigt=form.cleaned_data["gezeigt"],
        sortierung=ansicht.sortierung,
        probe=ansicht.probe,
    )


def betroffen_of(request: HttpRequest, suche: Suche) -> Betroffen:
    """Whom the search was made for, with her case."""
    assert suche.klient is not None  # or the page would have asked
    if suche.hilfefall:
        return Betroffen(suche.klient, suche.hilfefall)
    return resolve_klient(akteur=request.akteur, klient=suche.klient)


def _page(
    request: HttpRequest,
    suche: Suche,
    angebot: Angebot,
    ergebnis: Ergebnis,
    gewichtung: Gewichtung,
    ansicht: Ansicht,
) -> dict[str, Any]:
    kriterien, (eintrag,) = ergebnis.kriterien, ergebnis.treffer
    region = get_region(suche.region)
    detail = get_detail(
        angebot=angebot,
        kriterien=kriterien.of_kind(angebot.hilfeart_id),
        region=region,
        klient=suche.klient,
        gewichtung=gewichtung,
        guenstigstes=ergebnis.guenstigstes,
    )
    record_access(
        akteur=request.akteur,
        aktion=Aktion.LESEN,
        vorgang=Vorgang.ANGEBOT_ANSEHEN,
        objekt=suche,
        felder=["klient"],
    )
    land = Gebietskoerperschaft.objects.filter(land=region.land)
    return {
        "suche": suche,
        "ansicht": ansicht,
        "probe": describe_probe(ansicht.probe) if ansicht.probe else "",
        "eintrag": eintrag,
        "verfuegbar": ergebnis.verfuegbar,
        "detail": detail,
        "angebot": angebot,
        "einrichtung": angebot.einrichtung,
        "lage": compute_lageskizze(angebot.einrichtung, list(land)),
        "gewichte": describe_gewichte(),
        "kriterien": kriterien,
        "eckdaten": describe_kriterien(suche),
        "budgetmonat": monatserster(kriterien.beginn),
        "warnungen": _warnungen(suche, kriterien, angebot),
        "reservierbar": eintrag.verfuegbar and detail.vakanz.frei > 0 and detail.preis is not None,
        "ist_auswaertig": rules.ist_auswaertig(angebot.einrichtung.gebietskoerperschaft.ags, request.tenant.ags[:5]),
        "breadcrumb": suche_crumbs(suche, angebot.einrichtung.name, query=ansicht.query),
    }


def _warnungen(suche: Suche, kriterien: Kriterien, angebot: Angebot) -> list[str]:
    """What the offer is not made for. It may still be right: the provider decides with the consent."""
    if suche.klient is None:
        return []
    geschlecht, alter = compute_bedarf(suche.klient, kriterien)
    return list(list_angebotsabweichungen(angebot, suche.hilfeart, alter=alter, geschlecht=geschlecht))
