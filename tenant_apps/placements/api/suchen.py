"""POST and GET /api/v1/suchen/."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.umfang import Umfang
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies
from tenant_apps.placements.api.serializers import FehlerAusgabe, SucheAusgabe, SucheEingabe, SucheKopf
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.services.person import resolve_klient
from tenant_apps.placements.services.search import create_suche
from tenant_apps.repeats.api import IDEMPOTENCY, run_idempotent

#: Answers every operation may give besides its own.
FEHLER = {401: FehlerAusgabe, 403: FehlerAusgabe, 404: FehlerAusgabe}
FEHLER_SCHREIBEN = FEHLER | {409: FehlerAusgabe, 422: FehlerAusgabe}
ALLE = OpenApiParameter("alle", bool, description="1: auch Angebote ohne freien Platz")


class SuchenView(GenericAPIView):
    """Search, and list one's own searches."""

    policy = {"get": policies.may_search, "post": policies.may_search}
    scopes = {"get": Umfang.SUCHEN, "post": Umfang.SUCHEN}
    serializer_class = SucheKopf

    @extend_schema(operation_id="suchen_list", responses={200: SucheKopf(many=True)} | FEHLER)
    def get(self, request: Request) -> Response:
        """Own searches, newest first, without their offers."""
        suchen = policies.visible_suchen(request._request.akteur).select_related("hilfeart").defer("treffer")
        page = self.paginate_queryset(suchen.order_by("-created_at", "pk"))
        record_access(
            akteur=request._request.akteur,
            aktion=Aktion.LESEN,
            vorgang=Vorgang.SUCHEN_ABRUFEN,
            objekt_art="placements.suche",
        )
        return self.get_paginated_response(SucheKopf(page, many=True).data)

    @extend_schema(
        operation_id="suchen_create",
        request=SucheEingabe,
        responses={201: SucheAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY, ALLE],
    )
    def post(self, request: Request) -> Response:
        """Search; criteria and result are kept, also when nothing is free."""
        suchen = policies.visible_suchen(request._request.akteur)
        return run_idempotent(
            request, lambda: self._create(request), again=lambda data: get_object_or_404(suchen, pk=data["uuid"])
        )

    @staticmethod
    def _create(request: Request) -> tuple[int, dict]:
        akteur = request._request.akteur
        eingabe = SucheEingabe(data=request.data)
        eingabe.is_valid(raise_exception=True)
        betroffen = None
        if klient_id := eingabe.validated_data.get("klient"):
            klient = get_object_or_404(policies.visible_klienten(akteur), pk=klient_id)
            betroffen = resolve_klient(akteur=akteur, klient=klient)
        suche = create_suche(akteur=akteur, kriterien=eingabe.kriterien(), betroffen=betroffen)
        return 201, SucheAusgabe(suche, context={"alle": _alle(request)}).data


class SucheView(GenericAPIView):
    """One kept search."""

    policy = {"get": policies.may_search}
    scopes = {"get": Umfang.SUCHEN}
    serializer_class = SucheAusgabe

    @extend_schema(operation_id="suchen_retrieve", responses={200: SucheAusgabe} | FEHLER, parameters=[ALLE])
    def get(self, request: Request, uuid) -> Response:
        """A search with the offers as they were shown."""
        akteur = request._request.akteur
        suche = get_object_or_404(policies.visible_suchen(akteur).select_related("hilfeart"), pk=uuid)
        record_access(akteur=akteur, aktion=Aktion.LESEN, vorgang=Vorgang.SUCHE_ABRUFEN, objekt=suche)
        return Response(SucheAusgabe(suche, context={"alle": _alle(request)}).data)


def _alle(request: Request) -> bool:
    return request.query_params.get("alle", "") in {"1", "true"}
