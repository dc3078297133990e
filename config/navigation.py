"""The area navigation: one table, filtered by the same policies that guard the views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.guards import anyone
from shared_apps.catalogue import policies as catalogue
from shared_apps.comparison import policies as comparison
from shared_apps.einlesen import policies as einlesen
from shared_apps.inbox import policies as inbox
from shared_apps.journal import policies as journal
from shared_apps.members import policies as members
from shared_apps.operations.policies import may_operate
from shared_apps.providers import policies as providers
from tenant_apps.anfragen import policies as anfragen
from tenant_apps.audit import policies as audit
from tenant_apps.billing import policies as billing
from tenant_apps.cases import policies as cases
from tenant_apps.controlling import policies as controlling
from tenant_apps.foster import policies as foster
from tenant_apps.gespraeche import policies as gespraeche
from tenant_apps.placements import policies as placements
from tenant_apps.privacy import policies as privacy
from tenant_apps.vorgaben import policies as vorgaben


@dataclass(frozen=True, slots=True)
class Entry:
    """A link: label, URL name, who sees it, on which hosts ('tenant', 'portal' or 'both'), what the area is for."""

    label: str
    url_name: str
    visible: Callable[[Akteur], bool]
    host: str
    text: str
    #: What a provider does there, where that differs.
    beim_anbieter: str = ""
    #: The one link in the head under which it stands together with others.
    gruppe: str = ""
    #: What it is for somebody who has only this role.
    nur_als: Mapping[Rolle, str] = field(default_factory=dict)

    def text_for(self, akteur: Akteur) -> str:
        """What this person can do there, in one sentence."""
        if len(akteur.rollen) == 1 and (eigener := self.nur_als.get(next(iter(akteur.rollen)))):
            return eigener
        return (akteur.ist_anbieter and not akteur.ist_amt and self.beim_anbieter) or self.text


#: Who only looks at cases: an auditor at those that were opened for her, economic youth welfare at those with cost.
_NUR_LESEN = {
    Rolle.PRUEFUNG: "Fälle ansehen, die Ihnen für die Prüfung freigegeben wurden.",
    Rolle.WJH: "Stammdaten der Fälle ansehen, für die Kosten entstehen.",
    Rolle.JUGENDAMTSLEITUNG: "Einen Fall mit Grund einsehen. Der Grund bleibt im Protokoll.",
}
ENTRIES = (
    Entry("Start", "home", anyone, "both", ""),
    Entry(
        "HzE-Auswahl",
        "placements:search",
        placements.may_search,
        "tenant",
        "Freie Angebote für ein Kind finden, vergleichen und reservieren.",
    ),
    Entry(
        "Hilfefälle",
        "cases:list",
        cases.may_list_hilfefaelle,
        "tenant",
        "Fälle führen, Notizen schreiben, übergeben, freigeben und sperren.",
        nur_als=_NUR_LESEN,
    ),
    Entry(
        "Fallmanager",
        "placements:list",
        placements.may_list_faelle,
        "tenant",
        "Reservierungen und Buchungen verfolgen, zustimmen lassen, beenden.",
        beim_anbieter="Ihre Reservierungen und Buchungen in diesem Jugendamt.",
    ),
    Entry(
        "Anfragen",
        "anfragen:list",
        anfragen.may_ask,
        "tenant",
        "Mehrere Häuser zugleich fragen und ihre Antworten sehen.",
    ),
    Entry(
        "Rückfragen",
        "gespraeche:list",
        gespraeche.may_list_rueckfragen,
        "tenant",
        "Was Einrichtungen geschrieben haben: lesen und antworten.",
        nur_als={Rolle.JUGENDAMTSLEITUNG: "Wo eine Einrichtung zu lange auf Antwort wartet."},
    ),
    Entry(
        "Abrechnung",
        "billing:list",
        billing.may_list_rechnungen,
        "tenant",
        "Leistungsnachweise und Rechnungen prüfen, freigeben, bezahlen.",
        beim_anbieter="Leistungen erfassen und Rechnungen stellen.",
    ),
    Entry(
        "Controlling",
        "controlling:home",
        controlling.may_view_controlling,
        "tenant",
        "Haushalt, Ausgaben und Kennzahlen des eigenen Amtes.",
    ),
    Entry(
        "Protokoll",
        "audit:home",
        audit.may_view_antraege,
        "tenant",
        "Einsicht in das Protokoll beantragen, bewilligen und lesen.",
        gruppe="Aufsicht",
    ),
    Entry(
        "Supportzugriffe",
        "audit:support",
        audit.may_view_support,
        "tenant",
        "Zugriffe des Betriebs auf technische Daten bewilligen und nachsehen.",
        gruppe="Aufsicht",
    ),
    Entry(
        "Datenschutz",
        "privacy:home",
        privacy.may_keep_rights,
        "tenant",
        "Auskunft, Berichtigung, Einschränkung und Löschung für eine Person.",
        gruppe="Aufsicht",
    ),
    Entry(
        "Kennzahlen",
        "comparison:table",
        comparison.may_view_kennzahlen,
        "both",
        "Die Jugendämter des Landes im Vergleich.",
    ),
    Entry(
        "Eingang",
        "inbox:list",
        inbox.may_read_inbox,
        "portal",
        "Was in allen Jugendämtern auf Sie wartet.",
    ),
    Entry(
        "Belegungsplan",
        "occupancy:plan",
        providers.may_keep_own,
        "portal",
        "Was frei ist, Woche für Woche: sperren, freigeben, Aufnahme stoppen.",
    ),
    Entry(
        "Buchungen",
        "occupancy:bookings",
        providers.may_keep_own,
        "portal",
        "Was in allen Jugendämtern bei Ihnen gebucht ist, Monat für Monat.",
    ),
    Entry(
        "Meine Einrichtungen",
        "providers:own",
        providers.may_keep_own,
        "portal",
        "Belegung, Vakanzen und Stammdaten pflegen.",
    ),
    Entry(
        "Anbieter",
        "providers:list",
        providers.may_read_register,
        "both",
        "Verzeichnis der Anbieter, Einrichtungen und Angebote im Land.",
        gruppe="Verzeichnis",
    ),
    Entry(
        "Pflegestellen",
        "foster:list",
        foster.may_read_pflegestellen,
        "tenant",
        "Eigene Plätze in Pflegefamilien und was sie kosten, ohne Namen.",
        gruppe="Verzeichnis",
    ),
    Entry(
        "Katalog",
        "catalogue:hilfearten",
        catalogue.may_view_katalog,
        "portal",
        "Hilfearten, Spezialisierungen, Sprachen, Gründe und Module, aus denen Anbieter und Jugendämter wählen.",
        gruppe="Verzeichnis",
    ),
    Entry(
        "Listen einlesen",
        "einlesen:list",
        einlesen.may_einlesen,
        "both",
        "Anbieter, Angebote und Entgelte aus einer CSV- oder Excel-Liste übernehmen.",
        gruppe="Verzeichnis",
    ),
    Entry(
        "Gebietskörperschaften",
        "regions:list",
        anyone,
        "both",
        "Landkreise und kreisfreie Städte mit Einwohnerzahlen.",
        gruppe="Verzeichnis",
    ),
    Entry(
        "Mitglieder",
        "members:list",
        members.may_view_mitglieder,
        "both",
        "Wer hier arbeitet, in welcher Rolle und wie lange.",
        gruppe="Verwaltung",
    ),
    Entry(
        "Vorgaben",
        "vorgaben:list",
        vorgaben.may_view_vorgaben,
        "tenant",
        "Fristen und Vorschläge, die Ihr Jugendamt selbst festlegt.",
        gruppe="Verwaltung",
    ),
    Entry(
        "Betrieb",
        "operations:list",
        may_operate,
        "portal",
        "Jugendämter anlegen, Zustand ansehen, Wartung.",
    ),
    Entry(
        "Zugänge",
        "operators:home",
        members.may_operate_zugaenge,
        "portal",
        "Rollen des Landes und erste Verwaltung der Anbieter.",
    ),
    Entry(
        "Support",
        "journal:support",
        journal.may_use_support,
        "portal",
        "Zugriff auf technische Daten eines Jugendamtes beantragen.",
    ),
    Entry(
        "Journal",
        "journal:list",
        journal.may_view_journal,
        "portal",
        "Änderungen an Personen, Register und Jugendämtern, ohne Inhalte.",
    ),
)


#: Pages of an area that live under other addresses than its list.
ALSO = {
    # What a provider's people see there is about their own houses; offices have no area of that name.
    "providers:own": ("/anbieter/entgelte/", "/anbieter/meldungen/"),
    "providers:list": ("/verwaltung/aufnahmen/",),
    "members:list": ("/verwaltung/mitgliedschaften/", "/verwaltung/rollenantraege/", "/verwaltung/zugangsantraege/"),
    "placements:search": ("/suchauftraege/", "/ausserhalb/"),
    # A house has no area of its own for what it is asked: for the office the longer address is.
    "placements:list": ("/reservierungen/", "/buchungen/", "/auswahlvermerke/", "/rueckfragen"),
}


def list_areas(request: HttpRequest, akteur: Akteur) -> list[tuple[Entry, str]]:
    """Areas the person may enter at this host, with their addresses."""
    host = "tenant" if getattr(request, "tenant", None) else "portal"
    here = (entry for entry in ENTRIES if entry.host in {host, "both"} and entry.visible(akteur))
    return [(entry, url) for entry in here if (url := _address(entry.url_name, request.urlconf))]


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """Links the acting person may follow at this host; areas of one group are the children of one link.

    A view whose address does not say where its page belongs names the area in `request.bereich`.
    """
    akteur = getattr(request, "akteur", None)
    if akteur is None:
        return []
    items: list[dict[str, object]] = []
    gruppen: dict[str, list[dict[str, object]]] = {}
    here = list_areas(request, akteur)
    aktiv = _find_active(request, here)
    for entry, url in here:
        item: dict[str, object] = {"label": entry.label, "url": url, "active": entry is aktiv}
        if not entry.gruppe:
            items.append(item)
        elif entry.gruppe in gruppen:
            gruppen[entry.gruppe].append(item)
        else:
            gruppen[entry.gruppe] = [item]
            items.append({"label": entry.gruppe, "url": url, "children": gruppen[entry.gruppe]})
    return [_as_link(item) for item in items]


def _find_active(request: HttpRequest, here: list[tuple[Entry, str]]) -> Entry | None:
    """The area of this page: what its view says, else the one with the longest address in front of it."""
    bereich = getattr(request, "bereich", "")
    for entry, _ in here:
        if entry.url_name == bereich:
            return entry
    areas = [
        (len(area), entry)
        for entry, url in here
        for area in (url, *ALSO.get(entry.url_name, ()))
        if _is_in(request.path, area)
    ]
    return max(areas, key=lambda found: found[0])[1] if areas else None


def _as_link(item: dict[str, object]) -> dict[str, object]:
    """A group leads to its first area and is active with any of them; of one area there is no group."""
    children = item.get("children")
    if not isinstance(children, list):
        return item
    return children[0] if len(children) == 1 else item | {"active": any(child["active"] for child in children)}


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
