"""What a search looked at and did not find fitting: nothing is left out in silence."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from shared_apps.accounts.guards import require
from shared_apps.core.filter_query import warn_ignored
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies
from tenant_apps.placements.enums import AUSSCHLUSS_WORT, Vorgang
from tenant_apps.placements.rules import Ausschluss
from tenant_apps.placements.search.forms import NichtPassendFilter
from tenant_apps.placements.search.selectors.ausschluss import (
    NICHT_PASSEND,
    find_ids,
    get_aufschluesselung,
    load_nicht_passend,
)
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.views.auswahl import suche_crumbs
from tenant_apps.placements.search.views.ergebnis import describe_kriterien, load_suche


@require_GET
@require(policies.may_search)
def list_nicht_passend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Offers that one thing speaks against first, as of now, the nearest first."""
    suche = load_suche(request, uuid)
    kriterien, summe = kriterien_of(suche), get_aufschluesselung(suche)
    teile = summe.teile if summe else ()
    erster = next((teil.grund for teil in teile), Ausschluss.ALTER)
    form = NichtPassendFilter(request.GET)
    grund = Ausschluss(form.cleaned_data["grund"] or erster) if form.is_valid() else erster
    warn_ignored(request, form)
    page = NICHT_PASSEND.page_of(
        request, lambda _: find_ids(kriterien, grund), lambda keys: load_nicht_passend(kriterien, {grund: keys})[grund]
    )
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.SUCHE_ANSEHEN, objekt=suche)
    return render(
        request,
        "placements/auswahl/nicht_passend.html",
        {
            "suche": suche,
            "summe": summe,
            "grund": grund,
            "wort": AUSSCHLUSS_WORT[grund],
            "page": page,
            "eckdaten": describe_kriterien(suche),
            "breadcrumb": suche_crumbs(suche, "Nicht passend"),
        },
    )
