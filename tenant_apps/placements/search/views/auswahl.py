"""The HzE-Auswahl: criteria in, live counts while typing, a kept search out.

Personal data is never in an address: filtering people and counting are POST requests too.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from shared_apps.accounts.guards import require
from shared_apps.core.errors import RegelVerletzt, SojusError
from shared_apps.core.seite import crumbs, posted, show_error, status_of
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.forms.person import PersonForm
from tenant_apps.cases.models import Klient
from tenant_apps.cases.services.einsicht import record_namensgleich
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.forms import AuswahlForm, initial_of
from tenant_apps.placements.search.selectors.search import count_angebote
from tenant_apps.placements.services.person import Betroffen, resolve_klient, resolve_neue_person
from tenant_apps.placements.services.search import check_stunden, create_suche, find_widersprueche
from tenants.tables.reads import shows_no_person

NUR_ZEIGEN = {"zaehlen", "filtern"}


def build_person_form(request: HttpRequest, *, pflicht: bool = False, klient: object = None) -> PersonForm:
    """People the acting person may choose; reading the list is recorded, and whom the form names as a namesake."""
    akteur = request.akteur
    record_access(
        akteur=akteur,
        aktion=Aktion.LESEN,
        vorgang=Vorgang.PERSONEN_SUCHEN,
        objekt_art="cases.klient",
        felder=["vorname", "nachname", "geburtsdatum", "pkz"],
    )
    form = PersonForm(
        posted(request),
        klienten=policies.visible_klienten(akteur),
        pflicht=pflicht,
        initial={"klient": klient} if klient else None,
    )
    record_namensgleich(akteur=akteur, klient=form.gezeigt)
    return form


def find_betroffen(request: HttpRequest, form: PersonForm) -> Betroffen | None:
    """The person chosen or entered, None when neither. Call in the transaction of the write."""
    if klient := form.cleaned_data.get("klient"):
        return resolve_klient(akteur=request.akteur, klient=klient)
    if neue := form.neue_person:
        return resolve_neue_person(akteur=request.akteur, person=neue)
    return None


@require_http_methods(["GET", "POST"])
@require(policies.may_search)
def search(request: HttpRequest) -> HttpResponse:
    """The form; sent off, the search is kept and its result shown."""
    vorlage = _vorlage(request)
    form = AuswahlForm(posted(request), initial=vorlage and initial_of(vorlage, **_changes(request)))
    person = build_person_form(request, klient=vorlage and vorlage.klient_id)
    nur_zeigen = request.POST.get("aktion") in NUR_ZEIGEN
    if request.method == "POST" and not nur_zeigen and form.is_valid() & person.is_valid():
        try:
            suche = _create(request, form, person)
        except SojusError as error:
            show_error(error, form, person)
        else:
            return redirect("placements:suche", suche.pk)
    page = _page(request, form, person)
    if nur_zeigen:  # counting or filtering without JavaScript is no complaint yet
        form.errors.clear()
        person.errors.clear()
    return render(request, "placements/auswahl/suche.html", page, status=status_of(form, person))


def _vorlage(request: HttpRequest) -> Suche | None:
    """A kept search to begin with (`?suche=<uuid>`)."""
    if not request.GET.get("suche"):
        return None
    suchen = policies.visible_suchen(request.akteur).select_related("hilfeart__modul")
    try:
        return get_object_or_404(suchen, pk=request.GET["suche"])
    except ValidationError as error:
        raise Http404 from error


def _changes(request: HttpRequest) -> dict[str, str]:
    return {"reichweite": request.GET["reichweite"]} if request.GET.get("reichweite") else {}


@transaction.atomic
def _create(request: HttpRequest, form: AuswahlForm, person: PersonForm) -> Suche:
    betroffen = find_betroffen(request, person)
    kriterien = form.kriterien(region=request.tenant.kuerzel, klient=betroffen.klient if betroffen else None)
    return create_suche(akteur=request.akteur, kriterien=kriterien, betroffen=betroffen)


def _page(request: HttpRequest, form: AuswahlForm, person: PersonForm) -> dict[str, Any]:
    return {
        "form": form,
        "person": person,
        "zahlen": _count(request, form, person) if form.is_bound else None,
        "letzte": policies.visible_suchen(request.akteur).select_related("hilfeart")[:5],
        "breadcrumb": crumbs("HzE-Auswahl"),
    }


@shows_no_person("counts of offers only; the chosen person's age and sex narrow them and are not shown")
@require_POST
@require(policies.may_search)
def count(request: HttpRequest) -> HttpResponse:
    """Days, weeks, quantity and both counts for what is typed so far. Nothing is kept."""
    form = AuswahlForm(posted(request))
    person = PersonForm(posted(request), klienten=policies.visible_klienten(request.akteur))
    context = {"zahlen": _count(request, form, person), "form": form, "ersetzt": form.bietet_andere_weitere}
    return render(request, "placements/auswahl/_zahlen.html", context)


def _count(request: HttpRequest, form: AuswahlForm, person: PersonForm) -> dict[str, Any]:
    """`meldung` where nothing can be counted: what is wrong; `fehlt`: what is missing yet."""
    if not form.is_valid():
        return dict(zip(("meldung", "fehlt"), form.list_hindernisse(), strict=True))
    person.is_valid()
    klient = person.cleaned_data.get("klient") or _entered(person)
    kriterien = form.kriterien(region=request.tenant.kuerzel, klient=klient)
    try:
        check_stunden(kriterien)
        zahlen = count_angebote(kriterien)
    except RegelVerletzt as error:
        return {"meldung": [error.message]}
    return {
        "kriterien": kriterien,
        "gesamt": zahlen.gesamt,
        "verfuegbar": zahlen.verfuegbar,
        "vergangen": form.liegt_in_vergangenheit,
        "aus_person": klient is not None,
        "widersprueche": find_widersprueche(klient, kriterien) if klient else (),
    }


def _entered(person: PersonForm) -> Klient | None:
    """Sex and birth as far as they are typed, so that the counts are those of the result; never saved."""
    geburtsdatum = person.cleaned_data.get("geburtsdatum")
    if geburtsdatum is None:
        return None
    return Klient(geburtsdatum=geburtsdatum, geschlecht=person.cleaned_data.get("geschlecht") or "")


@require_POST
@require(policies.may_search)
def list_personen(request: HttpRequest) -> HttpResponse:
    """The select of people, narrowed by what is typed."""
    return render(request, "placements/auswahl/_personen.html", {"person": build_person_form(request)})


def suche_crumbs(suche: Suche, *mehr: str | tuple[str, str], query: str = "") -> list[dict[str, str]]:
    """Start / HzE-Auswahl / Ergebnis / …; `query`: how the result was shown."""
    ergebnis = ("Ergebnis", f"{reverse('placements:suche', args=[suche.pk])}{query}")
    return crumbs(("HzE-Auswahl", reverse("placements:search")), ergebnis, *mehr)
