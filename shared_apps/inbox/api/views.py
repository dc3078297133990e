"""`GET /api/v1/hinweise/`."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet

from shared_apps.accounts.api.antworten import FEHLER
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.liste import Liste
from shared_apps.core.vorgangsnummer import parse_vorgangsnummer
from shared_apps.inbox import selectors
from shared_apps.inbox.api.serializers import HinweisSerializer
from shared_apps.inbox.models import Hinweis, HinweisArt, WartetAuf
from shared_apps.inbox.policies import may_read_inbox, visible_hinweise

_ZUSTAND = ("offen", "amt", "erledigt")
_LISTEN = {"amt": selectors.BEIM_AMT, "erledigt": selectors.ERLEDIGTE}
_WARTET_AUF = {"offen": WartetAuf.ANBIETER.value, "amt": WartetAuf.AMT.value}


@extend_schema(
    description="Was in allen Jugendämtern auf den Anbieter wartet, das Dringendste zuerst; oder was beim Jugendamt "
    "liegt; oder was erledigt ist.",
    responses={200: HinweisSerializer(many=True)} | FEHLER,
    parameters=[
        OpenApiParameter("art", description="was es ist; ohne Angabe alles", enum=HinweisArt.values),
        OpenApiParameter("jugendamt", description="Kürzel, zum Beispiel VG"),
        OpenApiParameter(
            "zustand",
            enum=list(_ZUSTAND),
            description="offen (ohne Angabe): wartet auf den Anbieter; amt: wartet auf das Jugendamt",
        ),
        OpenApiParameter("nummer", description="gemeinsame Nummer; findet offene und erledigte, zustand zählt nicht"),
    ],
)
class HinweisViewSet(ListModelMixin, GenericViewSet):
    """What waits for the provider in all youth offices, the most urgent first; or for the office; or what is done."""

    policy = {"list": may_read_inbox}
    scopes = {"list": Umfang.LESEN}
    serializer_class = HinweisSerializer
    queryset = Hinweis.objects.none()

    @property
    def liste(self) -> Liste:
        """The order of open ones, of done ones, or of those of one matter."""
        query = self.request.query_params
        return selectors.GEFUNDENE if query.get("nummer") else _LISTEN.get(query.get("zustand", ""), selectors.OFFENE)

    def get_serializer_context(self) -> dict[str, Any]:
        return super().get_serializer_context() | {"tenants": selectors.list_tenants_by_schema()}

    def seen(self) -> QuerySet[Hinweis]:
        """Open and done ones: what a page goes on from may be done meanwhile."""
        return visible_hinweise(self.request._request.akteur)

    def get_queryset(self) -> QuerySet[Hinweis]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        query = self.request.query_params
        art, zustand = query.get("art", ""), query.get("zustand", "offen")
        felder = {}
        if art and art not in HinweisArt.values:
            felder["art"] = [f"Diese Art gibt es nicht: {', '.join(HinweisArt.values)}."]
        if zustand not in _ZUSTAND:
            felder["zustand"] = ["Erlaubt sind offen, amt und erledigt."]
        ende = ""
        if nummer := query.get("nummer", ""):
            try:
                ende = parse_vorgangsnummer(nummer)
            except ValueError as error:
                felder["nummer"] = [str(error)]
        if felder:
            raise ValidationError(felder)
        if ende:
            return selectors.find_by_nummer(self.seen(), ende)
        return selectors.filter_hinweise(
            self.seen(),
            art=art,
            mandant=query.get("jugendamt", "").replace("\x00", " ").lower(),
            wartet_auf=_WARTET_AUF.get(zustand, ""),
            erledigt=zustand == "erledigt",
        )
