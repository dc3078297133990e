"""Start of the data protection functions: find a person; how long things are kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.seite import crumbs, posted, status_of
from shared_apps.core.zahlwort import anzahl_jahre
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.privacy import policies
from tenant_apps.privacy.enums import Vorgang
from tenant_apps.privacy.forms import SucheForm
from tenant_apps.privacy.rules import AUFBEWAHRUNGSKLASSEN, Fristbeginn
from tenant_apps.privacy.selectors import search_personen
from tenant_apps.privacy.vorgaben import EINSCHRAENKUNG_JAHRE
from tenant_apps.vorgaben.selectors import get_vorgabe


@require_http_methods(["GET", "HEAD", "POST"])
@require(policies.may_keep_rights)
def home(request: HttpRequest) -> HttpResponse:
    """Search by POST: a name is never in an address."""
    form = SucheForm(posted(request))
    personen = None
    if request.method == "POST" and form.is_valid():
        personen = search_personen(form.cleaned_data["q"])
        record_access(
            akteur=request.akteur,
            aktion=Aktion.LESEN,
            vorgang=Vorgang.PERSON_SUCHEN,
            objekt_art="cases.klient",
            felder=["vorname", "nachname", "geburtsdatum", "pkz"],
            zeilen=personen,
        )
    context = {"form": form, "personen": personen, "breadcrumb": crumbs("Datenschutzrechte")}
    return render(request, "privacy/home.html", context, status=status_of(form))


def _describe_frist(klasse: Any) -> str:
    if klasse.beginn is Fristbeginn.LEBENSALTER:
        return f"{anzahl_jahre(klasse.jahre)} nach Vollendung des {klasse.alter}. Lebensjahres"
    if klasse.beginn is Fristbeginn.GEBURT:
        return f"{anzahl_jahre(klasse.jahre)} ab der Geburt"
    return f"{anzahl_jahre(klasse.jahre)} nach dem Abschluss"


@require_safe
@require(policies.may_read_runs)
def list_aufbewahrung(request: HttpRequest) -> HttpResponse:
    """Retention classes with source and validity."""
    context = {
        "klassen": [(klasse, _describe_frist(klasse)) for klasse in AUFBEWAHRUNGSKLASSEN],
        "einschraenkung": anzahl_jahre(get_vorgabe(EINSCHRAENKUNG_JAHRE)),
        "breadcrumb": crumbs("Datenschutzrechte", "Aufbewahrung"),
    }
    return render(request, "privacy/aufbewahrung.html", context)
