"""A booked help goes on: until when, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.frage import Frage
from shared_apps.core.geld import format_geld
from shared_apps.core.liste import related
from shared_apps.core.seite import crumbs, posted
from shared_apps.core.zeitraum import EIN_TAG, format_datum, monatserster
from tenant_apps.audit.frage import ask_about
from tenant_apps.placements import policies
from tenant_apps.placements.anzeige import SAGEN_SIE_ES
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.faelle.forms import WeiterForm
from tenant_apps.placements.hooks import is_berechnet
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.services.extend import compute_verlaengerung, extend_buchung
from tenant_apps.placements.states import BuchungAktion

SCHON_BERECHNET = "Der Monat {} ist schon berechnet"
ERST_DANN = (
    "Für weitere Tage darin gibt es erst dann eine Rechnung, wenn die bisherige beanstandet und neu gestellt ist."
)
BITTE_ANSEHEN = "Noch ist nichts geändert. Bitte sehen Sie an, was die Verlängerung kostet, und bestätigen Sie sie."
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
        text=f"{buchung.worte.Der} bleibt bis dahin gebucht; die weiteren Tage kosten, was dann vereinbart ist."
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
    form = WeiterForm(posted(request))
    return ask_about(
        buchung, Vorgang.FALL_SCHRITT, request, frage,
        vorhaben=policies.VERLAENGERN, form=form,
        first=lambda data: _preview(request, buchung, form, frage, data),
        work=lambda data: extend_buchung(
            buchung=buchung, akteur=request.akteur, letzter_tag=data["letzter_tag"], begruendung=data["begruendung"],
            gezeigt=data["gezeigt"],
        ),
        done=lambda neu: f"Die Hilfe ist bis zum {format_datum(neu.letzter_tag)} verlängert.",
    )  # fmt: skip


def _preview(
    request: HttpRequest, buchung: Buchung, form: WeiterForm, frage: Frage, data: dict[str, Any]
) -> Frage | None:
    """The question with what it would cost; None once that was shown for this day."""
    neu = compute_verlaengerung(
        buchung=buchung, akteur=request.akteur, letzter_tag=data["letzter_tag"], begruendung=data["begruendung"]
    )
    if (data["gezeigt_bis"], data["gezeigt"]) == (neu.letzter_tag, neu.soll_kosten):
        return None
    form.show(neu)
    kosten = [
        ("Soll-Kosten bisher", format_geld(buchung.soll_kosten)),
        (f"Dazu bis {format_datum(neu.letzter_tag)}", format_geld(neu.soll_kosten - buchung.soll_kosten)),
        {"label": "Soll-Kosten dann", "wert": format_geld(neu.soll_kosten), "summe": "1"},
    ]
    return replace(frage, items=[*frage.items, *kosten], text=BITTE_ANSEHEN, action_label="Jetzt verlängern")
