"""What a provider offers: a new facility, a new offer, its places; at the portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.catalogue.selectors import find_hilfeart, has_mehrere_module, list_hilfearten
from shared_apps.core import seite
from shared_apps.core.clock import today
from shared_apps.core.seite import Stufe, crumbs, posted
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers import policies
from shared_apps.providers.forms.angebote import AngebotForm, NeuesAngebotForm, PlaetzeForm
from shared_apps.providers.forms.platznamen import PlatznamenForm
from shared_apps.providers.forms.stammdaten import NeueEinrichtungForm
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung
from shared_apps.providers.selectors import angebote as selectors
from shared_apps.providers.selectors.erlaubnis import list_erlaubnisse
from shared_apps.providers.selectors.own import describe_plz
from shared_apps.providers.services import angebote as services
from shared_apps.providers.services.platznamen import update_platznamen
from shared_apps.providers.views.own import EIGENE, crumbs_below, portal_only


@require(policies.may_offer_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def create_einrichtung(request: HttpRequest) -> HttpResponse:
    """A new facility of one's own provider."""
    anbieter = policies.own_anbieter(request.akteur).filter(gueltig_bis=None)
    form = NeueEinrichtungForm(posted(request), anbieter=anbieter)

    def work(data: dict[str, Any]) -> tuple[str, str]:
        einrichtung = services.create_einrichtung(
            akteur=request.akteur,
            anbieter=data.pop("anbieter"),
            gebietskoerperschaft=data.pop("gebietskoerperschaft"),
            angaben=data,
        )
        gesagt = f"„{einrichtung.name}“ ist eingetragen. {describe_plz(einrichtung)}".strip()
        return gesagt, reverse("providers:facility", args=[einrichtung.pk])

    return enter(request, form, work, title="Neue Einrichtung", back=EIGENE[1])


@require(policies.may_offer_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def create_angebot(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new offer of one's own facility."""
    einrichtung = get_object_or_404(policies.own_einrichtungen(request.akteur), pk=pk)
    back = reverse("providers:facility", args=[einrichtung.pk])
    hilfeart = find_hilfeart(request.GET.get("hilfeart", ""))
    if hilfeart is None and posted(request) is None and has_mehrere_module():
        context = {"arten": _nach_modul(), "breadcrumb": crumbs_below(einrichtung, "Neues Angebot")}
        return render(request, "providers/hilfeart_wahl.html", context | {"einrichtung": einrichtung, "back": back})
    genannt = {"hilfeart": hilfeart} if hilfeart else {}
    form = NeuesAngebotForm(posted(request), initial={"beginn": today()} | genannt | _alter_der_erlaubnis(einrichtung))

    def work(data: dict[str, Any]) -> tuple[str, str]:
        angebot = services.create_angebot(
            akteur=request.akteur,
            einrichtung=einrichtung,
            hilfeart=data.pop("hilfeart"),
            beginn=data.pop("beginn"),
            plaetze=data.pop("plaetze"),
            letzter_tag=data.pop("letzter_tag"),
            angaben=data,
        )
        return f"„{angebot.name}“ ist eingetragen. Das Entgelt vereinbaren Sie mit dem Jugendamt am Standort.", back

    title = "Neues Angebot"
    return enter(request, form, work, ort=einrichtung, title=title, lead=str(einrichtung.name), back=back)


def _alter_der_erlaubnis(einrichtung: Einrichtung) -> dict[str, int]:
    """The ages that the licence of today allows: what a new offer begins with, for more would be refused."""
    erlaubnis = list_erlaubnisse([einrichtung.pk], today()).get(einrichtung.pk)
    return {"alter_von": erlaubnis.alter_von, "alter_bis": erlaubnis.alter_bis} if erlaubnis else {}


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_angebot(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whom one's own offer takes, and what is said of it."""
    angebot = _angebot(request, pk)
    form = AngebotForm(posted(request), instance=angebot)
    back = reverse("providers:facility", args=[angebot.einrichtung_id])

    def work(data: dict[str, Any]) -> tuple[str, str]:
        angaben = {feld: data[feld] for feld in form.changed_data}
        services.update_angebot(akteur=request.akteur, angebot=angebot, angaben=angaben, gelesen=form.marken)
        return f"Die Angaben zu „{angebot.name}“ sind gespeichert.", back

    lead = f"{angebot.name}, {angebot.hilfeart}"
    return enter(request, form, work, ort=angebot.einrichtung, title="Angebot ändern", lead=lead, back=back)


@require(policies.may_offer_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def change_plaetze(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How many places one's own offer has from a day on."""
    angebot = _angebot(request, pk)
    plaetze, tag = selectors.count_plaetze(angebot), selectors.stichtag(angebot)
    worte = angebot.worte
    form = PlaetzeForm(posted(request), initial={"anzahl": plaetze, "ab": tag}, label=worte.label)
    back = reverse("providers:facility", args=[angebot.einrichtung_id])

    def work(data: dict[str, Any]) -> tuple[str, str]:
        services.update_platzzahl(
            akteur=request.akteur,
            angebot=angebot,
            anzahl=data["anzahl"],
            ab=data["ab"],
            letzter_tag=data["letzter_tag"],
            gelesen=form.marken,
        )
        neu = anzahl(data["anzahl"], worte.eins, worte.viele)
        return f"„{angebot.name}“ hat vom {format_datum(data['ab'])} an {neu}.", back

    wann = "heute" if tag == today() else f"am {format_datum(tag)}"
    lead = f"{angebot.name}: {wann} {anzahl(plaetze, worte.eins, worte.viele)}. {worte.vergebene}"
    return enter(request, form, work, ort=angebot.einrichtung, title=worte.aendern, lead=lead, back=back)


def _nach_modul() -> Any:
    return list_hilfearten().select_related("modul").order_by("modul__sortierung", "modul__code", "sortierung", "code")


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def name_plaetze(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the house calls the places of one's own offer."""
    angebot = _angebot(request, pk)
    form = PlatznamenForm(posted(request), plaetze=selectors.list_plaetze(angebot))
    back = reverse("providers:facility", args=[angebot.einrichtung_id])

    def work(data: dict[str, Any]) -> tuple[str, str]:
        geaendert = update_platznamen(akteur=request.akteur, angebot=angebot, namen=form.namen(), gelesen=form.marken)
        namen = f"{anzahl(geaendert, 'Name', 'Namen')} geändert" if geaendert else "Die Namen bleiben, wie sie sind"
        return f"„{angebot.name}“: {namen}.", back

    lead = (
        f"{angebot.name}, {angebot.einrichtung.name}. Den Namen eines Platzes sieht Ihr Haus, zum Beispiel „Zimmer 3“."
    )
    lead += " Bitte keine Namen von Kindern."
    return enter(request, form, work, ort=angebot.einrichtung, title="Plätze benennen", lead=lead, back=back)


def _angebot(request: HttpRequest, pk: UUID) -> Angebot:
    rows = policies.own_angebote(request.akteur).select_related("einrichtung", "hilfeart")
    return get_object_or_404(rows, pk=pk)


def enter(
    request: HttpRequest,
    form: Any,
    work: Callable[[dict[str, Any]], tuple[str, str]],
    *,
    title: str,
    back: str,
    ort: Anbieter | Einrichtung | None = None,
    davor: tuple[Stufe, ...] = (),
    lead: str = "Diese Angaben sehen alle Jugendämter.",
) -> HttpResponse:
    """The page of one form about what a provider offers (`seite.enter`), below `ort` and the pages `davor`; without
    one below its own facilities."""
    breadcrumb = crumbs_below(ort, *davor, title) if ort is not None else crumbs(EIGENE, *davor, title)
    return seite.enter(request, form, work, name=title, lead=lead, back=back, breadcrumb=breadcrumb)
