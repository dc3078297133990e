"""What has become of a facility or provider: for its own people at the portal, for the office at its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shared_apps.accounts.addresses import portal_address
from shared_apps.accounts.guards import require
from shared_apps.core.csv_export import csv_response
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.liste import Liste
from shared_apps.core.seite import Stufe, crumbs
from shared_apps.providers import policies
from shared_apps.providers.forms.verlauf import VerlaufFilter
from shared_apps.providers.models import Anbieter
from shared_apps.providers.selectors import verlauf as selectors
from shared_apps.providers.views.own import EIGENE, mark_area

_KOPF = ("Wann", "Wer", "Einrichtung", "Angebot", "Was", "Art", "Angabe", "Vorher", "Nachher", "Gilt ab")


def own_at_portal(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A provider's people read their own at the portal; an office's host sends them there."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.tenant is not None and not request.akteur.ist_amt:
            return redirect(portal_address(request, request.path))
        return view(request, *args, **kwargs)

    return checked


@require(policies.may_view_verlauf)
@own_at_portal
@require_safe
def einrichtung_verlauf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One facility, newest first; `?format=csv` gives all behind the list."""
    rows = policies.einrichtungen_with_verlauf(request.akteur).select_related("anbieter")
    einrichtung = get_object_or_404(rows, pk=pk)
    anbieter = einrichtung.anbieter
    return _show(request, selectors.DER_EINRICHTUNG, anbieter, str(einrichtung), {"einrichtung_id": pk})


@require(policies.may_view_verlauf)
@own_at_portal
@require_safe
def anbieter_verlauf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A provider and all its facilities; an office reads of those in its district."""
    anbieter = get_object_or_404(policies.anbieter_with_verlauf(request.akteur), pk=pk)
    return _show(request, selectors.DES_ANBIETERS, anbieter, anbieter.name, {"anbieter_id": pk})


def _show(request: HttpRequest, liste: Liste, anbieter: Anbieter, name: str, wessen: dict[str, UUID]) -> HttpResponse:
    form = VerlaufFilter(request.GET)
    werte = form.values()
    alle = policies.visible_verlauf(request.akteur).filter(**wessen)
    rows = selectors.list_verlauf(alle, **werte)
    if request.GET.get("format") == "csv":
        zeilen = selectors.iter_zeilen(liste.export(rows), anbieter=anbieter, tenant=request.tenant)
        return csv_response("verlauf.csv", _KOPF, (zellen for z in zeilen for zellen in z.as_cells()))
    warn_ignored(request, form, zeigt_fehler=True)
    page = liste.page(request, rows, unter=alle)
    zurueck = reverse(f"providers:{'facility' if 'einrichtung_id' in wessen else 'detail'}", args=list(wessen.values()))
    context = {
        "form": form,
        "page": page,
        "zeilen": selectors.build_zeilen(page.object_list, anbieter=anbieter, tenant=request.tenant),
        "name": name,
        "nennt_haus": "anbieter_id" in wessen,
        "zurueck": zurueck,
        "breadcrumb": crumbs(*_davor(request, anbieter, wessen), (name, zurueck), "Verlauf"),
    }
    return render(request, "providers/verlauf.html", context)


def _davor(request: HttpRequest, anbieter: Anbieter, wessen: dict[str, UUID]) -> list[Stufe]:
    """Where the way begins: at her own facilities, or in the register, where a facility is below its provider."""
    bereich = mark_area(request, ist_ihre=anbieter.pk in request.akteur.anbieter_ids)
    if bereich == EIGENE or "anbieter_id" in wessen:
        return [bereich]
    return [bereich, (anbieter.name, reverse("providers:detail", args=[anbieter.pk]))]
