"""The Auswahlvermerk on screen and on paper."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import require
from shared_apps.core.seite import crumbs
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.search.selectors.vermerk import describe_kriterien
from tenant_apps.placements.services.vermerk import is_unveraendert


def may_read_vermerk(akteur: Akteur) -> bool:
    """The office's roles with cases; never a provider: the note compares her with others."""
    return policies.may_list_faelle(akteur) and akteur.ist_amt


@require_GET
@require(may_read_vermerk)
def show_vermerk(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The choice as it was sealed, with the seal checked now."""
    rows = policies.readable_reservierungen(request.akteur).select_related("auswahlvermerk", "hilfefall", "klient")
    reservierung: Reservierung = get_object_or_404(rows, auswahlvermerk_id=uuid)
    vermerk = reservierung.auswahlvermerk
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.VERMERK_ANSEHEN, objekt=vermerk)
    zeilen = [Trefferzeile.from_json(werte) for werte in vermerk.angebote]
    return render(
        request,
        "placements/auswahl/vermerk.html",
        {
            "vermerk": vermerk,
            "reservierung": reservierung,
            "verfuegbar": [zeile for zeile in zeilen if zeile.verfuegbar],
            "belegt": [zeile for zeile in zeilen if not zeile.verfuegbar],
            "gewaehlt": next((zeile for zeile in zeilen if zeile.angebot == vermerk.angebot_id), None),
            "unveraendert": is_unveraendert(vermerk),
            "eckdaten": [{"label": n, "wert": w} for n, w in describe_kriterien(vermerk.kriterien)],
            "breadcrumb": crumbs(
                ("Fallmanager", reverse("placements:list")),
                (reservierung.pseudonym, reverse("placements:reservierung", args=[reservierung.pk])),
                "Auswahlvermerk",
            ),
        },
    )
