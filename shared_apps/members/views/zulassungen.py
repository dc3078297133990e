"""Who admitted whom, and who stands in for whom: for those who give roles here, and for data protection."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import require
from shared_apps.accounts.models import Membership
from shared_apps.core.csv_export import csv_response
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.seite import crumbs
from shared_apps.members import policies
from shared_apps.members.forms import ZulassungenFilter
from shared_apps.members.selectors import mitglieder as selectors
from shared_apps.members.views.common import filter_chips, tabs
from tenants.door.middleware import runs_on_shared_tables

_KOPF = (
    "Nachname", "Vorname", "Benutzername", "Rolle", "Team", "in Vertretung für", "gültig ab", "letzter Tag", "Stand",
    "vorgeschlagen von", "zugelassen von", "am", "Hinweis",
)  # fmt: skip


def _rows(memberships: list[Membership]) -> list[dict[str, Any]]:
    """Each role with its two signatures; where one gives alone, with hers from the journal."""
    ohne = [m for m in memberships if not hasattr(m, "antrag")]
    geber = selectors.list_geber(ohne)
    return [
        {"m": m, "letzter_tag": selectors.last_day(m), "stand": selectors.get_stand(m)}
        | (_signed(m) if hasattr(m, "antrag") else _alone(geber.get(str(m.pk), "")))
        for m in memberships
    ]


def _signed(m: Membership) -> dict[str, Any]:
    antrag = m.antrag
    assert antrag.entschieden_von is not None  # or there would be no role
    if antrag.auftrag:
        hinweis = f"Betrieb, auf Auftrag {antrag.auftrag} vom {antrag.auftrag_vom:%d.%m.%Y}"
    else:
        hinweis = "als vertretene Person" if antrag.entschieden_von_id == m.deputy_of_id else ""
    return {
        "vorgeschlagen": antrag.beantragt_von.name,
        "zugelassen": antrag.entschieden_von.name,
        "am": antrag.entschieden_at,
        "hinweis": hinweis,
    }


def _alone(name: str) -> dict[str, Any]:
    hinweis = "von einer Person vergeben" if name else "bei der Einrichtung oder vor der Regel der zwei Personen"
    return {"vorgeschlagen": "–", "zugelassen": name or "–", "am": None, "hinweis": hinweis}


@runs_on_shared_tables
@require(policies.may_view_zulassungen)
@require_safe
def zulassungen(request: HttpRequest) -> HttpResponse:
    """Roles of this office with both signatures; `?format=csv` gives all that the filter leaves."""
    form = ZulassungenFilter(request.GET)
    rows = selectors.list_zulassungen(policies.visible_zulassungen(request.akteur), **form.values())
    if request.GET.get("format") == "csv":
        return _export(list(rows))
    warn_ignored(request, form)
    page = selectors.ZULASSUNGEN.page(request, rows, unter=policies.visible_zulassungen(request.akteur))
    verweist = policies.may_view_mitglieder(request.akteur)
    context = {
        "form": form,
        "page": page,
        "zeilen": _rows(list(page.object_list)),
        "chips": filter_chips(request, form),
        "verweist": verweist,
        "tabs": tabs(request, "zulassungen") if verweist else [],
        "breadcrumb": crumbs("Zulassungen"),
    }
    return render(request, "members/zulassungen.html", context)


def _export(rows: list[Membership]) -> HttpResponse:
    zeilen = []
    for z in _rows(rows):
        m = z["m"]
        zeilen.append([
            m.user.nachname, m.user.vorname, m.user.username, m.get_rolle_display(), m.team,
            m.deputy_of.name if m.deputy_of else "", m.gueltig_ab, z["letzter_tag"], z["stand"], z["vorgeschlagen"],
            z["zugelassen"], z["am"], z["hinweis"],
        ])  # fmt: skip
    return csv_response("zulassungen.csv", _KOPF, zeilen)
