"""Buchungen: all that is held or booked of a provider's own places, in all districts, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.clock import today
from shared_apps.core.csv_export import csv_response
from shared_apps.core.filter_query import build_url_without, warn_ignored
from shared_apps.core.ordnung import deutsch
from shared_apps.core.seite import crumbs
from shared_apps.core.xlsx_export import Blatt, xlsx_response
from shared_apps.core.zeitraum import Zeitraum, naechster_monat, vormonat
from shared_apps.occupancy.forms.uebersicht import BuchungenFilter
from shared_apps.occupancy.selectors import uebersicht as selectors
from shared_apps.occupancy.selectors.uebersicht import Monatsbindung
from shared_apps.providers.policies import may_keep_own, own_einrichtungen
from shared_apps.providers.views.own import portal_only
from tenants.models import Tenant

_FILTER = ("stand", "einrichtung", "mandant")
KOPF = (
    "Gemeinsame Nummer", "Hilfeart", "Angebot", "Einrichtung", "Jugendamt", "Beginn", "Letzter Tag",
    "Gebuchte Tage im Monat", "Stand", "Gehalten bis",
)  # fmt: skip


@require(may_keep_own)
@portal_only
@require_safe
def list_buchungen(request: HttpRequest) -> HttpResponse:
    """One month; `?format=csv` and `?format=xlsx` give all rows of it."""
    tenants = {t.schema_name: t for t in Tenant.objects.all()}
    einrichtungen = own_einrichtungen(request.akteur)
    eingabe = {"monat": f"{today():%Y-%m}"} | dict(request.GET.items())
    form = BuchungenFilter(eingabe, tenants=tenants.values(), einrichtungen=einrichtungen.order_by(deutsch("name")))
    monat = form.zeitraum
    rows = selectors.list_im_monat(monat=monat, **{name: form.value(name) for name in _FILTER})
    if (datei := request.GET.get("format")) in {"csv", "xlsx"}:
        return _export(datei, rows, tenants, monat)
    verworfen = {"monat"} if "monat" in form.errors else ()
    bekannt = {"format": {"csv", "xlsx"}}
    warn_ignored(request, form, bekannt=bekannt, sortierungen=selectors.BUCHUNGEN.sortierungen, verworfen=verworfen)
    page = selectors.get_page(request, rows)
    summen = selectors.sum_up(rows, tenants, monat)
    context = {
        "form": form,
        "page": page,
        "zeilen": selectors.build_zeilen(page.object_list, tenants, monat),
        "summen": summen,
        "gesamt": {"buchungen": sum(s.buchungen for s in summen), "tage": sum(s.tage for s in summen)},
        "monat": monat.beginn,
        "ohne_filter": f"{request.path}?monat={monat.beginn:%Y-%m}",
        "vormonat": vormonat(monat.beginn),
        "naechster": naechster_monat(monat.beginn),
        "sortierung": selectors.BUCHUNGEN.get_wunsch(request.GET.get("sort", "")),
        "chips": _chips(request, form),
        "breadcrumb": crumbs("Buchungen"),
    }
    return render(request, "occupancy/buchungen.html", context)


def _export(datei: str, rows: list[Monatsbindung], tenants: dict[str, Tenant], monat: Zeitraum) -> HttpResponse:
    name = f"buchungen-{monat.beginn:%Y-%m}"
    zeilen = _cells(rows, tenants, monat)
    if datei == "csv":
        return csv_response(f"{name}.csv", KOPF, zeilen)
    return xlsx_response(f"{name}.xlsx", [Blatt(f"{monat.beginn:%Y-%m}", KOPF, zeilen)])


def _cells(rows: list[Monatsbindung], tenants: dict[str, Tenant], monat: Zeitraum) -> Iterator[tuple[Any, ...]]:
    for z in selectors.build_zeilen(selectors.iterate_bindungen(rows), tenants, monat):
        angebot = z.bindung.platz.angebot
        yield (
            z.nummer, str(angebot.hilfeart), angebot.name, angebot.einrichtung.name, z.jugendamt, z.beginn,
            z.ende, z.tage, z.stand, z.gehalten_bis,
        )  # fmt: skip


def _chips(request: HttpRequest, form: BuchungenFilter) -> list[dict[str, str]]:
    return [
        {"label": dict(form.fields[name].choices)[wert], "remove_url": build_url_without(request, name)}
        for name in _FILTER
        if (wert := form.value(name))
    ]
