"""Extend a reservation, or give the place back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.errors import Konflikt, RegelVerletzt
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies
from tenant_apps.placements.forms import VerlaengernForm, ZurueckziehenForm
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.services.fristen import extend_reservierung, withdraw_reservierung
from tenant_apps.placements.views.auswahl import show_error


def _load(request: HttpRequest, uuid: UUID) -> Reservierung:
    rows = policies.changeable_reservierungen(request.akteur).select_related("hilfefall", "einrichtung")
    return get_object_or_404(rows, pk=uuid)


@require_http_methods(["GET", "POST"])
@require(policies.may_reserve)
def extend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for the days and move the expiry."""

    def work(reservierung: Reservierung, data: dict[str, Any]) -> str:
        neu = extend_reservierung(akteur=request.akteur, reservierung=reservierung, tage=data["tage"])
        return f"Die Reservierung gilt jetzt bis {neu.ablauf_at.astimezone():%d.%m.%Y, %H:%M} Uhr."

    text = "Der Platz bleibt so lange gehalten; der Anbieter sieht die neue Frist."
    return _ask(request, uuid, VerlaengernForm, work, title="Frist verlängern", action="Frist verlängern", text=text)


@require_http_methods(["GET", "POST"])
@require(policies.may_reserve)
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for the reason and give the place back."""

    def work(reservierung: Reservierung, data: dict[str, Any]) -> str:
        withdraw_reservierung(akteur=request.akteur, reservierung=reservierung, grund=data["grund"])
        return "Die Reservierung ist zurückgezogen, der Platz ist wieder frei."

    return _ask(
        request, uuid, ZurueckziehenForm, work, title="Reservierung zurückziehen?", action="Zurückziehen",
        text="Der Platz ist danach sofort wieder für alle Jugendämter frei.", level="danger",
    )  # fmt: skip


def _ask(
    request: HttpRequest,
    uuid: UUID,
    form_class: type[forms.Form],
    work: Callable[[Reservierung, dict[str, Any]], str],
    *,
    title: str,
    action: str,
    text: str,
    level: str = "",
) -> HttpResponse:
    reservierung = _load(request, uuid)
    zurueck = reverse("placements:reservierung", args=[reservierung.pk])
    form = form_class(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            message = work(reservierung, form.cleaned_data)
        except RegelVerletzt as error:
            show_error(error, form)
        except Konflikt as error:
            form.add_error(None, error.message)
            status = 409
        else:
            messages.success(request, message)
            return redirect(zurueck)
    if form.errors and status == 200:
        status = 422
    context = {
        "title": title,
        "text": text,
        "action_label": action,
        "level": level,
        "form": form,
        "cancel_url": zurueck,
        "items": [
            {"label": "Fallnummer", "wert": reservierung.hilfefall.fallnummer},
            {"label": "Einrichtung", "wert": reservierung.einrichtung.name},
            {"label": "Läuft ab am", "wert": f"{reservierung.ablauf_at.astimezone():%d.%m.%Y, %H:%M} Uhr"},
        ],
        "breadcrumb": [
            {"label": "Start", "url": "/"},
            {"label": "Fallmanager", "url": reverse("placements:list")},
            {"label": reservierung.pseudonym, "url": zurueck},
            {"label": action},
        ],
    }
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang="reservierung.schritt", objekt=reservierung)
    return render(request, "placements/auswahl/frage.html", context, status=status)
