"""Eingang: what waits for a provider, in all districts, on one page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.filter_query import build_url_without, warn_ignored
from shared_apps.core.seite import crumbs
from shared_apps.inbox import policies, selectors
from shared_apps.inbox.forms import EingangFilter
from shared_apps.inbox.models import HinweisArt


@require(policies.may_read_inbox)
@require_safe
def inbox_list(request: HttpRequest) -> HttpResponse:
    """Open pointers by deadline, or the done ones; filtered by kind and district."""
    erledigt = request.GET.get("zustand") == "erledigt"
    tenants = selectors.list_tenants_by_schema()
    form = EingangFilter(request.GET, tenants=tenants.values())
    warn_ignored(request, form, bekannt={"zustand": {"erledigt"}})
    art, mandant = form.value("art"), form.value("mandant")
    own = policies.visible_hinweise(request.akteur)
    liste = selectors.ERLEDIGTE if erledigt else selectors.OFFENE
    hinweise = selectors.filter_hinweise(own, art=art, mandant=mandant, erledigt=erledigt)
    page = liste.page(request, hinweise, unter=own)
    counts = selectors.count_hinweise(own)
    context = {
        "zeilen": selectors.build_zeilen(list(page.object_list), tenants),
        "page": page,
        "form": form,
        "erledigt": erledigt,
        "chips": _chips(request, art, tenants[mandant].name if mandant else ""),
        "reset_url": f"{request.path}?zustand=erledigt" if erledigt else request.path,
        "tabs": [
            {"label": "Offen", "url": "?", "active": not erledigt, "count": counts["offen"]},
            {"label": "Erledigt", "url": "?zustand=erledigt", "active": erledigt, "count": counts["erledigt"]},
        ],
        "breadcrumb": crumbs("Eingang"),
    }
    return render(request, "inbox/list.html", context)


def _chips(request: HttpRequest, art: str, jugendamt: str) -> list[dict[str, str]]:
    """Active filters, each with a link that removes it."""
    chips = []
    for key, label in (("art", HinweisArt(art).label if art else ""), ("mandant", jugendamt)):
        if label:
            chips.append({"label": label, "remove_url": build_url_without(request, key)})
    return chips
