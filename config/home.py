"""The start page: what this person can do here, most urgent first."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.navigation import list_areas
from config.todo import list_aufgaben
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import ANBIETERSEITE, Rolle
from shared_apps.accounts.guards import anyone, require
from shared_apps.accounts.selectors import list_own_tenants, list_rufbereitschaften
from shared_apps.catalogue.models import Modul
from shared_apps.catalogue.selectors import list_module
from shared_apps.comparison.policies import may_view_kennzahlen
from shared_apps.journal.models import Supportzugriff
from shared_apps.journal.selectors import list_aktive_supportzugriffe
from shared_apps.providers.policies import may_decide_entgelt
from shared_apps.providers.selectors.entgelte import list_entschiedene_im_amt
from tenant_apps.audit.policies import may_view_support
from tenant_apps.placements.policies import may_reserve_nachts, may_search
from tenants.tables.reads import names_nobody


@dataclass(frozen=True, slots=True)
class Tile:
    """A link with its purpose."""

    label: str
    url: str
    text: str


def tiles(request: HttpRequest, akteur: Akteur) -> list[Tile]:
    """One tile for each area the person may enter here; the same table as the navigation."""
    return [Tile(entry.label, url, entry.text_for(akteur)) for entry, url in list_areas(request, akteur) if url != "/"]


@dataclass(frozen=True, slots=True)
class Modulkachel:
    """A module of the market; without an address where it is switched off."""

    modul: Modul
    url: str


def module(request: HttpRequest, akteur: Akteur) -> list[Modulkachel]:
    """All modules in their order: to the search for whoever may search here, else to the register."""
    place = "placements:search" if request.tenant and may_search(akteur) else "providers:list"
    return [Modulkachel(modul, reverse(place) if modul.eingeschaltet else "") for modul in list_module()]


def _first_place(akteur: Akteur) -> str | None:
    """Where somebody with one job at the portal goes at once."""
    if akteur.ist_amt:
        return None
    if akteur.hat(*ANBIETERSEITE):
        return "inbox:list"
    if may_view_kennzahlen(akteur):
        return "comparison:table"
    return "operations:list" if akteur.hat(Rolle.BETRIEB) else None


def _supportzugriffe(request: HttpRequest, akteur: Akteur) -> list[Supportzugriff]:
    """What the operator asks for or may look at right now: told to head, administration, data protection."""
    return list(list_aktive_supportzugriffe()) if request.tenant and may_view_support(akteur) else []


@names_nobody("counts what waits, and links to the lists")
@require(anyone)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """At an office: tiles. At the portal: the one list that matters to this person, or her offices."""
    akteur = request.akteur
    place = None if request.tenant else _first_place(akteur)
    if place:
        return redirect(place)
    context = {
        "darf_nachts": bool(request.tenant) and may_reserve_nachts(akteur),
        "kacheln": tiles(request, akteur),
        "module": module(request, akteur),
        "supportzugriffe": _supportzugriffe(request, akteur),
        "aufgaben": list_aufgaben(akteur) if request.tenant else [],
        "entschiedene": list_entschiedene_im_amt() if request.tenant and may_decide_entgelt(akteur) else [],
        "jugendaemter": [] if request.tenant else list_own_tenants(user_id=akteur.user_id),
        "nacht": reverse("placements:nacht", urlconf=settings.ROOT_URLCONF),
        "nachtaemter": [] if request.tenant else list_rufbereitschaften(user_id=akteur.user_id),
    }
    return render(request, "config/home.html", context)
