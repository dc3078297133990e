"""Requests for roles and deputyships: what waits, and the decision by a second person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage, Weg, answered, decide
from shared_apps.core.liste import nach_key
from shared_apps.core.seite import Stufe, crumbs
from shared_apps.members import policies
from shared_apps.members.forms import AuftragForm, GrundForm
from shared_apps.members.models import Mitgliedschaftsantrag
from shared_apps.members.selectors import mitglieder as selectors
from shared_apps.members.services import approve_mitgliedschaftsantrag, reject_mitgliedschaftsantrag
from shared_apps.members.states import MITGLIEDSCHAFTSANTRAG, AntragAktion, AntragZustand
from shared_apps.members.views.common import breadcrumb, tabs
from tenants.door.middleware import runs_on_shared_tables

ZU_ZWEIT = "Eine zweite Person entscheidet. Wer vorschlägt oder die Rolle erhält, entscheidet nicht selbst."
AUF_AUFTRAG = (
    "Dieses Jugendamt hat keine zweite Person, die entscheiden darf. Sie bestätigen an ihrer Stelle, auf schriftlichen "
    "Auftrag; das Jugendamt erhält eine Nachricht."
)


def describe_antrag(antrag: Mitgliedschaftsantrag) -> list[dict[str, Any]]:
    """What the deciding person needs to know."""
    ende = selectors.last_day(antrag)
    return [
        {"label": "Person", "wert": f"{antrag.user.name} ({antrag.user.username})"},
        {"label": "Rolle", "wert": antrag.get_rolle_display()},
        {"label": "E-Mail", "wert": antrag.user.email or "–"},
        {"label": "Stelle", "wert": _stelle(antrag)},
        *([{"label": "Team", "wert": antrag.team}] if antrag.team else []),
        *([{"label": "in Vertretung für", "wert": antrag.deputy_of.name}] if antrag.deputy_of else []),
        {"label": "Gültig ab", "wert": antrag.gueltig_ab.strftime("%d.%m.%Y")},
        {"label": "Letzter Tag", "wert": ende.strftime("%d.%m.%Y") if ende else "bis auf Weiteres"},
        {"label": "Begründung", "wert": antrag.begruendung},
        {"label": "Beantragt von", "wert": antrag.beantragt_von.name},
        {"label": "Stand", "wert": antrag.get_zustand_display()},
        *([{"label": "Entschieden von", "wert": antrag.entschieden_von.name}] if antrag.entschieden_von else []),
        *(
            [{"label": "Schriftlicher Auftrag", "wert": f"{antrag.auftrag} vom {antrag.auftrag_vom:%d.%m.%Y}"}]
            if antrag.auftrag
            else []
        ),
        *([{"label": "Grund der Ablehnung", "wert": antrag.ablehnungsgrund}] if antrag.ablehnungsgrund else []),
    ]


def _stelle(antrag: Mitgliedschaftsantrag) -> str:
    if antrag.anbieter:
        return f"{antrag.anbieter.name}, verwaltet die Zugänge"
    return antrag.tenant.name if antrag.tenant else antrag.get_koerperschaft_display()


@runs_on_shared_tables
@require(policies.may_open_antraege)
@require_safe
def antraege(request: HttpRequest) -> HttpResponse:
    """Waiting ones first, then the decided; `?nur=meine`: those that wait for this person."""
    nur_meine = request.GET.get("nur") == "meine"
    warn_ignored(request, bekannt={"nur": {"meine"}, "entschieden": None, nach_key("entschieden"): None})
    rows = policies.visible_antraege(request.akteur)
    offen = policies.decidable_antraege(request.akteur) if nur_meine else rows.filter(zustand=AntragZustand.BEANTRAGT)
    entschieden = selectors.ENTSCHIEDEN.page(request, rows.exclude(zustand=AntragZustand.BEANTRAGT), key="entschieden")
    context = {
        "page": selectors.ANTRAEGE.page(request, offen, unter=rows),
        "nur_meine": nur_meine,
        "sieht_alle": policies.may_view_antraege(request.akteur),
        "entschieden": entschieden,
        "tabs": tabs(request, "antraege"),
        "breadcrumb": _trail(request, "Rollenanträge"),
    }
    return render(request, "members/antraege.html", context)


def _trail(request: HttpRequest, *stufen: Stufe) -> list[dict[str, str]]:
    """Below the list of people, for those who may open it."""
    trail = breadcrumb(*stufen)
    return trail if policies.may_view_mitglieder(request.akteur) else [trail[0], *trail[2:]]


@runs_on_shared_tables
@require(policies.may_open_antraege)
@require_http_methods(["GET", "HEAD", "POST"])
def antrag(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request; approve or decline it when the person may."""
    return show_decision(request, pk, zurueck=reverse("members:antraege"))


def show_decision(request: HttpRequest, pk: UUID, *, zurueck: str) -> HttpResponse:
    """The same page for whoever decides in the office, for the represented person and for the (second) operator."""
    row = get_object_or_404(policies.visible_antraege(request.akteur), pk=pk)
    needs_order = request.tenant is None and row.tenant_id is not None
    may_decide = policies.may_decide_antrag(request.akteur, row)
    waits = AntragAktion.BEWILLIGEN in MITGLIEDSCHAFTSANTRAG.erlaubt(AntragZustand(row.zustand))
    frage = Frage(
        title="Rollenantrag",
        items=describe_antrag(row),
        unmoeglich=ZU_ZWEIT if waits and not may_decide else "",
        back=zurueck,
        breadcrumb=_trail(request, ("Rollenanträge", zurueck), row.user.name)
        if request.tenant
        else crumbs(("Zugänge", zurueck), row.user.name),
    )
    wege = {
        "bewilligen": Weg(
            label="Bewilligen",
            form=AuftragForm(answered(request, "bewilligen")) if needs_order else None,
            text=AUF_AUFTRAG if needs_order else _describe_vertretung(request, row),
            work=lambda order: approve_mitgliedschaftsantrag(akteur=request.akteur, antrag=row, **order),
            done=f"Bewilligt: {row.user.name}, {row.get_rolle_display()}.",
            offered=may_decide,
        ),
        "ablehnen": Weg(
            label="Ablehnen",
            level="danger",
            form=GrundForm(answered(request, "ablehnen")),
            work=lambda data: reject_mitgliedschaftsantrag(akteur=request.akteur, antrag=row, grund=data["grund"]),
            done="Der Antrag ist abgelehnt.",
            offered=may_decide,
        ),
    }
    return decide(request, frage, wege)


def _describe_vertretung(request: HttpRequest, antrag: Mitgliedschaftsantrag) -> str:
    if antrag.deputy_of_id != request.akteur.user_id:
        return ""
    return f"{antrag.user.name} sieht in dieser Zeit Ihre Fälle. Die Vertretung endet von selbst."
