"""The area navigation: one table, filtered by the same policies that guard the views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import ANBIETERSEITE, Rolle


@dataclass(frozen=True, slots=True)
class Entry:
    """A link: label, URL name, who sees it, on which hosts ('tenant', 'portal' or 'both')."""

    label: str
    url_name: str
    visible: Callable[[Akteur], bool]
    host: str


def _has(*rollen: Rolle) -> Callable[[Akteur], bool]:
    return lambda akteur: akteur.hat(*rollen)


_AMT_FALL = (Rolle.ASD, Rolle.TEAMLEITUNG, Rolle.JUGENDAMTSLEITUNG)

ENTRIES = (
    Entry("Start", "home", lambda a: True, "both"),
    Entry("HzE-Auswahl", "placements:search", _has(Rolle.ASD, Rolle.TEAMLEITUNG), "tenant"),
    Entry("Fallmanager", "placements:list", _has(*_AMT_FALL, Rolle.WJH, *ANBIETERSEITE), "tenant"),
    Entry(
        "Abrechnung",
        "billing:list",
        _has(Rolle.WJH, Rolle.JUGENDAMTSLEITUNG, Rolle.TEAMLEITUNG, *ANBIETERSEITE),
        "tenant",
    ),
    Entry(
        "Controlling",
        "controlling:home",
        _has(Rolle.CONTROLLING, Rolle.JUGENDAMTSLEITUNG, Rolle.TEAMLEITUNG, Rolle.AUSSCHUSS),
        "tenant",
    ),
    Entry("Kennzahlen", "comparison:table", lambda a: not a.hat(*ANBIETERSEITE) or a.hat(Rolle.MINISTERIUM), "both"),
    Entry("Eingang", "inbox:list", _has(*ANBIETERSEITE), "portal"),
    Entry("Meine Einrichtungen", "providers:own", _has(*ANBIETERSEITE), "portal"),
    Entry("Anbieter", "providers:list", lambda a: True, "both"),
    Entry("Gebietskörperschaften", "regions:list", lambda a: True, "both"),
    Entry("Betrieb", "operations:list", _has(Rolle.BETRIEB), "portal"),
)


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """Links the acting person may follow at this host."""
    akteur = getattr(request, "akteur", None)
    if akteur is None:
        return []
    host = "tenant" if getattr(request, "tenant", None) else "portal"
    items = []
    for entry in ENTRIES:
        if entry.host not in {host, "both"} or not entry.visible(akteur):
            continue
        try:
            url = reverse(entry.url_name, urlconf=request.urlconf)
        except NoReverseMatch:
            continue
        active = request.path == url if url == "/" else request.path.startswith(url)
        items.append({"label": entry.label, "url": url, "active": active})
    return items
