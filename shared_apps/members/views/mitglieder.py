"""People of an office (at its host) or of a provider (at the portal), and their roles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.guards import require
from shared_apps.accounts.models import Membership, User
from shared_apps.core.csv_export import csv_response
from shared_apps.core.errors import RegelVerletzt, SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import crumbs, posted, show_error, status_of
from shared_apps.core.zahlwort import anzahl
from shared_apps.members import policies
from shared_apps.members.forms import EinladungForm, EndeForm, MitgliederFilter, RolleForm, VertretungForm
from shared_apps.members.hooks import count_offene_faelle
from shared_apps.members.presenter import describe_mail
from shared_apps.members.selectors import mitglieder as selectors
from shared_apps.members.services import create_person, end_membership, issue_einladung
from shared_apps.members.views.common import breadcrumb, filter_chips, give, show_einladung, tabs
from tenants.door.middleware import runs_on_shared_tables

_KOPF = (
    "Nachname", "Vorname", "Benutzername", "E-Mail", "Rolle", "Team", "Stelle", "in Vertretung für", "gültig ab",
    "letzter Tag", "Stand",
)  # fmt: skip


def may_give_or_propose(akteur: Akteur) -> bool:
    """Open the form for a role: who gives it, and who may only propose it."""
    return policies.may_administer(akteur) or policies.may_propose(akteur)


def _rows(memberships: list[Membership]) -> list[dict[str, Any]]:
    names = selectors.list_place_names(memberships)
    return [
        {
            "m": m,
            "stelle": names.get(m.einrichtung_id) or names.get(m.anbieter_id) or "",
            "letzter_tag": selectors.last_day(m),
            "stand": selectors.get_stand(m),
            "vertretbar": policies.is_vertretbar(m),
        }
        for m in memberships
    ]


@runs_on_shared_tables
@require(policies.may_view_mitglieder)
@require_safe
def mitglieder(request: HttpRequest) -> HttpResponse:
    """Roles of this place, filtered; `?format=csv` gives all that the filter leaves."""
    form = MitgliederFilter(request.GET, akteur=request.akteur)
    rows = selectors.list_mitgliedschaften(policies.visible_memberships(request.akteur), **form.values())
    if request.GET.get("format") == "csv":
        return _export(rows)
    warn_ignored(request, form)
    page = selectors.MITGLIEDER.page(request, rows, unter=policies.visible_memberships(request.akteur))
    context = {
        "form": form,
        "page": page,
        "zeilen": _rows(list(page.object_list)),
        "chips": filter_chips(request, form),
        "tabs": tabs(request, "list"),
        "may_invite": policies.may_administer(request.akteur),
        "may_call": policies.may_propose(request.akteur),
        "breadcrumb": crumbs("Mitglieder"),
    }
    return render(request, "members/list.html", context)


def _export(rows: Any) -> HttpResponse:
    zeilen = []
    for z in _rows(list(rows)):
        m = z["m"]
        zeilen.append([
            m.user.nachname, m.user.vorname, m.user.username, m.user.email, m.get_rolle_display(), m.team, z["stelle"],
            m.deputy_of.name if m.deputy_of else "", m.gueltig_ab, z["letzter_tag"], z["stand"],
        ])  # fmt: skip
    return csv_response("mitglieder.csv", _KOPF, zeilen)


def _person(request: HttpRequest, pk: UUID) -> User:
    return get_object_or_404(policies.visible_users(request.akteur), pk=pk)


def _membership(request: HttpRequest, pk: UUID) -> Membership:
    return get_object_or_404(policies.visible_memberships(request.akteur), pk=pk)


@runs_on_shared_tables
@require(policies.may_view_mitglieder)
@require_safe
def mitglied(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One person with her roles here, ended ones too."""
    person = _person(request, pk)
    rows = policies.visible_memberships(request.akteur).filter(user=person).order_by("-gueltig_ab", "rolle")
    antraege = policies.visible_antraege(request.akteur).filter(user=person) if request.tenant else []
    administers = policies.may_administer(request.akteur)
    own = person.pk == request.akteur.user_id
    eingeladen = administers and not own and not person.has_usable_password()
    context = {
        "person": person,
        "zeilen": _rows(list(rows)),
        "antraege": antraege,
        "verlauf": selectors.list_verlauf(rows),
        "may_change": administers and not own,
        "may_give": may_give_or_propose(request.akteur) and not own,
        "may_reinvite": eingeladen,
        "sendet": bool(person.email) and settings.SENDS_MAIL,
        "zeigt_link": eingeladen and selectors.may_show_link(person),
        "ist_selbst": own,
        "im_amt": request.tenant is not None,
        "stammdaten": [
            {"label": "Benutzername", "wert": person.username},
            {"label": "E-Mail", "wert": person.email or "–"},
            {"label": "Zugang", "wert": _zugang_text(person)},
            *(
                [{"label": "Einladung", "wert": describe_mail(selectors.find_einladung_mail(person))}]
                if eingeladen
                else []
            ),
        ],
        "breadcrumb": breadcrumb(person.name),
    }
    return render(request, "members/detail.html", context)


def _zugang_text(person: User) -> str:
    if not person.is_active:
        return "gesperrt"
    return "eingerichtet" if person.has_usable_password() else "eingeladen, noch kein Passwort festgelegt"


@runs_on_shared_tables
@never_cache
@require(policies.may_administer)
@require_http_methods(["GET", "HEAD", "POST"])
def einladen(request: HttpRequest) -> HttpResponse:
    """A new person with her first role; leading roles wait for the second person."""
    form = EinladungForm(posted(request), akteur=request.akteur)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                _refuse_known(request.akteur, data["email"])
                zusatz = request.tenant.kuerzel if request.tenant else ""
                person = create_person(
                    vorname=data["vorname"], nachname=data["nachname"], email=data["email"], zusatz=zusatz
                )
                text = give(request, form.as_wunsch(person), data.get("begruendung", ""))
                einladung = issue_einladung(user=person, tenant=request.tenant, von_id=request.akteur.user_id)
        except SojusError as error:
            show_error(error, form)
        else:
            return show_einladung(request, einladung, weiter=reverse("members:detail", args=[person.pk]), text=text)
    context = {"form": form, "breadcrumb": breadcrumb("Person einladen")}
    return render(request, "members/einladen.html", context, status=status_of(form))


def _refuse_known(akteur: Akteur, email: str) -> None:
    if policies.visible_users(akteur).filter(email__iexact=email).exists():
        raise RegelVerletzt(
            "Eine Person mit dieser E-Mail gibt es hier schon. Bitte öffnen Sie sie und geben Sie ihr die Rolle.",
            feld="email",
        )


@runs_on_shared_tables
@require(may_give_or_propose)
@require_http_methods(["GET", "HEAD", "POST"])
def rolle_geben(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a person a further role, or propose a leading one."""
    person = _person(request, pk)
    form = RolleForm(posted(request), akteur=request.akteur)
    if request.method == "POST" and form.is_valid():
        try:
            text = give(request, form.as_wunsch(person), form.cleaned_data.get("begruendung", ""))
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(request, text)
            return redirect("members:detail", pk=person.pk)
    url = reverse("members:detail", args=[person.pk])
    context = {
        "form": form,
        "person": person,
        "nur_vorschlagen": not policies.may_administer(request.akteur),
        "breadcrumb": breadcrumb((person.name, url), "Rolle geben"),
    }
    return render(request, "members/rolle.html", context, status=status_of(form))


@runs_on_shared_tables
@never_cache
@require(policies.may_administer)
@require_POST
def erneut_einladen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new invitation for somebody who has not set a password yet; it voids the earlier ones."""
    person = _person(request, pk)
    einladung = issue_einladung(
        user=person,
        tenant=request.tenant,
        von_id=request.akteur.user_id,
        zeigen=request.POST.get("weg") == "link",
    )
    return show_einladung(request, einladung, weiter=reverse("members:detail", args=[person.pk]))


@runs_on_shared_tables
@require(policies.may_administer)
@require_http_methods(["GET", "HEAD", "POST"])
def beenden(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a role, at once or after a day."""
    membership = _membership(request, pk)
    url = reverse("members:detail", args=[membership.user_id])
    frage = Frage(
        title="Rolle beenden?",
        text="Die Person sieht danach an dieser Stelle nichts mehr, was sie nur mit dieser Rolle sehen durfte.",
        items=[("Person", membership.user.name), ("Rolle", membership.get_rolle_display())],
        action_label="Rolle beenden",
        level="danger",
        achtung=_hinterlassenes(request.akteur, membership),
        back=url,
        breadcrumb=breadcrumb((membership.user.name, url), "Rolle beenden"),
    )
    return ask(
        request,
        frage,
        form=EndeForm(posted(request)),
        work=lambda data: end_membership(akteur=request.akteur, membership=membership, letzter_tag=data["letzter_tag"]),
        done=f"Die Rolle „{membership.get_rolle_display()}“ ist beendet.",
    )


def _hinterlassenes(akteur: Akteur, membership: Membership) -> dict[str, Any] | None:
    """The cases that have nobody any more when the role ends, and who hands them over before."""
    zahl = count_offene_faelle(akteur=akteur, membership=membership)
    if not zahl:
        return None
    faelle = anzahl(zahl, "offenen Fall", "offene Fälle")
    return {
        "title": f"{membership.user.name} führt {faelle}",
        "text": "Bitte lassen Sie sie übergeben, bevor die Rolle endet. Unter „Hilfefälle“, „Fälle übergeben“ geht das"
        " in einem Schritt. Das können:",
        "zeilen": [
            {"text": f"{membership.user.name} selbst"},
            *({"text": f"{m.user.name}, {m.get_rolle_display()}"} for m in selectors.list_teamleitungen(membership)),
        ],
        "folge": "Was übrig bleibt, sehen Teamleitung und Jugendamtsleitung danach unter „Fälle ohne Fachkraft“."
        " Gesperrte Fälle zählen hier nicht mit.",
    }


@runs_on_shared_tables
@require(policies.may_administer)
@require_http_methods(["GET", "HEAD", "POST"])
def vertretung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody stands in for a colleague in one of her roles, for a period."""
    membership = get_object_or_404(
        policies.visible_memberships(request.akteur).filter(deputy_of__isnull=True, tenant__isnull=False), pk=pk
    )
    if not policies.is_vertretbar(membership):
        raise Http404
    personen = list(policies.eligible_vertretungen(request.akteur, membership))
    form = VertretungForm(posted(request), personen=personen, rolle=Rolle(membership.rolle))
    if request.method == "POST" and form.is_valid():
        try:
            text = give(request, form.as_wunsch(membership), f"Vertretung für {membership.user.name}")
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(request, text)
            return redirect("members:detail", pk=membership.user_id)
    url = reverse("members:detail", args=[membership.user_id])
    context = {
        "form": form,
        "membership": membership,
        "niemand": "" if personen else policies.describe_vertretbar(Rolle(membership.rolle)),
        "breadcrumb": breadcrumb((membership.user.name, url), "Vertretung"),
    }
    return render(request, "members/vertretung.html", context, status=status_of(form))
