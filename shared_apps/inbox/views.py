"""Eingang: what waits for a provider, in all districts, on one page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import require
from shared_apps.core.filter_query import build_url_without, warn_ignored
from shared_apps.core.ordnung import deutsch
from shared_apps.core.seite import crumbs
from shared_apps.inbox import policies, selectors
from shared_apps.inbox.forms import EingangFilter
from shared_apps.inbox.models import Hinweis, HinweisArt, WartetAuf
from shared_apps.providers.models import Entgeltvorschlag
from shared_apps.providers.policies import (
    may_keep_konto,
    may_offer_own,
    may_propose_entgelt,
    may_write_own,
    own_anbieter,
    own_einrichtungen,
    visible_vorschlaege,
)
from shared_apps.providers.selectors.entgelte import list_entschiedene
from shared_apps.providers.selectors.konto import Kontoaufgaben, get_kontoaufgaben
from shared_apps.providers.selectors.schritte import find_weg
from shared_apps.providers.selectors.vakanz import count_offene

AMT, ERLEDIGT = "amt", "erledigt"
_LISTEN = {"": selectors.OFFENE, AMT: selectors.BEIM_AMT, ERLEDIGT: selectors.ERLEDIGTE}
_FILTER = ("einrichtung", "mandant", "hilfeart", "art")


@require(policies.may_read_inbox)
@require_safe
def inbox_list(request: HttpRequest) -> HttpResponse:
    """What waits for her, for the office, or is done; filtered. With a number all of that matter."""
    zustand = request.GET.get("zustand", "")
    zustand = zustand if zustand in _LISTEN else ""
    tenants = selectors.list_tenants_by_schema()
    einrichtungen = own_einrichtungen(request.akteur)
    form = EingangFilter(
        request.GET,
        tenants=tenants.values(),
        einrichtungen=einrichtungen.order_by(deutsch("name")),
        hilfearten=selectors.list_hilfearten(einrichtungen),
    )
    nummer = form.value("nummer")
    verworfen = {"nummer"} if "nummer" in form.errors else ()
    warn_ignored(request, form, bekannt={"zustand": {AMT, ERLEDIGT}}, verworfen=verworfen)
    own = policies.visible_hinweise(request.akteur)
    neue: list[Hinweis] = []
    if nummer:
        page = selectors.GEFUNDENE.page(request, selectors.find_by_nummer(own, nummer), unter=own)
    else:
        wartet_auf = {"": WartetAuf.ANBIETER.value, AMT: WartetAuf.AMT.value}.get(zustand, "")
        werte = {name: form.value(name) for name in _FILTER}
        rows = selectors.filter_hinweise(own, wartet_auf=wartet_auf, erledigt=zustand == ERLEDIGT, **werte)
        mit_neuen = not zustand and not werte["art"]
        page = _LISTEN[zustand].page(request, selectors.without_nachrichten(rows) if mit_neuen else rows, unter=own)
        neue = selectors.list_nachrichten(rows) if mit_neuen and page.number == 1 else []

    def build(hinweise: list[Hinweis]) -> list[selectors.Zeile]:
        return selectors.build_zeilen(hinweise, tenants, macht=lambda art: policies.may_settle(request.akteur, art))

    zeilen, nachrichten = build(list(page.object_list)), build(neue)
    ist_gruppiert = not nummer and zustand != ERLEDIGT
    counts = selectors.count_hinweise(own)
    ist_neu = all(count == "0" for count in counts.values())
    context = {
        "gruppen": selectors.group_zeilen(zeilen, nachrichten) if ist_gruppiert else [selectors.Gruppe("", zeilen)],
        "zeilen": nachrichten + zeilen,
        "nachrichten": len(nachrichten),
        "page": page,
        "form": form,
        "gesucht": request.GET.get("nummer", "") if nummer else "",
        "zustand": "" if nummer else zustand,
        "chips": [] if nummer else _chips(request, form),
        "reset_url": f"{request.path}?zustand={zustand}" if zustand else request.path,
        "tabs": _tabs(zustand, counts, ist_suche=bool(nummer)),
        "entschiedene": [] if zustand or nummer else _entschiedene(request.akteur),
        "konten": Kontoaufgaben() if zustand or nummer else _kontoaufgaben(request.akteur),
        "offene_meldungen": 0 if zustand or nummer else _offene_meldungen(request.akteur),
        "ist_neu": ist_neu,
        "entscheidet": policies.may_settle(request.akteur, HinweisArt.RESERVIERUNG),
        "weg": find_weg(einrichtungen) if ist_neu and may_offer_own(request.akteur) else None,
        "breadcrumb": crumbs("Eingang"),
    }
    return render(request, "inbox/list.html", context)


def _entschiedene(akteur: Akteur) -> list[Entgeltvorschlag]:
    """What became of rates that she proposed: this is her first page."""
    if not may_propose_entgelt(akteur):
        return []
    return list_entschiedene(visible_vorschlaege(akteur), akteur.user_id)


def _kontoaufgaben(akteur: Akteur) -> Kontoaufgaben:
    if not may_keep_konto(akteur):
        return Kontoaufgaben()
    return get_kontoaufgaben(own_anbieter(akteur), user_id=akteur.user_id)


def _offene_meldungen(akteur: Akteur) -> int:
    """Reports that something was not free: all offices see them until she answers."""
    return count_offene(own_einrichtungen(akteur)) if may_write_own(akteur) else 0


def _tabs(zustand: str, counts: dict[str, str], *, ist_suche: bool) -> list[dict[str, Any]]:
    """Whose turn it is. While a number is looked for none of them is chosen: it is found in all."""
    tabs = (("Sie sind dran", "", "offen"), ("Amt ist dran", AMT, "amt"), ("Erledigt", ERLEDIGT, "erledigt"))
    return [
        {
            "label": label,
            "url": f"?zustand={wert}" if wert else "?",
            "active": wert == zustand and not ist_suche,
            "count": counts[name],
        }
        for label, wert, name in tabs
    ]


def _chips(request: HttpRequest, form: EingangFilter) -> list[dict[str, str]]:
    """Active filters, each with a link that removes it."""
    return [
        {"label": dict(form.fields[name].choices)[wert], "remove_url": build_url_without(request, name)}
        for name in _FILTER
        if (wert := form.value(name))
    ]
