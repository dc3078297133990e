"""Own foster places for programs of the office, to read: /api/v1/pflegestellen/ and /api/v1/pflegegeldsaetze/."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER
from shared_apps.accounts.umfang import Umfang
from tenant_apps.foster import policies
from tenant_apps.foster.models import Pflegegeldsatz, Pflegestelle
from tenant_apps.foster.selectors import PFLEGEGELD, PFLEGESTELLEN
from tenant_apps.repeats.api import ThingViewSet


class PflegestelleAusgabe(serializers.ModelSerializer):
    """A place with its first and last day; no person."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    ab = serializers.DateField(source="erster_tag", read_only=True)
    bis = serializers.DateField(source="letzter_tag", read_only=True, allow_null=True)

    class Meta:
        model = Pflegestelle
        fields = [
            "uuid", "kennzeichen", "form", "region", "plaetze", "belegt", "frei_ab", "alter_von", "alter_bis",
            "geschlecht", "hoechstens_tage", "bemerkung", "ab", "bis", "stand_at",
        ]  # fmt: skip
        read_only_fields = fields


class PflegegeldsatzAusgabe(serializers.ModelSerializer):
    """A rate with its first and last day."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    ab = serializers.DateField(source="erster_tag", read_only=True)
    bis = serializers.DateField(source="letzter_tag", read_only=True, allow_null=True)

    class Meta:
        model = Pflegegeldsatz
        fields = ["uuid", "form", "alter_von", "alter_bis", "betrag", "ab", "bis", "quelle"]
        read_only_fields = fields


class PflegestelleViewSet(ThingViewSet):
    """The office's places, those that have ended among them."""

    policy = dict.fromkeys(("list", "retrieve"), policies.may_read_pflegestellen)
    scopes = dict.fromkeys(("list", "retrieve"), Umfang.LESEN)
    liste = PFLEGESTELLEN

    def seen(self) -> QuerySet[Pflegestelle]:
        return Pflegestelle.objects.all()

    def load(self, uuid: UUID) -> Pflegestelle:
        return get_object_or_404(self.seen(), pk=uuid)

    @extend_schema(
        operation_id="pflegestellen_list",
        description="Eigene Pflegestellen nach Kennzeichen, ohne Personen; auch beendete (bis).",
        responses={200: PflegestelleAusgabe(many=True)} | FEHLER,
    )
    def list(self, request: Request) -> Response:
        """By sign."""
        page = self.paginate_queryset(self.seen())
        return self.get_paginated_response(PflegestelleAusgabe(page, many=True).data)

    @extend_schema(
        operation_id="pflegestellen_retrieve",
        description="Eine eigene Pflegestelle, ohne Personen.",
        responses={200: PflegestelleAusgabe} | FEHLER,
    )
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """One place."""
        return Response(PflegestelleAusgabe(self.load(uuid)).data)


class PflegegeldsatzViewSet(ThingViewSet):
    """What the office pays for a child in foster care."""

    policy = {"list": policies.may_read_pflegestellen}
    scopes = {"list": Umfang.LESEN}
    liste = PFLEGEGELD

    def seen(self) -> QuerySet[Pflegegeldsatz]:
        return Pflegegeldsatz.objects.all()

    @extend_schema(
        operation_id="pflegegeldsaetze_list",
        description="Pflegegeldsätze je Monat nach Form und Alter, auch vergangene und künftige.",
        responses={200: PflegegeldsatzAusgabe(many=True)} | FEHLER,
    )
    def list(self, request: Request) -> Response:
        """By form and age."""
        page = self.paginate_queryset(self.seen())
        return self.get_paginated_response(PflegegeldsatzAusgabe(page, many=True).data)
