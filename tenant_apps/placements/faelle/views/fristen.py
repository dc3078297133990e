"""Extend a reservation, or give the place back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.frage import Frage
from shared_apps.core.liste import related
from shared_apps.core.seite import crumbs, posted
from shared_apps.core.zahlwort import anzahl_tage
from tenant_apps.audit.frage import ask_about
from tenant_apps.audit.services import Vorhaben
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.faelle.forms import VerlaengernForm, ZurueckziehenForm
from tenant_apps.placements.faelle.selectors.vorgang import describe_abgelaufen
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.rules import VERLAENGERN_BIS_TAGE
from tenant_apps.placements.services.fristen import compute_tage_frei, extend_reservierung, withdraw_reservierung
from tenant_apps.placements.states import ReservierungAktion

AUSGESCHOEPFT = (
    f"Die Frist reicht schon so weit, wie es geht: höchstens {anzahl_tage(VERLAENGERN_BIS_TAGE)} ab heute."
    " Verlängern können Sie sie in einigen Tagen wieder."
)


def _load(request: HttpRequest, uuid: UUID) -> Reservierung:
    rows = policies.changeable_reservierungen(request.akteur)
    return get_object_or_404(related("hilfefall", "einrichtung", "buchung")(rows), pk=uuid)


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_RESERVIERUNG.may(ReservierungAktion.VERLAENGERN))
def extend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for the days and move the expiry."""
    reservierung = _load(request, uuid)
    frei = compute_tage_frei(reservierung)
    return _ask(
        request,
        reservierung,
        ReservierungAktion.VERLAENGERN,
        vorab=describe_abgelaufen(reservierung) or (AUSGESCHOEPFT if frei < 1 else ""),
        form=VerlaengernForm(posted(request), frei=frei),
        title="Frist verlängern",
        action_label="Frist verlängern",
        text=f"{reservierung.worte.Der} bleibt so lange gehalten; der Anbieter sieht die neue Frist.",
        work=lambda data: extend_reservierung(akteur=request.akteur, reservierung=reservierung, tage=data["tage"]),
        done=lambda neu: f"Die Reservierung gilt jetzt bis {_ablauf(neu)}.",
    )


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_RESERVIERUNG.may(ReservierungAktion.ZURUECKZIEHEN))
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for the reason and give the place back."""
    reservierung = _load(request, uuid)
    return _ask(
        request,
        reservierung,
        ReservierungAktion.ZURUECKZIEHEN,
        form=ZurueckziehenForm(posted(request)),
        title="Reservierung zurückziehen?",
        action_label="Zurückziehen",
        text=f"{reservierung.worte.Der} ist danach sofort wieder für alle Jugendämter frei.",
        level="danger",
        work=lambda data: withdraw_reservierung(akteur=request.akteur, reservierung=reservierung, grund=data["grund"]),
        done=f"Die Reservierung ist zurückgezogen, {reservierung.worte.der} ist wieder frei.",
    )


def _ablauf(reservierung: Reservierung) -> str:
    return f"{reservierung.ablauf_at.astimezone():%d.%m.%Y, %H:%M} Uhr"


def _ask(
    request: HttpRequest,
    reservierung: Reservierung,
    aktion: ReservierungAktion,
    *,
    form: forms.Form,
    work: Callable[[dict[str, Any]], Reservierung],
    done: str | Callable[[Reservierung], str],
    vorab: str = "",
    **worte: Any,
) -> HttpResponse:
    back = reverse("placements:reservierung", args=[reservierung.pk])
    frage = Frage(
        back=back,
        items=[
            ("Fallnummer", reservierung.hilfefall.fallnummer),
            ("Einrichtung", reservierung.haus.name),
            ("Läuft ab am", _ablauf(reservierung)),
        ],
        breadcrumb=crumbs(
            ("Fallmanager", reverse("placements:list")),
            (reservierung.hilfefall.fallnummer, back),
            worte["action_label"],
        ),
        **worte,
    )
    return ask_about(
        reservierung, Vorgang.RESERVIERUNG_SCHRITT, request, frage,
        vorhaben=Vorhaben(policies.SCHRITTE_RESERVIERUNG, aktion), vorab=vorab, form=form, work=work, done=done,
    )  # fmt: skip
