"""The operator, always two of them: administrations where nobody could yet, roles of the state; written orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.errors import SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.liste import nach_key
from shared_apps.core.seite import Stufe, crumbs, posted, show_error, status_of
from shared_apps.members import policies
from shared_apps.members.forms import ErsteAmtVerwaltungForm, ErsteAnbieterVerwaltungForm, LandRolleForm
from shared_apps.members.presenter import describe_mail
from shared_apps.members.selectors import mitglieder as selectors
from shared_apps.members.services import Einladung, issue_einladung
from shared_apps.members.services.first import (
    create_first_anbieter_admin,
    create_first_tenant_admin,
    create_land_rolle,
)
from shared_apps.members.states import AntragZustand, ZugangZustand
from shared_apps.members.views import antraege, zugang
from shared_apps.members.views.common import BEANTRAGT, show_einladung
from tenants.door.middleware import runs_on_shared_tables


def _trail(*stufen: Stufe) -> list[dict[str, str]]:
    return crumbs(("Betrieb", "/betrieb/"), ("Zugänge", reverse("operators:home")), *stufen)


#: Places of the three lists of this page in its address.
_SEITEN = ("bestaetigt", nach_key("bestaetigt"), "eingeladen", nach_key("eingeladen"))


@runs_on_shared_tables
@require(policies.may_operate_zugaenge)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the operator, and providers nobody administers yet."""
    akteur = request.akteur
    suche = request.GET.get("suche", "").strip()[:100]
    warn_ignored(request, bekannt={"suche": None, **dict.fromkeys(_SEITEN)})
    context = {
        "antraege": policies.visible_antraege(akteur).filter(zustand=AntragZustand.BEANTRAGT),
        "zugaenge": policies.visible_zugangsantraege(akteur).filter(zustand=ZugangZustand.OFFEN),
        "bestaetigt": selectors.BESTAETIGT.page(
            request, policies.visible_antraege(akteur).exclude(auftrag=""), key="bestaetigt"
        ),
        "jugendaemter": [(t, policies.nobody_proposes(t.pk)) for t in selectors.list_tenants_without_admin()],
        "page": selectors.OHNE_VERWALTUNG.page(request, selectors.list_anbieter_without_admin(suche)),
        "suche": suche,
        "eingeladene": selectors.EINGELADENE.page(request, policies.visible_eingeladene(akteur), key="eingeladen"),
        "breadcrumb": _trail(),
    }
    return render(request, "members/betrieb.html", context)


@runs_on_shared_tables
@require(policies.may_operate_zugaenge)
@require_http_methods(["GET", "HEAD", "POST"])
def antrag(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide on a role of the state, or in place of an office's second person, on its written order."""
    return antraege.show_decision(request, pk, zurueck=reverse("operators:home"))


@runs_on_shared_tables
@never_cache
@require(policies.may_operate_zugaenge)
@require_http_methods(["GET", "HEAD", "POST"])
def zugangsantrag(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide on a request for access that nobody else administers."""
    return zugang.show_decision(request, pk, zurueck=reverse("operators:home"), trail=_trail("Zugangsantrag"))


@runs_on_shared_tables
@never_cache
@require(policies.may_operate_zugaenge)
@require_http_methods(["GET", "HEAD", "POST"])
def anbieter_verwaltung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose the first person who administers a provider's people; a second operator decides."""
    anbieter = get_object_or_404(selectors.list_anbieter_without_admin(), pk=pk)
    return _propose(
        request,
        ErsteAnbieterVerwaltungForm(posted(request)),
        lambda angaben: create_first_anbieter_admin(akteur=request.akteur, anbieter=anbieter, **angaben),
        titel="Erste Verwaltung eines Anbieters",
        lead=f"{anbieter.name}: Diese Person verwaltet die Zugänge des Anbieters selbst, sobald eine zweite Person "
        "des Betriebs sie bewilligt hat.",
        ort=anbieter.name,
    )


@runs_on_shared_tables
@never_cache
@require(policies.may_operate_zugaenge)
@require_http_methods(["GET", "HEAD", "POST"])
def amt_verwaltung(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose an administrator for an office in which nobody can; its head or a second operator decides."""
    tenant = get_object_or_404(selectors.list_tenants_without_admin(), pk=pk)
    if not policies.nobody_proposes(tenant.pk):
        raise Http404
    return _propose(
        request,
        ErsteAmtVerwaltungForm(posted(request)),
        lambda angaben: create_first_tenant_admin(akteur=request.akteur, tenant=tenant, **angaben),
        titel="Administration eines Jugendamtes",
        lead=f"{tenant.name}: Dort kann zurzeit niemand eine Rolle vorschlagen. Es entscheidet die "
        "Jugendamtsleitung; gibt es keine, eine zweite Person des Betriebs auf schriftlichen Auftrag.",
        ort=tenant.name,
    )


@runs_on_shared_tables
@never_cache
@require(policies.may_operate_zugaenge)
@require_http_methods(["GET", "HEAD", "POST"])
def land_rolle(request: HttpRequest) -> HttpResponse:
    """Propose a person for Landesjugendamt, Ministerium or Betrieb; a second operator decides."""
    return _propose(
        request,
        LandRolleForm(posted(request)),
        lambda angaben: create_land_rolle(akteur=request.akteur, **angaben),
        titel="Rolle des Landes vorschlagen",
        lead="Landesjugendamt, Ministerium und Betrieb: Eine zweite Person des Betriebs bewilligt die Rolle.",
        ort="Rolle vorschlagen",
    )


def _propose(
    request: HttpRequest,
    form: Form,
    propose: Callable[[dict[str, Any]], Einladung],
    *,
    titel: str,
    lead: str,
    ort: str,
) -> HttpResponse:
    """The page of a proposal: asks, proposes and invites, then shows what became of the invitation."""
    if request.method == "POST" and form.is_valid():
        try:
            einladung = propose(form.cleaned_data)
        except SojusError as error:
            show_error(error, form)
        else:
            return show_einladung(request, einladung, weiter=reverse("operators:home"), text=BEANTRAGT)
    context = {
        "form": form,
        "titel": titel,
        "lead": lead,
        "knopf": "Vorschlagen und einladen",
        "breadcrumb": _trail(ort),
    }
    return render(request, "members/betrieb_form.html", context, status=status_of(form))


@runs_on_shared_tables
@never_cache
@require(policies.may_operate_zugaenge)
@require_http_methods(["GET", "HEAD", "POST"])
def einladung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whom the operator invites and who has no password yet: what became of the mail, and once more."""
    person = get_object_or_404(policies.visible_eingeladene(request.akteur), pk=pk)
    if request.method == "POST":
        neu = issue_einladung(
            user=person,
            tenant=selectors.find_einladung_tenant(person),
            von_id=request.akteur.user_id,
            zeigen=request.POST.get("weg") == "link",
        )
        return show_einladung(request, neu, weiter=reverse("operators:einladung", args=[person.pk]))
    context = {
        "person": person,
        "stammdaten": [
            {"label": "Benutzername", "wert": person.username},
            {"label": "E-Mail", "wert": person.email or "–"},
            {"label": "Einladung", "wert": describe_mail(selectors.find_einladung_mail(person))},
        ],
        "sendet": bool(person.email) and settings.SENDS_MAIL,
        "zeigt_link": selectors.may_show_link(person),
        "url": request.path,
        "breadcrumb": _trail(person.name),
    }
    return render(request, "members/betrieb_einladung.html", context)
