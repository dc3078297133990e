"""The held place: the number to say, whom to call, what the law asks for now, and what is entered the next day."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from shared_apps.accounts.guards import require
from shared_apps.core.errors import SojusError
from shared_apps.core.liste import related
from shared_apps.core.seite import Knopf, buttons, crumbs, posted, status_of
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import HilfefallZustand
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Nachtpflicht, Vorgang
from tenant_apps.placements.models import Nachtaufnahme
from tenant_apps.placements.nacht.forms import PflichtForm, ZusageForm
from tenant_apps.placements.nacht.selectors.aufnahme import (
    EIGENE,
    NACHZUTRAGEN,
    PFLICHTEN_OFFEN,
    describe_eigene,
    describe_gesucht,
    describe_zeilen,
    gesucht_of,
    get_stand,
    list_offene,
    list_pflichten,
    open_aufnahmen,
    with_open_pflichten,
)
from tenant_apps.placements.nacht.selectors.telefone import list_telefone
from tenant_apps.placements.services.nacht import (
    record_zusage,
    release_nacht,
    settle_pflicht,
    withdraw_zusage,
)
from tenant_apps.placements.states import ReservierungAktion, ReservierungZustand

ZURUECK = "Die Zusage ist zurückgenommen. Im Verlauf der Reservierung steht beides."
NICHT_GEHALTEN = "Dieser Platz wurde schon nicht mehr gehalten."
_RELATED = ("klient", "hilfefall", "reservierung__einrichtung__anbieter", "reservierung__angebot", "zugesagt_von")


def _load(request: HttpRequest, uuid: UUID) -> Nachtaufnahme:
    rows = policies.visible_nachtaufnahmen(request.akteur)
    return get_object_or_404(related(*_RELATED)(rows), pk=uuid)


@require_GET
@require(policies.may_reserve_nachts)
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Until when it is held, the number, the telephone, the duties."""
    return _show(request, _load(request, uuid))


def _show(request: HttpRequest, aufnahme: Nachtaufnahme, form: PflichtForm | ZusageForm | None = None) -> HttpResponse:
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.NACHT_ANSEHEN, objekt=aufnahme,
        felder=["alter", "geschlecht", "fallnummer"],
    )  # fmt: skip
    haus, stand = aufnahme.reservierung.haus, get_stand(aufnahme)
    offen = aufnahme.hilfefall.zustand != HilfefallZustand.ABGESCHLOSSEN
    context = {
        "offen": offen,
        "mit_pflichten": offen and not stand.freigegeben,
        "aufnahme": aufnahme,
        "reservierung": aufnahme.reservierung,
        "haus": haus,
        "stand": stand,
        "buchen": buttons(
            policies.SCHRITTE_RESERVIERUNG,
            ReservierungZustand(aufnahme.reservierung.zustand),
            request.akteur,
            {ReservierungAktion.BUCHEN: Knopf("placements:book", "Verbindlich buchen")},
            aufnahme.reservierung_id,
        )
        if stand.zugestimmt
        else [],
        "telefon": list_telefone([haus]).get(haus.pk),
        "gesucht": describe_gesucht(gesucht_of(aufnahme)),
        "pflichten": list_pflichten(aufnahme),
        "may_reserve": policies.may_reserve(request.akteur),
        "breadcrumb": crumbs(("Heute Nacht", reverse("placements:nacht")), "Gehaltener Platz"),
    }
    return render(request, "placements/nacht/gehalten.html", context, status=status_of(form))


@require_POST
@require(policies.may_reserve_nachts)
def note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The house has said yes, or that was a mistake."""
    aufnahme, form = _load(request, uuid), ZusageForm(posted(request))
    if not form.is_valid():
        return _show(request, aufnahme, form)
    zurueck = form.cleaned_data["zurueck"]
    try:
        (withdraw_zusage if zurueck else record_zusage)(akteur=request.akteur, aufnahme=aufnahme)
    except SojusError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, ZURUECK if zurueck else "Die Zusage ist notiert. Das Haus bestätigt sie noch im Portal."
        )
    return redirect("placements:nacht_gehalten", uuid)


@require_POST
@require(policies.may_reserve_nachts)
def release(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Undo: the place is free again at once. What was held no longer is said to be so."""
    try:
        gehalten = release_nacht(akteur=request.akteur, aufnahme=_load(request, uuid))
    except SojusError as error:
        messages.error(request, error.message)
        return redirect("placements:nacht_gehalten", uuid)
    if gehalten:
        messages.success(request, "Der Platz ist wieder frei.")
    else:
        messages.info(request, NICHT_GEHALTEN)
    return redirect("placements:nacht")


@require_POST
@require(policies.may_reserve_nachts)
def tick(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A duty is done, or the tick was a mistake."""
    aufnahme, form = _load(request, uuid), PflichtForm(posted(request))
    if not form.is_valid():
        return _show(request, aufnahme, form)
    try:
        settle_pflicht(
            akteur=request.akteur,
            aufnahme=aufnahme,
            pflicht=Nachtpflicht(form.cleaned_data["pflicht"]),
            erledigt=form.cleaned_data["erledigt"],
        )
    except SojusError as error:
        messages.error(request, error.message)
    return redirect(f"{reverse('placements:nacht_gehalten', args=[uuid])}#pflichten")


@require_GET
@require(policies.may_reserve)
def list_nachzutragen(request: HttpRequest) -> HttpResponse:
    """Children whose name and birth are still to be entered, the ones that are due first."""
    sichtbar = policies.visible_nachtaufnahmen(request.akteur)
    page = NACHZUTRAGEN.page(request, open_aufnahmen(sichtbar), unter=sichtbar)
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.NACHT_NACHZUTRAGEN,
        objekt_art="placements.nachtaufnahme", felder=("fallnummer", "alter", "geschlecht"), zeilen=list(page),
    )  # fmt: skip
    context = {"page": page, "zeilen": describe_zeilen(list(page)), "breadcrumb": crumbs("Angaben nachtragen")}
    return render(request, "placements/nacht/nachzutragen.html", context)


@require_GET
@require(policies.may_reserve)
def list_pflichten_offen(request: HttpRequest) -> HttpResponse:
    """Children of the night for whom a duty of § 42 is still open, the oldest first."""
    sichtbar = policies.visible_nachtaufnahmen(request.akteur)
    page = PFLICHTEN_OFFEN.page(request, with_open_pflichten(sichtbar), unter=sichtbar)
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.NACHT_PFLICHTEN,
        objekt_art="placements.nachtaufnahme", felder=("fallnummer", "alter", "geschlecht"), zeilen=list(page),
    )  # fmt: skip
    context = {"page": page, "zeilen": list_offene(list(page)), "breadcrumb": crumbs("Offene Pflichten nach § 42")}
    return render(request, "placements/nacht/pflichten.html", context)


@require_GET
@require(policies.may_work_nights)
def list_eigene(request: HttpRequest) -> HttpResponse:
    """What she, on call, has taken in, until the office takes it over; the newest first."""
    rows = policies.visible_nachtaufnahmen(request.akteur)
    page = EIGENE.page(request, rows, unter=rows)
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.NACHT_EIGENE,
        objekt_art="placements.nachtaufnahme", felder=("fallnummer", "alter", "geschlecht"), zeilen=list(page),
    )  # fmt: skip
    context = {
        "page": page,
        "zeilen": describe_eigene(list(page)),
        "breadcrumb": crumbs(("Heute Nacht", reverse("placements:nacht")), "Von Ihnen aufgenommen"),
    }
    return render(request, "placements/nacht/eigene.html", context)
