"""One case: who, where it stands, notes, who sees it; entering and correcting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import require
from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import SPEICHERN, Knopf, buttons, posted
from tenant_apps.audit.frage import ask_about
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases import policies, selectors
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.forms.faelle import FallForm, NeuerFallForm, NotizForm, WeitererFallForm
from tenant_apps.cases.hooks import list_verweise
from tenant_apps.cases.models import NAME_UNBEKANNT, Aufgabenbereich, Hilfefall, HilfefallZustand
from tenant_apps.cases.personfelder import NUR_AKTE, PERSONFELDER, angaben_of, describe_angaben
from tenant_apps.cases.services import create_hilfefall, create_klient, update_stammdaten
from tenant_apps.cases.services.einsicht import record_namensgleich
from tenant_apps.cases.services.notizen import create_fallnotiz
from tenant_apps.cases.states import HilfefallAktion
from tenant_apps.cases.views.gemeinsam import crumbs
from tenant_apps.cases.views.liste import LEVELS


def aufgaben_of(akteur: Akteur) -> list[Aufgabenbereich]:
    """Tasks in which the person leads cases: her side of § 68."""
    eigene = [Aufgabenbereich.LEISTUNG, Aufgabenbereich.ANDERE_AUFGABE] if akteur.hat(*policies.FALLFUEHREND) else []
    return [*eigene, *([Aufgabenbereich.VORMUNDSCHAFT] if akteur.hat(policies.VORMUND) else [])]


def editable(request: HttpRequest, uuid: UUID) -> Hilfefall:
    """A case the person may change, or 404."""
    rows = policies.editable_hilfefaelle(request.akteur).select_related("klient", "fachkraft")
    return get_object_or_404(rows, pk=uuid)


def _person(fall: Hilfefall, *, liest_akte: bool) -> list[tuple[str, str]]:
    klient = fall.klient
    kurz = [("Name", f"{klient.vorname} {klient.nachname}".strip() or NAME_UNBEKANNT), ("Fallnummer", fall.fallnummer)]
    return [*kurz, *describe_angaben(klient)] if liest_akte else kurz


_KNOEPFE = {
    HilfefallAktion.ABSCHLIESSEN: Knopf("cases:close"),
    HilfefallAktion.WIEDER_OEFFNEN: Knopf("cases:reopen"),
}


@require_GET
@require(policies.may_list_hilfefaelle)
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The file for its readers; name, number and costs for economic youth welfare."""
    akteur = request.akteur
    fall = get_object_or_404(policies.visible_stammdaten(akteur).select_related("klient", "fachkraft"), pk=uuid)
    liest_akte = policies.visible_hilfefaelle(akteur).filter(pk=fall.pk).exists()
    kann_aendern = policies.editable_hilfefaelle(akteur).filter(pk=fall.pk).exists()
    verfuegt = policies.disposable_hilfefaelle(akteur).filter(pk=fall.pk).exists()
    akte = (*NUR_AKTE, "notizen") if liest_akte else ()
    record_access(
        akteur=akteur, aktion=Aktion.LESEN, vorgang=Vorgang.FALL_ANSEHEN, objekt=fall,
        felder=("vorname", "nachname", "fallnummer", *akte),
    )  # fmt: skip
    notizen = fall.notizen.select_related("verfasser") if liest_akte else []
    return render(
        request,
        "cases/detail.html",
        {
            "fall": fall,
            "level": LEVELS[fall.zustand],
            "person": _person(fall, liest_akte=liest_akte),
            "eckdaten": [
                ("Aufgabe", fall.get_aufgabe_display()),
                ("Fachkraft", str(fall.fachkraft)),
                ("Team", fall.team or "–"),
            ],
            "schritte": buttons(policies.SCHRITTE_FALL, HilfefallZustand(fall.zustand), akteur, _KNOEPFE, fall.pk)
            if verfuegt
            else [],
            "liest_akte": liest_akte,
            "kann_aendern": kann_aendern,
            "verfuegt": verfuegt,
            "darf_verknuepfen": verfuegt and policies.may_link_faelle(akteur),
            "notizen": [(notiz, selectors.get_text(notiz)) for notiz in notizen],
            "notiz_form": NotizForm(),
            "anvertraute": policies.visible_anvertraute(akteur).filter(hilfefall=fall).select_related("verfasser")
            if policies.may_keep_anvertrautes(akteur)
            else [],
            "darf_anvertrauen": kann_aendern and policies.may_keep_anvertrautes(akteur),
            "sicht": selectors.list_sicht(fall) if liest_akte else [],
            "verweise": list_verweise(akteur=akteur, hilfefall=fall) if liest_akte else [],
            "verknuepfte": selectors.list_verknuepfte(fall) if liest_akte else [],
            "uebergaben": fall.uebergaben.select_related("alte_fachkraft", "neue_fachkraft") if liest_akte else [],
            "breadcrumb": crumbs(fall=fall),
        },
    )


@require_http_methods(["GET", "POST"])
@require(policies.may_lead_faelle)
def create(request: HttpRequest) -> HttpResponse:
    """A young person the office does not know yet, with her first case."""

    def work(data: dict[str, Any]) -> Hilfefall:
        aufgabe = Aufgabenbereich(data["aufgabe"])
        with transaction.atomic():
            klient = create_klient(akteur=request.akteur, person=form.person, aufgabe=aufgabe)
            return create_hilfefall(
                akteur=request.akteur, klient=klient, fallnummer=data["fallnummer"], aufgabe=aufgabe
            )

    faelle = policies.visible_hilfefaelle(request.akteur)
    form = NeuerFallForm(posted(request), aufgaben=aufgaben_of(request.akteur), faelle=faelle)
    record_namensgleich(akteur=request.akteur, klient=form.gezeigt)
    frage = Frage(
        title="Neuer Fall",
        action_label="Fall anlegen",
        back=reverse("cases:list"),
        breadcrumb=crumbs("Neuer Fall"),
    )
    return ask(request, frage, form=form, work=work, done="Der Fall ist angelegt.", leads=_url)


@require_http_methods(["GET", "POST"])
@require(policies.may_lead_faelle)
def create_another(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A second case of the same person, in another task (§ 63 Abs. 2)."""
    fall = editable(request, uuid)
    seite = {Aufgabenbereich.VORMUNDSCHAFT}
    aufgaben = [
        a for a in aufgaben_of(request.akteur) if (a in seite) == fall.klient.ist_vormundschaft and a != fall.aufgabe
    ] or [Aufgabenbereich(fall.aufgabe)]
    frage = Frage(
        title="Weiterer Fall derselben Person",
        text="Jede Aufgabe hat ihren eigenen Fall. Was zu einem gehört, steht nicht im anderen.",
        action_label="Fall anlegen",
        back=_url(fall),
        breadcrumb=crumbs("Weiterer Fall", fall=fall),
    )
    return ask_about(
        fall,
        Vorgang.FALL_SCHRITT,
        request,
        frage,
        form=WeitererFallForm(posted(request), aufgaben=aufgaben),
        work=lambda data: create_hilfefall(
            akteur=request.akteur,
            klient=fall.klient,
            fallnummer=data["fallnummer"],
            aufgabe=Aufgabenbereich(data["aufgabe"]),
        ),
        done="Der Fall ist angelegt.",
        leads=_url,
    )


@require_http_methods(["GET", "POST"])
@require(policies.may_lead_faelle)
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Correct master data and number."""
    fall = editable(request, uuid)
    klient = fall.klient
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.FALL_BEARBEITEN, objekt=fall,
        felder=(*PERSONFELDER, "fallnummer"),
    )  # fmt: skip

    def work(data: dict[str, Any]) -> None:
        update_stammdaten(
            akteur=request.akteur,
            hilfefall=fall,
            person=form.person,
            fallnummer=data["fallnummer"],
            gelesen=form.marken,
        )

    form = FallForm(posted(request), klient=klient, initial=angaben_of(klient) | {"fallnummer": fall.fallnummer})
    frage = Frage(
        title="Fall bearbeiten",
        action_label=SPEICHERN,
        back=_url(fall),
        breadcrumb=crumbs("Bearbeiten", fall=fall),
        template="cases/bearbeiten.html",
        kontext={"klient": klient},
    )
    return ask(request, frage, form=form, work=work, done="Die Änderungen sind gespeichert.")


@require_http_methods(["GET", "POST"])
@require(policies.may_lead_faelle)
def write_note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A note of the file."""
    fall = editable(request, uuid)
    if request.method == "GET":
        return redirect("cases:detail", uuid)
    frage = Frage(
        title="Notiz zum Fall",
        action_label="Notiz speichern",
        back=_url(fall),
        breadcrumb=crumbs("Notiz", fall=fall),
    )
    return ask_about(
        fall,
        Vorgang.FALL_SCHRITT,
        request,
        frage,
        form=NotizForm(posted(request)),
        work=lambda data: create_fallnotiz(akteur=request.akteur, hilfefall=fall, text=data["text"]),
        done="Die Notiz ist gespeichert.",
    )


def _url(fall: Hilfefall) -> str:
    return reverse("cases:detail", args=[fall.pk])
