"""One invoice: its lines, the automatic check, the steps, and the action of this role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import require
from shared_apps.core.clock import today
from shared_apps.core.frage import Frage
from shared_apps.core.geld import format_geld
from shared_apps.core.liste import related
from shared_apps.core.seite import Knopf, buttons, crumbs, posted
from tenant_apps.audit.frage import ask_about
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import Vorhaben, record_access
from tenant_apps.billing import policies
from tenant_apps.billing.enums import Vorgang
from tenant_apps.billing.forms import BeanstandungForm, ZahlungForm
from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.selectors.berechnung import (
    describe_ueberzahlung,
    list_befunde,
    list_doppelte,
    list_zeilen,
)
from tenant_apps.billing.selectors.konto import GEAENDERT, describe_konto
from tenant_apps.billing.selectors.rechnungen import LEVELS
from tenant_apps.billing.services.check import (
    approve_rechnung,
    check_rechnung,
    reject_rechnung,
    settle_rechnung,
)
from tenant_apps.billing.states import RECHNUNG_LEBEND, RechnungAktion, RechnungZustand

#: The step that is reached; paid is done altogether.
_Z = RechnungZustand
_STUFE: dict[str, int] = {_Z.EINGEREICHT: 1, _Z.SACHLICH_RICHTIG: 2, _Z.ANGEORDNET: 3, _Z.BEZAHLT: 5}


def _get(request: HttpRequest, uuid: UUID) -> Rechnung:
    mit = related(
        "anbieter__bankverbindung", "konto", "buchung__hilfefall", "buchung__hilfeart", "buchung__einrichtung",
        "leistungsnachweis", "eingereicht_von", "festgestellt_von", "angeordnet_von", "beanstandet_von",
        "storniert_durch__eingereicht_von", "auszahlung__erfasst_von",
    )  # fmt: skip
    return get_object_or_404(mit(policies.visible_rechnungen(request.akteur)), pk=uuid)


def _steps(rechnung: Rechnung) -> list[dict[str, str]]:
    if rechnung.zustand not in RECHNUNG_LEBEND:
        return [
            {"label": "Eingereicht", "status": "done"},
            {"label": rechnung.get_zustand_display(), "status": "current"},
        ]
    stufe = _STUFE[rechnung.zustand]
    labels = ["Eingereicht", "Geprüft", "Angeordnet", "Bezahlt"]
    return [
        {"label": label, "status": "done" if n < stufe else "current" if n == stufe else "open"}
        for n, label in enumerate(labels, start=1)
    ]


_KNOEPFE = {
    RechnungAktion.FESTSTELLEN: Knopf("billing:check"),
    RechnungAktion.ANORDNEN: Knopf("billing:approve"),
    RechnungAktion.BEZAHLEN: Knopf("billing:settle"),
    RechnungAktion.BEANSTANDEN: Knopf("billing:reject", level="danger"),
}


@require_GET
@require(policies.may_list_rechnungen)
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The invoice. There is no name on it: case number and period are enough (§ 35 SGB I)."""
    rechnung = _get(request, uuid)
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.RECHNUNG_ANSEHEN, objekt=rechnung,
        felder=("nummer", "fallnummer", "betrag", "positionen"),
    )  # fmt: skip
    zustand = RechnungZustand(rechnung.zustand)
    return render(
        request,
        "billing/rechnung.html",
        {
            "rechnung": rechnung,
            "buchung": rechnung.buchung,
            "nachweis": rechnung.leistungsnachweis,
            "positionen": list_zeilen(rechnung),
            "befunde": list_befunde(rechnung),
            "ueberzahlung": describe_ueberzahlung(rechnung, ist_amt=request.akteur.ist_amt),
            "doppelte": _describe_doppelte(request.akteur, rechnung),
            "konto": describe_konto(rechnung),
            "konto_geaendert": GEAENDERT,
            "auszahlung": getattr(rechnung, "auszahlung", None),
            "level": LEVELS[rechnung.zustand],
            "steps": _steps(rechnung),
            "actions": buttons(policies.SCHRITTE_RECHNUNG, zustand, request.akteur, _KNOEPFE, rechnung.pk),
            "darf_korrigieren": policies.may_correct_nachweis(request.akteur, rechnung),
            "amt": request.tenant,
            "breadcrumb": _crumbs(rechnung),
        },
    )


def _describe_doppelte(akteur: Akteur, rechnung: Rechnung) -> list[dict[str, Any]]:
    """Which other invoices charge the same days: the office's alone, a provider never hears of another house's."""
    if not akteur.ist_amt or rechnung.zustand not in RECHNUNG_LEBEND:
        return []
    sichtbar = policies.visible_rechnungen(akteur)
    return [
        {"rechnung": andere, "level": LEVELS[andere.zustand]}
        for andere in list_doppelte(rechnung, sichtbar.select_related("anbieter", "buchung__hilfeart"))
    ]


def _crumbs(rechnung: Rechnung, *more: str) -> list[dict[str, str]]:
    own = (f"Rechnung {rechnung.nummer}", reverse("billing:detail", args=[rechnung.pk]))
    return crumbs(("Abrechnung", reverse("billing:list")), own, *more)


#: No state leads back (law.md 5.2: the order goes to the treasury, what was paid stays); the question says so.
UNWIDERRUFLICH = (
    "Eine Anordnung lässt sich hier nicht zurücknehmen: Beanstanden können Sie die Rechnung nur vorher. Fällt danach "
    "ein Fehler auf, klären Sie ihn mit der Kasse und dem Anbieter."
)
VERMERKT = "Der Vermerk lässt sich nicht zurücknehmen; bitte prüfen Sie den Tag."


def _ask(
    request: HttpRequest,
    rechnung: Rechnung,
    aktion: RechnungAktion,
    *,
    work: Callable[[dict[str, Any]], object],
    done: str,
    form: forms.Form | None = None,
    **worte: Any,
) -> HttpResponse:
    konto = describe_konto(rechnung)
    frage = Frage(
        back=reverse("billing:detail", args=[rechnung.pk]),
        breadcrumb=_crumbs(rechnung, worte["title"]),
        items=[
            ("Rechnung", rechnung.nummer),
            ("Anbieter", str(rechnung.anbieter)),
            ("Monat", f"{rechnung.monat:%m/%Y}"),
            ("Fallnummer", rechnung.buchung.hilfefall.fallnummer),
            ("Betrag", format_geld(rechnung.betrag)),
            ("Konto", konto.text if konto else "kein Konto"),
            *([(GEAENDERT, konto.hinweis)] if konto and konto.hinweis else []),
        ],
        **worte,
    )
    vorhaben = Vorhaben(policies.SCHRITTE_RECHNUNG, aktion)
    return ask_about(
        rechnung, Vorgang.RECHNUNG_SCHRITT, request, frage, vorhaben=vorhaben, form=form, work=work, done=done
    )


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_RECHNUNG.may(RechnungAktion.FESTSTELLEN))
def check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """WJH certifies."""
    rechnung = _get(request, uuid)
    return _ask(
        request,
        rechnung,
        RechnungAktion.FESTSTELLEN,
        title="Richtigkeit feststellen?",
        text="Sie bestätigen, dass die Rechnung sachlich und rechnerisch richtig ist. Die Zahlung ordnet danach"
        " eine andere Person an.",
        action_label="Sachlich und rechnerisch richtig",
        work=lambda _: check_rechnung(rechnung=rechnung, akteur=request.akteur),
        done="Die Rechnung ist als sachlich und rechnerisch richtig festgestellt.",
    )


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_RECHNUNG.may(RechnungAktion.ANORDNEN))
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The lead orders the payment."""
    rechnung = _get(request, uuid)
    return _ask(
        request,
        rechnung,
        RechnungAktion.ANORDNEN,
        title="Zahlung anordnen?",
        text=f"Die Richtigkeit hat {rechnung.festgestellt_von} festgestellt. {UNWIDERRUFLICH}"
        if rechnung.festgestellt_von_id
        else UNWIDERRUFLICH,
        action_label="Zahlung anordnen",
        work=lambda _: approve_rechnung(rechnung=rechnung, akteur=request.akteur),
        done="Die Zahlung ist angeordnet.",
    )


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_RECHNUNG.may(RechnungAktion.BEANSTANDEN))
def reject(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Back to the provider."""
    rechnung = _get(request, uuid)
    return _ask(
        request,
        rechnung,
        RechnungAktion.BEANSTANDEN,
        title="Rechnung beanstanden?",
        text="Der Anbieter korrigiert den Leistungsnachweis und stellt eine neue Rechnung. Diese hier bleibt"
        " beanstandet.",
        action_label="Beanstanden",
        level="danger",
        form=BeanstandungForm(posted(request)),
        work=lambda data: reject_rechnung(rechnung=rechnung, akteur=request.akteur, grund=data["grund"]),
        done="Die Rechnung ist beanstandet. Der Anbieter ist benachrichtigt.",
    )


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_RECHNUNG.may(RechnungAktion.BEZAHLEN))
def settle(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The money has left."""
    rechnung = _get(request, uuid)
    return _ask(
        request,
        rechnung,
        RechnungAktion.BEZAHLEN,
        title="Als bezahlt vermerken?",
        text=f"{describe_ueberzahlung(rechnung, ist_amt=True)} {VERMERKT}".strip(),
        action_label="Als bezahlt vermerken",
        form=ZahlungForm(posted(request), initial={"bezahlt_am": today()}),
        work=lambda data: settle_rechnung(rechnung=rechnung, akteur=request.akteur, bezahlt_am=data["bezahlt_am"]),
        done="Die Auszahlung ist vermerkt.",
    )
