"""Entrusted notes (§ 65 SGB VIII): write, read, pass on. Only her own and those passed on to her exist for a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.frage import Frage
from shared_apps.core.seite import posted
from tenant_apps.audit.frage import ask_about
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases import policies, selectors
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.forms.faelle import NotizForm, WeitergabeForm
from tenant_apps.cases.models import AnvertrauteNotiz, Weitergabegrund
from tenant_apps.cases.services.notizen import create_anvertraute_notiz, create_notizfreigabe
from tenant_apps.cases.views.detail import editable
from tenant_apps.cases.views.gemeinsam import crumbs


@require_GET
@require(policies.may_keep_anvertrautes)
def list_anvertraute(request: HttpRequest) -> HttpResponse:
    """What was entrusted to her, also of cases that passed on, and what was passed on to her."""
    notizen = list(policies.visible_anvertraute(request.akteur).select_related("hilfefall", "verfasser"))
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.ANVERTRAUTE_NOTIZEN_ANSEHEN,
        objekt_art="cases.anvertrautenotiz", felder=("fallnummer",), zeilen=notizen,
    )  # fmt: skip
    eigene = [n for n in notizen if n.verfasser_id == request.akteur.user_id]
    return render(
        request,
        "cases/anvertraut.html",
        {
            "eigene": eigene,
            "fremde": [n for n in notizen if n.verfasser_id != request.akteur.user_id],
            "breadcrumb": crumbs("Anvertraute Notizen"),
        },
    )


@require_http_methods(["GET", "POST"])
@require(policies.may_lead_faelle)
def create(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep what somebody entrusted to her."""
    fall = editable(request, uuid)

    frage = Frage(
        title="Anvertraute Notiz",
        text="Nur Sie können diese Notiz lesen: keine Vertretung, keine Leitung, keine Nachfolge, keine"
        " Administration. Andere erfahren nicht, dass es sie gibt (§ 65 SGB VIII).",
        action_label="Notiz anlegen",
        back=reverse("cases:detail", args=[uuid]),
        breadcrumb=crumbs("Anvertraute Notiz", fall=fall),
    )
    return ask_about(
        fall,
        Vorgang.FALL_SCHRITT,
        request,
        frage,
        form=NotizForm(posted(request)),
        work=lambda data: create_anvertraute_notiz(akteur=request.akteur, hilfefall=fall, text=data["text"]),
        done="Die anvertraute Notiz ist gespeichert.",
        leads=lambda notiz: reverse("cases:entrusted_note", args=[notiz.pk]),
    )


def _get(request: HttpRequest, uuid: UUID, rows: Any) -> AnvertrauteNotiz:
    return get_object_or_404(rows.select_related("hilfefall", "verfasser"), pk=uuid)


@require_GET
@require(policies.may_keep_anvertrautes)
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The text, for its author and for those she passed it on to."""
    notiz = _get(request, uuid, policies.visible_anvertraute(request.akteur))
    ist_eigen = notiz.verfasser_id == request.akteur.user_id
    record_access(
        akteur=request.akteur,
        aktion=Aktion.LESEN,
        vorgang=Vorgang.ANVERTRAUTE_NOTIZ_LESEN,
        objekt=notiz,
        felder=("text",),
    )
    freigaben = notiz.freigaben.select_related("empfaenger")
    return render(
        request,
        "cases/notiz.html",
        {
            "notiz": notiz,
            "text": selectors.get_text(notiz),
            "ist_eigen": ist_eigen,
            "freigaben": freigaben if ist_eigen else freigaben.filter(empfaenger_id=request.akteur.user_id),
            "breadcrumb": crumbs(
                ("Anvertraute Notizen", reverse("cases:entrusted")), f"Notiz zu Fall {notiz.hilfefall.fallnummer}"
            ),
        },
    )


@require_http_methods(["GET", "POST"])
@require(policies.may_keep_anvertrautes)
def share(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Pass it on to one recipient, for one of the five reasons of the law."""
    notiz = _get(request, uuid, policies.own_anvertraute(request.akteur))
    personen = selectors.list_kollegium(policies.ANVERTRAUBAR, ohne=[request.akteur.user_id])
    frage = Frage(
        title="Anvertrautes weitergeben?",
        text="Die Weitergabe lässt sich nicht zurücknehmen. Die Empfängerin darf es nur zu diesem Zweck nutzen.",
        action_label="Weitergeben",
        level="danger",
        back=reverse("cases:entrusted_note", args=[uuid]),
        breadcrumb=crumbs("Anvertrautes weitergeben"),
    )
    return ask_about(
        notiz,
        Vorgang.FALL_SCHRITT,
        request,
        frage,
        form=WeitergabeForm(posted(request), personen=personen),
        work=lambda data: create_notizfreigabe(
            akteur=request.akteur,
            notiz=notiz,
            grund=Weitergabegrund(data["grund"]),
            begruendung=data["begruendung"],
            empfaenger_id=UUID(data["empfaenger"]) if data["empfaenger"] else None,
            empfaenger_extern=data["empfaenger_extern"],
        ),
        done="Die Weitergabe ist vermerkt.",
    )
