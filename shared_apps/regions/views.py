"""Gebietskörperschaften: the districts with their inhabitants, on every host."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import anyone, require
from shared_apps.core.csv_export import csv_response
from shared_apps.core.seite import crumbs
from shared_apps.regions import selectors


@require(anyone)
@require_safe
def region_list(request: HttpRequest) -> HttpResponse:
    """All districts with AGS, seat and inhabitants by age range; `?format=csv`."""
    ist_csv = request.GET.get("format") == "csv"
    tabelle = selectors.get_gebietstabelle(alle_gruppen=ist_csv)
    if ist_csv:
        return _export(tabelle)
    breadcrumb = crumbs("Gebietskörperschaften")
    return render(request, "regions/list.html", {"tabelle": tabelle, "breadcrumb": breadcrumb})


def _export(tabelle: selectors.Gebietstabelle) -> HttpResponse:
    kopf = ["Kürzel", "Name", "AGS", "Sitz", *(g.label for g in tabelle.gruppen), "Stichtag", "Zensusbasis", "Quelle"]
    zeilen = [
        [
            *(z.gebiet.kuerzel, z.gebiet.name, z.gebiet.ags, z.gebiet.sitz),
            *(c.anzahl if c else None for c in z.zellen),
            *(z.stichtag, z.zensusbasis, z.quelle),
        ]
        for z in tabelle.zeilen
    ]
    return csv_response("gebietskoerperschaften.csv", kopf, zeilen)


@require(anyone)
@require_safe
def region_detail(request: HttpRequest, kuerzel: str) -> HttpResponse:
    """One district: master data, neighbours, regions, all known counts of inhabitants."""
    gebiet = get_object_or_404(selectors.list_gebietskoerperschaften(), kuerzel=kuerzel.upper())
    context = {
        "gebiet": gebiet,
        "nachbarn": gebiet.nachbarn.all(),
        "regionen": gebiet.regionen.all(),
        "staende": selectors.list_staende(gebiet),
        "breadcrumb": crumbs(("Gebietskörperschaften", "/gebietskoerperschaften/"), gebiet.kurzname),
    }
    return render(request, "regions/detail.html", context)
