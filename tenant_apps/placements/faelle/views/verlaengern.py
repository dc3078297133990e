"""A booked help goes on: until when, and why."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.frage import Frage
from shared_apps.core.liste import related
from shared_apps.core.seite import crumbs, posted
from shared_apps.core.zeitraum import EIN_TAG, format_datum, monatserster
from tenant_apps.audit.frage import ask_about
from tenant_apps.placements import policies
from tenant_apps.placements.anzeige import SAGEN_SIE_ES
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.faelle.forms import WeiterForm
from tenant_apps.placements.hooks import is_berechnet
from tenant_apps.placements.services.extend import extend_buchung
from tenant_apps.placements.states import BuchungAktion

SCHON_BERECHNET = "Der Monat {} ist schon berechnet"
ERST_DANN = (
    "Für weitere Tage darin gibt es erst dann eine Rechnung, wenn die bisherige beanstandet und neu gestellt ist."
)
_RELATED = ("hilfefall", "einrichtung", "fremdeinrichtung", "hilfeart", "reservierung")


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_BUCHUNG.may(BuchungAktion.VERLAENGERN))
def extend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The last day of a booked help is put off."""
    rows = related(*_RELATED)(policies.changeable_buchungen(request.akteur))
    buchung = get_object_or_404(rows, pk=uuid)
    back = reverse("placements:buchung", args=[buchung.pk])
    danach = buchung.letzter_tag + EIN_TAG
    berechnet = danach.day > 1 and is_berechnet(buchung_id=buchung.pk, monat=monatserster(danach))
    frage = Frage(
        achtung={"title": SCHON_BERECHNET.format(f"{danach:%m/%Y}"), "text": ERST_DANN} if berechnet else None,
        title="Hilfe verlängern",
        action_label="Verlängern",
        text=f"{buchung.worte.Der} bleibt bis dahin gebucht, zu den vereinbarten Entgelten."
        f" {SAGEN_SIE_ES if buchung.ist_ausserhalb else 'Der Anbieter erfährt davon.'}",
        items=[
            ("Fallnummer", buchung.hilfefall.fallnummer),
            ("Einrichtung", buchung.haus.name),
            ("Gebucht bis", format_datum(buchung.letzter_tag)),
        ],
        back=back,
        breadcrumb=crumbs(
            ("Fallmanager", reverse("placements:list")), (buchung.hilfefall.fallnummer, back), "Hilfe verlängern"
        ),
    )
    return ask_about(
        buchung, Vorgang.FALL_SCHRITT, request, frage,
        vorhaben=policies.VERLAENGERN, form=WeiterForm(posted(request)),
        work=lambda data: extend_buchung(buchung=buchung, akteur=request.akteur, **data),
        done=lambda neu: f"Die Hilfe ist bis zum {format_datum(neu.letzter_tag)} verlängert.",
    )  # fmt: skip
