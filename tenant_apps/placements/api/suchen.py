"""Searches through the API: /api/v1/suchen/."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.umfang import Umfang
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies
from tenant_apps.placements.api.serializers import SucheAusgabe, SucheEingabe, SucheKopf, build_kriterien
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.suchen import SUCHEN
from tenant_apps.placements.services.person import resolve_klient
from tenant_apps.placements.services.search import create_suche
from tenant_apps.repeats.api import IDEMPOTENCY, ThingViewSet

ALLE = OpenApiParameter("alle", bool, description="1: auch Angebote ohne freien Platz")


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
        alle = self.request.query_params.get("alle", "") in {"1", "true"}
        return SucheAusgabe(row, context={"alle": alle}).data

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
        description="Angebote suchen. Kriterien und Ergebnis werden aufbewahrt, auch wenn nichts frei ist.",
        responses={201: SucheAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY, ALLE],
    )
    def create(self, request: Request) -> Response:
        """Search; criteria and result are kept, also when nothing is free."""
        return self.act(self._create, status=201)

    def _create(self, data: dict[str, Any]) -> dict:
        betroffen = None
        if klient_id := data.pop("klient", None):
            klient = get_object_or_404(policies.visible_klienten(self.akteur), pk=klient_id)
            betroffen = resolve_klient(akteur=self.akteur, klient=klient)
        return self.answer(create_suche(akteur=self.akteur, kriterien=build_kriterien(data), betroffen=betroffen))

    @extend_schema(
        operation_id="suchen_retrieve",
        description="Eine Suche mit den Angeboten, wie sie gezeigt wurden.",
        responses={200: SucheAusgabe} | FEHLER,
        parameters=[ALLE],
    )
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """A search with the offers as they were shown."""
        suche = self.load(uuid)
        record_access(akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.SUCHE_ABRUFEN, objekt=suche)
        return Response(self.answer(suche))
