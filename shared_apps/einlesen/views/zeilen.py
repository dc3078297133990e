"""The columns and lines of one list: assigned, looked at, given back to be mended."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.csv_export import csv_response
from shared_apps.core.errors import SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.geld import format_zahl
from shared_apps.core.seite import is_just_opened, posted, show_error, status_of
from shared_apps.einlesen import policies, selectors
from shared_apps.einlesen.enums import Befund
from shared_apps.einlesen.forms import ZeilenFilter, ZuordnungForm
from shared_apps.einlesen.services import vorbereiten as services
from shared_apps.einlesen.states import EinlesungZustand
from shared_apps.einlesen.views.liste import get_einlesung, trail
from tenants.door.middleware import runs_on_shared_tables


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which column of the file is what; saving looks at every line."""
    einlesung = get_einlesung(request, pk)
    if einlesung.zustand != EinlesungZustand.ENTWURF and is_just_opened(request):
        return redirect("einlesen:detail", pk=pk)
    form = ZuordnungForm(posted(request), einlesung=einlesung, beispiele=selectors.beispiele(einlesung))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_zuordnung(
                akteur=request.akteur, einlesung=einlesung, zuordnung=form.zuordnung(), gelesen=form.marken
            )
        except SojusError as error:
            show_error(error, form)
        else:
            return redirect("einlesen:rows", pk=pk)
    context = {"form": form, "einlesung": einlesung, "breadcrumb": trail(einlesung, "Spalten zuordnen")}
    return render(request, "einlesen/assign.html", context, status=status_of(form))


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def rows(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The lines: what each does, what is wrong with it and what to do; `?format=csv` gives the faulty ones with the
    reason, to be mended and sent again."""
    einlesung = get_einlesung(request, pk)
    if request.GET.get("format") == "csv":
        return csv_response("fehlerhafte-zeilen.csv", *selectors.list_fehlerhafte(einlesung))
    form = ZeilenFilter(request.GET)
    werte = form.values()
    warn_ignored(request, form)
    found = selectors.list_zeilen(einlesung, **werte)
    page = selectors.ZEILEN.page(request, found, unter=selectors.list_zeilen(einlesung))
    zahlen = selectors.count_befunde(einlesung)
    context = {
        "einlesung": einlesung,
        "form": form,
        "page": page,
        "zeilen": [selectors.show_zeile(einlesung, zeile) for zeile in page],
        "fehlerhaft": zahlen[Befund.FEHLERHAFT],
        "umfang": ", ".join(f"{format_zahl(Decimal(n), 0)} {befund.label}" for befund, n in zahlen.items() if n),
        "breadcrumb": trail(einlesung, "Zeilen"),
    }
    return render(request, "einlesen/rows.html", context)


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def kept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What stayed when a list was taken back, and why."""
    einlesung = get_einlesung(request, pk)
    warn_ignored(request)
    page = selectors.AUSGELASSEN.page(request, selectors.list_ausgelassen(einlesung))
    context = {"einlesung": einlesung, "page": page, "breadcrumb": trail(einlesung, "Was geblieben ist")}
    return render(request, "einlesen/kept.html", context)
