"""Searches through the API: /api/v1/suchen/."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.umfang import Umfang
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies
from tenant_apps.placements.api.serializers import Angebotsseite, SucheAusgabe, SucheEingabe, SucheKopf, build_kriterien
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.forms import read_ansicht
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.passung import get_gewichtung
from tenant_apps.placements.search.selectors.search import build_zeile, search_seite
from tenant_apps.placements.search.selectors.suchen import SUCHEN
from tenant_apps.placements.search.selectors.treffer import (
    GLEICHSTAND,
    PROBE_BIS,
    PROBE_VON,
    SORTIERUNGEN,
    Eingrenzung,
)
from tenant_apps.placements.services.person import resolve_klient
from tenant_apps.placements.services.search import create_suche
from tenant_apps.repeats.api import IDEMPOTENCY, ThingViewSet

#: Offers on a page of the answer.
JE_SEITE = 100
ALLE = OpenApiParameter("alle", bool, description="1: auch Angebote ohne freien Platz")
SORT = OpenApiParameter(
    "sort", str, enum=[code for code, _ in SORTIERUNGEN],
    description=f"Reihenfolge der Angebote, mit - umgekehrt; üblich: nach Kosten. {GLEICHSTAND}",
)  # fmt: skip
PREIS = OpenApiParameter(
    "preis", {"type": "integer", "minimum": PROBE_VON, "maximum": PROBE_BIS},
    description="zur Probe: wie viele von 100 Punkten der Preis bei der Passung zählt; gespeichert wird nichts",
)  # fmt: skip
SEITE = OpenApiParameter("page", int, description=f"Seite der Angebote, je {JE_SEITE}; `weiter` nennt die nächste")


class SucheViewSet(ThingViewSet):
    """Search, and read one's own searches."""

    policy = dict.fromkeys(("list", "create", "retrieve"), policies.may_search)
    scopes = dict.fromkeys(policy, Umfang.SUCHEN)
    bodies = {"create": SucheEingabe}
    liste = SUCHEN

    def seen(self) -> QuerySet[Suche]:
        return policies.visible_suchen(self.akteur)

    def load(self, uuid: UUID) -> Suche:
        return get_object_or_404(self.seen().select_related("hilfeart"), pk=uuid)

    def answer(self, row: Suche) -> dict:
        """With the page of offers that the address asks for, as of now."""
        query = self.request.query_params
        if not re.fullmatch(r"[1-9]\d{0,5}", query.get("page", "1")):
            raise Http404
        number = int(query.get("page", "1"))
        ansicht = read_ansicht(query)
        kriterien = kriterien_of(row)
        found = search_seite(
            kriterien, sortierung=ansicht.sortierung, ab=(number - 1) * JE_SEITE,
            eingrenzung=Eingrenzung(alle=query.get("alle", "") in {"1", "true"}), hoechstens=JE_SEITE,
            gewichtung=get_gewichtung(row.klient_id, preis=ansicht.probe),
        )  # fmt: skip
        if number > 1 and not found.zeilen:
            raise Http404
        weiter = self._link(row, number + 1) if number * JE_SEITE < found.anzahl else None
        seite = Angebotsseite([build_zeile(zeile, kriterien) for zeile in found.zeilen], found.anzahl, weiter)
        return SucheAusgabe(row, context={"seite": seite}).data

    def _link(self, row: Suche, number: int) -> str:
        query = {name: wert for name, wert in self.request.query_params.items() if name in {"alle", "sort", "preis"}}
        pfad = reverse("api-suche", args=[row.pk])
        return self.request.build_absolute_uri(f"{pfad}?{urlencode(query | {'page': number})}")

    @extend_schema(
        operation_id="suchen_list",
        description="Eigene Suchen, neueste zuerst, ohne ihre Angebote.",
        responses={200: SucheKopf(many=True)} | FEHLER,
    )
    def list(self, request: Request) -> Response:
        """Own searches, newest first, without their offers."""
        page = self.paginate_queryset(self.seen())
        record_access(
            akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.SUCHEN_ABRUFEN, objekt_art="placements.suche"
        )
        return self.get_paginated_response(SucheKopf(page, many=True).data)

    @extend_schema(
        operation_id="suchen_create",
        description="Angebote suchen. Kriterien und Zahlen werden aufbewahrt, auch wenn nichts frei ist.",
        responses={201: SucheAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY, ALLE, SORT, PREIS],
    )
    def create(self, request: Request) -> Response:
        """Search; criteria and counts are kept, also when nothing is free."""
        return self.act(self._create, status=201)

    def _create(self, data: dict[str, Any]) -> dict:
        betroffen = None
        if klient_id := data.pop("klient", None):
            klient = get_object_or_404(policies.visible_klienten(self.akteur), pk=klient_id)
            betroffen = resolve_klient(akteur=self.akteur, klient=klient)
        return self.answer(create_suche(akteur=self.akteur, kriterien=build_kriterien(data), betroffen=betroffen))

    @extend_schema(
        operation_id="suchen_retrieve",
        description="Eine Suche mit einer Seite der Angebote, die sie jetzt findet.",
        responses={200: SucheAusgabe} | FEHLER,
        parameters=[ALLE, SORT, PREIS, SEITE],
    )
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """A search with a page of the offers that it finds now."""
        suche = self.load(uuid)
        record_access(akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.SUCHE_ABRUFEN, objekt=suche)
        return Response(self.answer(suche))
