"""Belegungsplan: the board of one's own places, by weeks; at the portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.clock import today
from shared_apps.core.filter_query import build_url_without, warn_ignored
from shared_apps.core.seite import crumbs
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.forms.plan import WOCHEN, PlanFilter, ZeitraumFilter
from shared_apps.occupancy.rules import format_kurz, montag
from shared_apps.occupancy.selectors import plan as selectors
from shared_apps.occupancy.selectors.plan import WOCHE
from shared_apps.providers import policies
from shared_apps.providers.selectors.own import sum_up_eigene
from shared_apps.providers.selectors.register import list_kreise
from shared_apps.providers.views.own import EIGENE, portal_only

PLAN = ("Belegungsplan", "/anbieter/eigene/plan/")
#: How far the board steps: what was at its end is still in view.
_SCHRITT = 4 * WOCHE


@dataclass(frozen=True, slots=True)
class Woche:
    """A column of the board."""

    nummer: int
    tag: str
    ist_jetzt: bool


@require(policies.may_keep_own)
@portal_only
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """All own facilities with their places, a page at a time."""
    own = policies.own_einrichtungen(request.akteur)
    form = PlanFilter(request.GET, kreise=list_kreise(own))
    werte = form.values()
    warn_ignored(request, form)
    narrow = {"hilfeart": werte["hilfeart"], "nur_frei": bool(werte["frei"])}
    rows = selectors.list_einrichtungen(own, kreis=werte["kreis"], **narrow)
    page = selectors.PLAN.page(request, rows, unter=own)
    fenster = _fenster(werte)
    heute = sum_up_eigene(own)
    context = {
        "form": form,
        "page": page,
        "haeuser": selectors.list_plan(page.object_list, fenster, **narrow),
        "je_haus": selectors.JE_HAUS,
        "frei": heute.frei,
        "gesamt_text": heute.gesamt_text,
        "chips": _chips(request, form, werte),
        "hat_haeuser": bool(page.object_list) or own.exists(),
        "breadcrumb": crumbs(EIGENE, PLAN[0]),
    }
    return render(request, "occupancy/plan.html", context | _board(request, fenster))


@require(policies.may_keep_own)
@portal_only
@require_safe
def einrichtung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One own facility, its places a page at a time."""
    rows = policies.own_einrichtungen(request.akteur).select_related("gebietskoerperschaft", "anbieter")
    haus = get_object_or_404(rows, pk=pk)
    form = ZeitraumFilter(request.GET)
    werte = form.values()
    warn_ignored(request, form)
    fenster = _fenster(werte)
    page = selectors.HAUSPLAN.page(request, selectors.list_hausplaetze(haus, fenster))
    context = {
        "form": form,
        "haus": haus,
        "page": page,
        "haeuser": [selectors.get_hausplan(haus, page, fenster)],
        "breadcrumb": crumbs(EIGENE, PLAN, haus.name),
    }
    return render(request, "occupancy/einrichtung.html", context | _board(request, fenster))


def _fenster(werte: dict[str, Any]) -> Zeitraum:
    beginn = montag(werte["ab"] or today())
    return Zeitraum(beginn, beginn + int(werte["wochen"] or WOCHEN[0][0]) * WOCHE)


def _board(request: HttpRequest, fenster: Zeitraum) -> dict[str, Any]:
    """What every board needs: its columns, the way to other weeks, what this person may do."""
    assert fenster.ende is not None  # a board has a last column
    heute = today()
    montage = [fenster.beginn + n * WOCHE for n in range(fenster.tage // 7)]
    return {
        "fenster": fenster,
        "tage": fenster.tage,
        "spalten": fenster.tage + 1,
        "wochen": [Woche(tag.isocalendar().week, format_kurz(tag, heute), _is_jetzt(tag)) for tag in montage],
        "frueher": f"{fenster.beginn - _SCHRITT:%Y-%m-%d}",
        "spaeter": f"{fenster.beginn + _SCHRITT:%Y-%m-%d}",
        "ist_jetzt": _is_jetzt(fenster.beginn),
        "ist_nah": fenster.ende - fenster.beginn < 5 * WOCHE,
        "darf_schreiben": policies.may_write_own(request.akteur),
    }


def _is_jetzt(beginn: date) -> bool:
    return beginn <= today() < beginn + WOCHE


def _chips(request: HttpRequest, form: PlanFilter, werte: dict[str, Any]) -> list[dict[str, str]]:
    chips = []
    for name in ("kreis", "hilfeart", "frei"):
        if werte[name]:
            label = "heute frei" if name == "frei" else dict(form.fields[name].choices)[werte[name]]
            chips.append({"label": label, "remove_url": build_url_without(request, name)})
    return chips
