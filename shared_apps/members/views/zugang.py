"""Ask for access (everybody), and work through what was asked (who administers that place)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.guards import public, require, secret_address
from shared_apps.core.errors import Verweigert
from shared_apps.core.frage import Frage, Weg, answered, decide
from shared_apps.core.seite import posted
from shared_apps.members import policies
from shared_apps.members.enums import ZugangZiel
from shared_apps.members.forms import GrundForm, ZugangEntscheidungForm, ZugangForm
from shared_apps.members.models import Zugangsantrag
from shared_apps.members.selectors import mitglieder as selectors
from shared_apps.members.services import (
    Einladung,
    approve_zugangsantrag,
    confirm_zugangsantrag,
    reject_zugangsantrag,
    submit_zugangsantrag,
)
from shared_apps.members.services.zugang import find_zugangsantrag
from shared_apps.members.states import ZUGANGSANTRAG, ZugangAktion, ZugangZustand
from shared_apps.members.views.common import BEANTRAGT, breadcrumb, show_einladung, tabs
from shared_apps.providers.models import Anbieter
from shared_apps.signin.door import CONSENT, SETUP, STEP, ask_counted, by_network, open_before
from tenants.door.middleware import counts_first, runs_on_shared_tables

ASKING = public("Asking for access: whoever has no account yet; the answer is the same for every address.")


@runs_on_shared_tables
@counts_first(by_network("zugang"))
@ASKING
@never_cache
@sensitive_post_parameters("vorname", "nachname", "email", "begruendung")
@require_http_methods(["GET", "HEAD", "POST"])
def beantragen(request: HttpRequest) -> HttpResponse:
    """The public form. The answer is the same for known and unknown addresses."""
    form = ZugangForm(posted(request), im_amt=request.tenant is not None)

    def work() -> None:
        data = form.cleaned_data
        submit_zugangsantrag(
            vorname=data["vorname"],
            nachname=data["nachname"],
            email=data["email"],
            ziel=ZugangZiel(data["ziel"]),
            tenant=request.tenant,
            organisation=data["organisation"],
            rolle=Rolle(data["rolle"]),
            begruendung=data["begruendung"],
        )

    return ask_counted(request, form, work, template="members/beantragen.html", sent="zugang_gesendet")


@runs_on_shared_tables
@ASKING
@require_safe
def gesendet(request: HttpRequest) -> HttpResponse:
    """What happens next; says nothing about whether the address is known."""
    return render(request, "members/gesendet.html")


@secret_address
@open_before(STEP, CONSENT, SETUP)  # the link says whose address it confirms, whoever is signed in here
@runs_on_shared_tables
@ASKING
@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def bestaetigen(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm the address. By a button: programs that open links in mails confirm nothing."""
    status, done, grund = 200, False, ""
    if request.method == "POST":
        try:
            confirm_zugangsantrag(token=token, tenant=request.tenant)
            done = True
        except Verweigert as error:
            grund, status = error.message, 403
    elif find_zugangsantrag(token, tenant=request.tenant) is None:
        grund, status = "Der Link ist abgelaufen oder schon benutzt. Bitte stellen Sie den Antrag noch einmal.", 403
    return render(request, "members/bestaetigen.html", {"done": done, "grund": grund}, status=status)


def describe_zugangsantrag(row: Zugangsantrag) -> list[dict[str, Any]]:
    """Who asks, for what, why."""
    return [
        {"label": "Name", "wert": row.name},
        {"label": "E-Mail", "wert": row.email, "hint": "auf Nachfrage bestätigt"},
        {"label": "Arbeitsplatz", "wert": row.tenant.name if row.tenant else row.organisation or "–"},
        {"label": "Gewünschte Rolle", "wert": row.get_rolle_display()},
        {"label": "Wofür", "wert": row.begruendung},
        {"label": "Stand", "wert": row.get_zustand_display()},
        *([{"label": "Entschieden von", "wert": row.entschieden_von.name}] if row.entschieden_von else []),
        *([{"label": "Grund der Ablehnung", "wert": row.ablehnungsgrund}] if row.ablehnungsgrund else []),
    ]


@runs_on_shared_tables
@require(policies.may_administer)
@require_safe
def zugaenge(request: HttpRequest) -> HttpResponse:
    """The worklist of an office's or a provider's administration."""
    rows = policies.visible_zugangsantraege(request.akteur)
    context = {
        "offen": rows.filter(zustand=ZugangZustand.OFFEN),
        "page": selectors.ZUGAENGE.page(request, rows.exclude(zustand=ZugangZustand.OFFEN)),
        "tabs": tabs(request, "zugaenge"),
        "detail": "members:zugang",
        "breadcrumb": breadcrumb("Zugangsanträge"),
    }
    return render(request, "members/zugaenge.html", context)


@runs_on_shared_tables
@never_cache
@require(policies.may_administer)
@require_http_methods(["GET", "HEAD", "POST"])
def zugang(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request for access: approve with a role, or decline with a reason."""
    liste = reverse("members:zugaenge")
    return show_decision(request, pk, zurueck=liste, trail=breadcrumb(("Zugangsanträge", liste), "Antrag"))


def show_decision(request: HttpRequest, pk: UUID, *, zurueck: str, trail: list[dict[str, str]]) -> HttpResponse:
    """The same page for office, provider and operator."""
    row = get_object_or_404(policies.visible_zugangsantraege(request.akteur), pk=pk)
    form = ZugangEntscheidungForm(
        answered(request, "bewilligen"),
        akteur=request.akteur,
        ziel=row.ziel,
        organisation=row.organisation,
        initial={"rolle": row.rolle},
    )
    erlaubt = ZUGANGSANTRAG.erlaubt(ZugangZustand(row.zustand))
    frage = Frage(title="Zugangsantrag", items=describe_zugangsantrag(row), back=zurueck, breadcrumb=trail)
    wege = {
        "bewilligen": Weg(
            label="Bewilligen und einladen",
            title="Bewilligen",
            text="Bitte prüfen Sie auf anderem Weg, ob die Person wirklich hier arbeitet. Leitende Rollen warten "
            "danach auf eine zweite Person.",
            form=form,
            work=lambda data: _approve(request, row, data),
            shows=lambda einladung: _show_einladung(request, einladung, zurueck),
            offered=ZugangAktion.BEWILLIGEN in erlaubt,
        ),
        "ablehnen": Weg(
            label="Ablehnen",
            level="danger",
            form=GrundForm(answered(request, "ablehnen")),
            work=lambda data: reject_zugangsantrag(akteur=request.akteur, antrag=row, grund=data["grund"]),
            done="Der Antrag ist abgelehnt. Die Person erhält eine Nachricht ohne den Grund.",
            offered=ZugangAktion.ABLEHNEN in erlaubt,
        ),
    }
    return decide(request, frage, wege)


def _approve(request: HttpRequest, row: Zugangsantrag, data: dict[str, Any]) -> Einladung:
    anbieter = Anbieter.objects.get(pk=data["anbieter"]) if data.get("anbieter") else None
    return approve_zugangsantrag(
        akteur=request.akteur,
        antrag=row,
        rolle=Rolle(data["rolle"]),
        anbieter=anbieter,
        einrichtung_id=UUID(data["einrichtung"]) if data.get("einrichtung") else None,
        team=data.get("team", ""),
        letzter_tag=data["letzter_tag"],
    )


def _show_einladung(request: HttpRequest, einladung: Einladung, zurueck: str) -> HttpResponse:
    waits = einladung.user.memberships.count() == 0
    text = f"Die Person ist angelegt. {BEANTRAGT}" if waits else "Der Antrag ist bewilligt."
    return show_einladung(request, einladung, weiter=zurueck, text=text)
