"""Key figures for machines, on the portal and at every office's host."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from shared_apps.accounts.api.antworten import FEHLER
from shared_apps.accounts.umfang import Umfang
from shared_apps.comparison.api.serializers import KennzahlSerializer, VergleichSerializer, describe
from shared_apps.comparison.forms import parse_modus, parse_monat
from shared_apps.comparison.modus import Modus
from shared_apps.comparison.policies import may_view_kennzahlen
from shared_apps.comparison.selectors import Auswahl, KennzahlError, get_ergebnis, list_kennzahlen

_PARAMETER = [
    OpenApiParameter("monat", str, description="Monat als `2026-10`; ohne Angabe der letzte abgeschlossene"),
    OpenApiParameter("hilfeart", str, description="Code der Hilfeart, z. B. `S34`; leer: alle"),
    OpenApiParameter("spezialisierung", str, description="Code der Spezialisierung; leer: alle"),
    OpenApiParameter("modus", str, description="Darstellung", enum=[m.code for m in Modus]),
]


class KennzahlViewSet(ViewSet):
    """Which figures there are, and one of them in all youth offices."""

    policy = dict.fromkeys(("list", "retrieve"), may_view_kennzahlen)
    scopes = dict.fromkeys(policy, Umfang.KENNZAHLEN)

    @extend_schema(
        operation_id="list_kennzahlen",
        description="Alle Kennzahlen mit Definition und Quelle.",
        summary="Kennzahlen",
        responses={200: KennzahlSerializer(many=True)} | FEHLER,
    )
    def list(self, request: Request) -> Response:
        """All figures with definition and source."""
        return Response(KennzahlSerializer(list_kennzahlen(), many=True).data)

    @extend_schema(
        operation_id="get_kennzahl",
        description="Werte aller Jugendämter, Summen, Vollständigkeit. 404: Diese Kennzahl gibt es nicht; 422: ein "
        "Filter ist unbekannt.",
        summary="Kennzahl im Vergleich der Jugendämter",
        parameters=_PARAMETER,
        responses={200: VergleichSerializer} | FEHLER,
    )
    def retrieve(self, request: Request, kennzahl: str) -> Response:
        """Rows of the register's order, aggregates, coverage. 404 for an unknown figure, 422 for a bad filter."""
        params = request.query_params
        tenant = request._request.tenant
        auswahl = Auswahl(
            kennzahl=kennzahl,
            monat=parse_monat(params.get("monat")),
            hilfeart=params.get("hilfeart", ""),
            spezialisierung=params.get("spezialisierung", ""),
            modus=parse_modus(params.get("modus")),
            eigen=tenant.kuerzel if tenant else None,
        )
        try:
            ergebnis = get_ergebnis(auswahl)
        except KennzahlError as error:
            raise NotFound("Diese Kennzahl gibt es nicht.") from error
        return Response(VergleichSerializer(describe(ergebnis)).data)
