"""The area navigation: one table, filtered by the same policies that guard the views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import anyone
from shared_apps.comparison import policies as comparison
from shared_apps.inbox import policies as inbox
from shared_apps.journal import policies as journal
from shared_apps.members import policies as members
from shared_apps.providers import policies as providers
from tenant_apps.audit import policies as audit
from tenant_apps.billing import policies as billing
from tenant_apps.cases import policies as cases
from tenant_apps.controlling import policies as controlling
from tenant_apps.placements import policies as placements
from tenant_apps.privacy import policies as privacy
from tenant_apps.vorgaben import policies as vorgaben
from tenants.policies import may_operate


@dataclass(frozen=True, slots=True)
class Entry:
    """A link: label, URL name, who sees it, on which hosts ('tenant', 'portal' or 'both')."""

    label: str
    url_name: str
    visible: Callable[[Akteur], bool]
    host: str


ENTRIES = (
    Entry("Start", "home", anyone, "both"),
    Entry("HzE-Auswahl", "placements:search", placements.may_search, "tenant"),
    Entry("Hilfefälle", "cases:list", cases.may_list_hilfefaelle, "tenant"),
    Entry("Fallmanager", "placements:list", placements.may_list_faelle, "tenant"),
    Entry("Abrechnung", "billing:list", billing.may_list_rechnungen, "tenant"),
    Entry("Controlling", "controlling:home", controlling.may_view_controlling, "tenant"),
    Entry("Protokoll", "audit:home", audit.may_view_antraege, "tenant"),
    Entry("Supportzugriffe", "audit:support", audit.may_view_support, "tenant"),
    Entry("Datenschutz", "privacy:home", privacy.may_keep_rights, "tenant"),
    Entry("Kennzahlen", "comparison:table", comparison.may_view_kennzahlen, "both"),
    Entry("Eingang", "inbox:list", inbox.may_read_inbox, "portal"),
    Entry("Meine Einrichtungen", "providers:own", providers.may_keep_own, "portal"),
    Entry("Anbieter", "providers:list", providers.may_read_register, "both"),
    Entry("Gebietskörperschaften", "regions:list", anyone, "both"),
    Entry("Mitglieder", "members:list", members.may_view_mitglieder, "both"),
    Entry("Vorgaben", "vorgaben:list", vorgaben.may_view_vorgaben, "tenant"),
    Entry("Betrieb", "operations:list", may_operate, "portal"),
    Entry("Zugänge", "operators:home", members.may_operate_zugaenge, "portal"),
    Entry("Support", "journal:support", journal.may_use_support, "portal"),
    Entry("Journal", "journal:list", journal.may_view_journal, "portal"),
)


#: Pages of an area that live under other addresses than its list.
ALSO = {
    "members:list": ("/verwaltung/mitgliedschaften/", "/verwaltung/rollenantraege/", "/verwaltung/zugangsantraege/"),
    "placements:list": ("/reservierungen/", "/buchungen/", "/auswahlvermerke/"),
}


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """Links the acting person may follow at this host."""
    akteur = getattr(request, "akteur", None)
    if akteur is None:
        return []
    host = "tenant" if getattr(request, "tenant", None) else "portal"
    items: list[dict[str, object]] = []
    areas: list[tuple[str, dict[str, object]]] = []
    for entry in ENTRIES:
        if entry.host not in {host, "both"} or not entry.visible(akteur):
            continue
        url = _address(entry.url_name, request.urlconf)
        if not url:
            continue
        items.append({"label": entry.label, "url": url, "active": False})
        areas += [(area, items[-1]) for area in (url, *ALSO.get(entry.url_name, ())) if _is_in(request.path, area)]
    if areas:
        max(areas, key=lambda found: len(found[0]))[1]["active"] = True
    return items


@cache
def _address(name: str, urlconf: str) -> str:
    """Where an area begins at this kind of host, "" when it is not there: routes do not change while a process runs."""
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        return ""


def _is_in(path: str, area: str) -> bool:
    """Whether a page belongs to an area; the start page is an area of its own."""
    return path == area if area == "/" else path.startswith(area)
