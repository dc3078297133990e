"""Register mitnehmen: what a provider keeps here, as CSV, XLSX and JSON."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import require
from shared_apps.core.clock import today
from shared_apps.core.csv_export import csv_response
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.seite import crumbs
from shared_apps.core.xlsx_export import Blatt, xlsx_response
from shared_apps.providers import policies
from shared_apps.providers.selectors import ausgabe as selectors
from shared_apps.providers.views.own import EIGENE, portal_only

_FORMATE = ("csv", "xlsx", "json")


def _tabellen(akteur: Akteur) -> dict[str, selectors.Tabelle]:
    """The tables she takes with her: what is the whole provider's who works for all of it, the account who keeps it."""
    return {
        name: tabelle
        for name, tabelle in selectors.TABELLEN.items()
        if (tabelle.weg or not akteur.einrichtung_ids) and (name != selectors.KONTO or policies.may_keep_konto(akteur))
    }


def _rows(akteur: Akteur, tabelle: selectors.Tabelle) -> Any:
    return selectors.list_rows(
        tabelle,
        anbieter=policies.own_anbieter(akteur),
        einrichtungen=policies.own_einrichtungen(akteur),
        entgelte=policies.visible_entgelte(akteur),
    )


@require(policies.may_keep_own)
@portal_only
@require_safe
def export_own(request: HttpRequest) -> HttpResponse:
    """What there is, with every column; `?format=xlsx`, `?format=json`, `?format=csv&tabelle=…`."""
    akteur, datei = request.akteur, request.GET.get("format", "")
    if datei == "csv":
        return _csv(akteur, request.GET.get("tabelle", ""))
    if datei == "xlsx":
        blaetter = (
            Blatt(t.titel, [s.kopf for s in t.spalten], selectors.build_cells(t, _rows(akteur, t)))
            for t in _tabellen(akteur).values()
        )
        return xlsx_response("register.xlsx", blaetter)
    if datei == "json":
        return _json(akteur)
    warn_ignored(request, bekannt={"format": set(_FORMATE), "tabelle": set(_tabellen(akteur))})
    context = {
        "tabellen": [(t, _rows(akteur, t).order_by().count()) for t in _tabellen(akteur).values()],
        "liest_meldungen": policies.may_read_meldungen(akteur),
        "mit_konto": policies.may_keep_konto(akteur),
        "nur_haus": bool(akteur.einrichtung_ids),
        "breadcrumb": crumbs(EIGENE, "Register mitnehmen"),
    }
    return render(request, "providers/ausgabe.html", context)


def _csv(akteur: Akteur, name: str) -> HttpResponse:
    tabelle = _tabellen(akteur).get(name)
    if tabelle is None:
        raise Http404
    cells = selectors.build_cells(tabelle, _rows(akteur, tabelle))
    return csv_response(f"{name}.csv", [s.kopf for s in tabelle.spalten], cells)


def _json(akteur: Akteur) -> HttpResponse:
    tabellen = _tabellen(akteur).values()
    response = JsonResponse(
        {
            "stand": today().isoformat(),
            "spalten": {t.name: {s.key: s.kopf for s in t.spalten} for t in tabellen},
            "tabellen": {t.name: selectors.build_json(t, _rows(akteur, t)) for t in tabellen},
        },
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    response["Content-Disposition"] = 'attachment; filename="register.json"'
    response["Cache-Control"] = "no-store"
    return response
