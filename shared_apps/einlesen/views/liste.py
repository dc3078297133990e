"""Lists that are read into the register: all of them, a new one, and what one may hold.

The pages run on shared tables at every host, as those about rates do: no role of an office writes the register.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.catalogue.selectors import list_hilfearten, list_spezialisierungen
from shared_apps.core.csv_export import csv_response
from shared_apps.core.errors import SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.seite import crumbs, posted, show_error, status_of
from shared_apps.core.xlsx_export import Blatt, xlsx_response
from shared_apps.einlesen import policies, selectors
from shared_apps.einlesen.enums import Gegenstand, Wartend
from shared_apps.einlesen.forms import DateiForm, EinlesungFilter
from shared_apps.einlesen.katalog import SPALTEN
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.services import vorbereiten as services
from tenants.door.middleware import runs_on_shared_tables

LISTEN = ("Listen einlesen", "/anbieter/einlesen/")
_DATEIEN = {"csv", "xlsx"}


def get_einlesung(request: HttpRequest, pk: UUID) -> Einlesung:
    """A list that the person may see; 404 otherwise."""
    return get_object_or_404(selectors.with_people(policies.visible_einlesungen(request.akteur)), pk=pk)


def trail(einlesung: Einlesung, *weiter: str) -> list[dict[str, str]]:
    """The breadcrumb of a page below one list."""
    hier = (einlesung.dateiname, reverse("einlesen:detail", args=[einlesung.pk]))
    return crumbs(LISTEN, hier, *weiter)


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def einlesung_list(request: HttpRequest) -> HttpResponse:
    """Lists of one's own office, or the operator's."""
    form = EinlesungFilter(request.GET)
    nur = form.values()["nur"]
    warn_ignored(request, form)
    visible = policies.visible_einlesungen(request.akteur)
    rows = policies.waiting_einlesungen(request.akteur, Wartend(nur)) if nur else visible
    page = selectors.EINLESUNGEN.page(request, selectors.list_einlesungen(rows), unter=visible)
    context = {
        "form": form,
        "page": page,
        "stehende": selectors.list_stehende(page.object_list),
        "wartet_auf_sie": {e.pk for e in page.object_list if policies.waits_for(request.akteur, e)},
        "breadcrumb": crumbs(LISTEN[0]),
    }
    return render(request, "einlesen/list.html", context)


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Send a file; what its columns are is asked next."""
    form = DateiForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, inhalt = form.cleaned_data["datei"]
        try:
            einlesung = services.create_einlesung(akteur=request.akteur, dateiname=name, inhalt=inhalt)
        except SojusError as error:
            show_error(error, form)
        else:
            return redirect("einlesen:assign", pk=einlesung.pk)
    context = {"form": form, "breadcrumb": crumbs(LISTEN, "Neue Liste")}
    return render(request, "einlesen/create.html", context, status=status_of(form))


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def columns(request: HttpRequest) -> HttpResponse:
    """What a list may hold, column by column, and the codes of the catalogue; `?format=csv` and `?format=xlsx` give the
    list that is to be filled in."""
    if (datei := request.GET.get("format", "")) in _DATEIEN:
        return _musterliste(datei)
    warn_ignored(request, bekannt={"format": _DATEIEN})
    gruppen = [(art.label, [spalte for spalte in SPALTEN if spalte.art == art]) for art in Gegenstand]
    context = {
        "gruppen": gruppen,
        "hilfearten": list_hilfearten(),
        "spezialisierungen": list_spezialisierungen(),
        "breadcrumb": crumbs(LISTEN, "Musterliste und Spalten"),
    }
    return render(request, "einlesen/columns.html", context)


def _musterliste(datei: str) -> HttpResponse:
    """A list with one line, to be filled in."""
    kopf, zeilen = [spalte.label for spalte in SPALTEN], [[spalte.beispiel for spalte in SPALTEN]]
    if datei == "csv":
        return csv_response("musterliste-anbieter.csv", kopf, zeilen)
    return xlsx_response("musterliste-anbieter.xlsx", [Blatt("Anbieter", kopf, zeilen, zum_ausfuellen=True)])
