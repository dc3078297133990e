"""The Auswahlvermerk on screen and on paper, and what was added to it later."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.seite import crumbs, enter, posted
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies, rules
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Auswahlvermerk, Reservierung, describe_wie_lange
from tenant_apps.placements.search.forms import NachtragForm, shows_preise
from tenant_apps.placements.search.selectors.kette import Kettenstand, check_glied
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.search.selectors.vermerk import (
    EIGENE_PFLEGESTELLEN,
    describe_kriterien,
    get_ausserhalb,
    list_vermerke,
)
from tenant_apps.placements.services.vermerk import create_nachtrag

#: Rows that its sheet without prices leaves out.
NICHT_FUER_DIE_FAMILIE = {
    "Gewichte der Passung",
    "Reihenfolge auf dem Bildschirm",
    "Bisherige Absagen",
    "Weitere Plätze zur selben Zeit",
    EIGENE_PFLEGESTELLEN,
}


@require_GET
@require(policies.may_read_vermerk)
def show_vermerk(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The choice as it was sealed, with seal and chain checked now, and what was added. `?preise=ohne`: for the child
    and the parents."""
    verwandt = ("auswahlvermerk", "hilfeart", "hilfefall", "klient")
    rows = policies.readable_reservierungen(request.akteur).select_related(*verwandt)
    reservierung: Reservierung = get_object_or_404(rows, auswahlvermerk_id=uuid)
    vermerk = reservierung.auswahlvermerk
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.VERMERK_ANSEHEN, objekt=vermerk)
    mit_bedarf = policies.reads_bedarf(request.akteur, reservierung)
    erster, *nachtraege = list_vermerke(vermerk, mit_wuenschen=mit_bedarf)
    zeilen = [Trefferzeile.from_json(werte) for werte in vermerk.angebote]
    verfuegbar = [zeile for zeile in zeilen if zeile.verfuegbar]
    ausserhalb = get_ausserhalb(vermerk)
    gewaehlt = next((zeile for zeile in zeilen if zeile.angebot == vermerk.angebot_id), None)
    mit_preisen = shows_preise(request.GET)
    eckdaten = describe_kriterien(vermerk.kriterien, mit_bedarf=mit_bedarf)
    if not mit_preisen:  # for the family: nothing that tells what costs less, or of other helps
        verfuegbar.sort(key=lambda zeile: (zeile.einrichtung, zeile.angebot_name))
        eckdaten = [(name, wert) for name, wert in eckdaten if name not in NICHT_FUER_DIE_FAMILIE]
    return render(
        request,
        "placements/auswahl/vermerk.html",
        {
            "vermerk": vermerk,
            "reservierung": reservierung,
            "nachtraege": nachtraege,
            "wuensche": erster["wuensche"],
            "mit_bedarf": mit_bedarf,
            "verfuegbar": verfuegbar,
            "belegt": [zeile for zeile in zeilen if not zeile.verfuegbar],
            "gewaehlt": ausserhalb or gewaehlt,
            "ausserhalb": ausserhalb,
            "wie_lange": describe_wie_lange(ohne_ende=vermerk.kriterien.get("ohne_ende", False)),
            "median": rules.median([z.soll_entgelt for z in verfuegbar if z.soll_entgelt is not None]),
            "mehrkosten": -vermerk.ersparnis if vermerk.ersparnis is not None and vermerk.ersparnis < 0 else None,
            **_siegel([vermerk, *(nachtrag["vermerk"] for nachtrag in nachtraege)]),
            "mit_preisen": mit_preisen,
            "kann_nachtragen": policies.may_reserve(request.akteur)
            and policies.may_change(request.akteur, reservierung),
            "eckdaten": [{"label": n, "wert": w} for n, w in eckdaten],
            "breadcrumb": _crumbs(reservierung, "Auswahlvermerk"),
        },
    )


def _siegel(vermerke: list[Auswahlvermerk]) -> dict[str, Any]:
    """What the page says at its head of the first note and all that were added."""
    staende = [check_glied(vermerk) for vermerk in vermerke]
    return {
        "geleert": Kettenstand.GELEERT in staende,
        "mangel": next((stand.label for stand in staende if stand not in {Kettenstand.HAELT, Kettenstand.GELEERT}), ""),
    }


def _crumbs(reservierung: Reservierung, *weiter: Any) -> list[dict[str, Any]]:
    return crumbs(
        ("Fallmanager", reverse("placements:list")),
        (reservierung.pseudonym, reverse("placements:reservierung", args=[reservierung.pk])),
        *weiter,
    )


@require_http_methods(["GET", "POST"])
@require(policies.may_reserve)
def add_nachtrag(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Correct or complete a choice by a further note."""
    rows = policies.changeable_reservierungen(request.akteur)
    reservierung = get_object_or_404(rows, auswahlvermerk_id=uuid)
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.FALL_SCHRITT, objekt=reservierung)
    back = reverse("placements:vermerk", args=[uuid])

    def work(data: dict[str, Any]) -> tuple[str, str]:
        create_nachtrag(akteur=request.akteur, reservierung=reservierung, **data)
        return "Der Nachtrag ist festgehalten.", back

    return enter(
        request,
        NachtragForm(posted(request)),
        work,
        name="Nachtrag zum Auswahlvermerk",
        lead="Der erste Vermerk bleibt, wie er ist. Ihr Nachtrag steht mit Namen und Zeit darunter und lässt sich nicht"
        " mehr ändern.",
        back=back,
        breadcrumb=_crumbs(reservierung, ("Auswahlvermerk", back), "Nachtrag"),
    )
