"""What a host's API can do, to be read: for whoever connects her own system."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.apidoc import STATUS, get_beschreibung
from shared_apps.accounts.guards import public
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.seite import crumbs
from tenants.door.middleware import runs_without_fence


@public("Beschreibung des API für Entwickler, keine Daten.")
@runs_without_fence
@require_safe
def show_schnittstelle(request: HttpRequest) -> HttpResponse:
    """Each operation of this host with its fields, examples and answers."""
    beschreibung = get_beschreibung(request.urlconf)
    gebraucht = {o.umfang for bereich in beschreibung.bereiche for o in bereich.operationen}
    context = {
        "beschreibung": beschreibung,
        "status": [(code, text) for code, text in STATUS.items() if not code.startswith("2")],
        "umfaenge": [umfang for umfang in Umfang if umfang in gebraucht],
        "adresse": request.build_absolute_uri("/"),
        "breadcrumb": crumbs("Schnittstelle"),
    }
    return render(request, "config/schnittstelle.html", context)
