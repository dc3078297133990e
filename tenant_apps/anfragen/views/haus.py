"""A house: what it is asked, and its answer."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.addresses import portal_address
from shared_apps.accounts.guards import require
from shared_apps.core.frage import Frage, Weg, answered, decide
from shared_apps.core.liste import related
from shared_apps.core.seite import crumbs
from tenant_apps.anfragen import policies
from tenant_apps.anfragen.anzeige import describe_bedarf, describe_hausanfrage, get_next_text, say_zeitpunkt
from tenant_apps.anfragen.enums import Vorgang
from tenant_apps.anfragen.forms import AbsageForm, RueckfrageForm, ZusageForm
from tenant_apps.anfragen.models import Hausanfrage
from tenant_apps.anfragen.selectors import is_vorbei
from tenant_apps.anfragen.services.answer import (
    confirm_hausanfrage,
    reject_hausanfrage,
    request_anruf,
    submit_rueckfrage,
)
from tenant_apps.anfragen.states import HausanfrageAktion, HausanfrageZustand
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.gespraeche.anzeige import build_ansicht
from tenant_apps.gespraeche.hooks import find_bezug


@require_http_methods(["GET", "POST"])
@require(policies.may_read_hausanfrage)
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The page of a house: what it is asked, and its answer in one step."""
    akteur = request.akteur
    mit = ("anfrage__hilfeart", "anfrage__fachkraft", "einrichtung", "angebot")
    haus = get_object_or_404(related(*mit)(policies.visible_hausanfragen(akteur)), pk=uuid)
    eingang = portal_address(request, reverse("inbox:list", urlconf=settings.PUBLIC_SCHEMA_URLCONF))
    frage = Frage(
        title=f"Anfrage {haus.nummer}",
        text=get_next_text(haus),
        items=[
            ("Stand", haus.get_zustand_display()),
            ("Antwort bis", say_zeitpunkt(haus.anfrage.antwort_bis_at)),
            *describe_bedarf(haus, sieht_bedarf=policies.sees_bedarf(akteur)),
        ],
        back=eingang,
        back_label="Zum Eingang",
        template="anfragen/haus.html",
        kontext={
            "talk": build_ansicht(akteur, find_bezug(akteur, haus.pk)),
            "ist_amt": False,
            "weitere": describe_hausanfrage(haus),
        },
        breadcrumb=crumbs(("Eingang", eingang), f"Anfrage {haus.nummer}"),
    )

    def record() -> None:
        record_access(
            akteur=akteur, aktion=Aktion.LESEN, vorgang=Vorgang.HAUSANFRAGE_ANSEHEN, objekt=haus,
            felder=("alter", "geschlecht", "bedarf") if policies.sees_bedarf(akteur) else (),
        )  # fmt: skip

    return decide(request, frage, _build_wege(request, haus), shown=record)


def _build_wege(request: HttpRequest, haus: Hausanfrage) -> dict[str, Weg]:
    """An answer with its form for each step; those that are possible now have a button."""
    akteur, selbst = request.akteur, reverse("anfragen:answer", args=[haus.pk])
    allowed = policies.SCHRITTE_HAUS.allowed(HausanfrageZustand(haus.zustand), akteur)
    offen = frozenset() if is_vorbei(haus.anfrage) else allowed
    ja, frage, anruf, nein = (
        HausanfrageAktion.ZUSAGEN,
        HausanfrageAktion.RUECKFRAGEN,
        HausanfrageAktion.ANRUFEN,
        HausanfrageAktion.ABSAGEN,
    )
    return {
        ja.value: Weg(
            label=ja.label,
            title="Ja, wir können aufnehmen",
            form=ZusageForm(answered(request, ja.value)),
            work=lambda data: confirm_hausanfrage(hausanfrage=haus, akteur=akteur, tage=data["tage"]),
            done="Sie haben ja gesagt. Das Jugendamt sieht es sofort.",
            leads=selbst,
            offered=ja in offen,
        ),
        frage.value: Weg(
            label=frage.label,
            title="Ja, wenn noch etwas geklärt ist",
            form=RueckfrageForm(answered(request, frage.value)),
            work=lambda data: submit_rueckfrage(hausanfrage=haus, akteur=akteur, **data),
            done="Ihre Frage ist beim Jugendamt.",
            leads=selbst,
            level="leise",
            offered=frage in offen,
        ),
        nein.value: Weg(
            label=nein.label,
            title="Nein, wir können nicht aufnehmen",
            form=AbsageForm(answered(request, nein.value)),
            work=lambda data: reject_hausanfrage(hausanfrage=haus, akteur=akteur, **data),
            done="Sie haben abgesagt. Das Jugendamt sieht den Grund.",
            leads=selbst,
            level="danger",
            offered=nein in offen,
        ),
        anruf.value: Weg(
            label=anruf.label,
            title="Erst sprechen",
            work=lambda _: request_anruf(hausanfrage=haus, akteur=akteur),
            done="Das Jugendamt sieht, dass Sie sprechen möchten.",
            leads=selbst,
            level="leise",
            offered=anruf in offen,
        ),
    }
