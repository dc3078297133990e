"""`GET /api/v1/hinweise/`."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet

from shared_apps.accounts.umfang import Umfang
from shared_apps.core.liste import Liste
from shared_apps.inbox import selectors
from shared_apps.inbox.api.serializers import HinweisSerializer
from shared_apps.inbox.models import Hinweis, HinweisArt
from shared_apps.inbox.policies import may_read_inbox, visible_hinweise

_ZUSTAND = ("offen", "erledigt")


@extend_schema(
    parameters=[
        OpenApiParameter("art", enum=HinweisArt.values),
        OpenApiParameter("jugendamt", description="Kürzel, zum Beispiel VG"),
        OpenApiParameter("zustand", enum=list(_ZUSTAND), description="ohne Angabe: offen"),
    ]
)
class HinweisViewSet(ListModelMixin, GenericViewSet):
    """What waits for the provider in all youth offices; open ones by deadline."""

    policy = {"list": may_read_inbox}
    scopes = {"list": Umfang.LESEN}
    serializer_class = HinweisSerializer
    queryset = Hinweis.objects.none()

    @property
    def liste(self) -> Liste:
        """The order of open ones, or of done ones."""
        done = self.request.query_params.get("zustand") == "erledigt"
        return selectors.ERLEDIGTE if done else selectors.OFFENE

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
            felder["zustand"] = ["Erlaubt sind offen und erledigt."]
        if felder:
            raise ValidationError(felder)
        return selectors.filter_hinweise(
            self.seen(),
            art=art,
            mandant=query.get("jugendamt", "").replace("\x00", " ").lower(),
            erledigt=zustand == "erledigt",
        )
