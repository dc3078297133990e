"""Invoices through the API: list, one, and the steps of the office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.umfang import Umfang
from shared_apps.core import api_felder as felder
from shared_apps.core.api import SojusJSONParser, SojusMultiPartParser
from shared_apps.core.liste import related
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.billing import policies
from tenant_apps.billing.enums import Vorgang
from tenant_apps.billing.models import Auszahlung, Rechnung, Rechnungsposition
from tenant_apps.billing.selectors.rechnungen import RECHNUNGEN, filter_rechnungen
from tenant_apps.billing.services.check import approve_rechnung, check_rechnung, reject_rechnung, settle_rechnung
from tenant_apps.billing.states import RechnungAktion, RechnungZustand
from tenant_apps.repeats.api import IDEMPOTENCY, ThingViewSet


class PositionAusgabe(serializers.ModelSerializer):
    """One line: `von` to `bis`, both included."""

    von = serializers.DateField(source="zeitraum.lower", read_only=True)
    bis = serializers.DateField(source="letzter_tag", read_only=True)

    class Meta:
        model = Rechnungsposition
        fields = ["reihenfolge", "bezeichnung", "von", "bis", "menge", "einheit", "satz", "betrag"]
        read_only_fields = fields


class RechnungAusgabe(serializers.ModelSerializer):
    """An invoice. It names the case, never the person."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    monat = serializers.DateField(format="%Y-%m", read_only=True)
    buchung = serializers.UUIDField(source="buchung_id", read_only=True)
    fallnummer = serializers.CharField(source="buchung.hilfefall.fallnummer", read_only=True)
    hilfeart = serializers.CharField(source="buchung.hilfeart.code", read_only=True)
    anbieter = serializers.CharField(source="anbieter.name", read_only=True)

    class Meta:
        model = Rechnung
        fields = [
            "uuid", "nummer", "monat", "buchung", "fallnummer", "hilfeart", "anbieter", "betrag", "zustand",
            "eingereicht_at", "festgestellt_at", "angeordnet_at", "beanstandung", "beanstandet_at",
        ]  # fmt: skip
        read_only_fields = fields


class RechnungDetailAusgabe(RechnungAusgabe):
    """With its lines and the findings of the automatic check."""

    positionen = PositionAusgabe(many=True, read_only=True)

    class Meta(RechnungAusgabe.Meta):
        fields = [*RechnungAusgabe.Meta.fields, "befunde", "positionen"]
        read_only_fields = fields


class RechnungFilter(felder.Abfrage):
    """Query parameters of the list."""

    zustand = felder.AuswahlField(RechnungZustand.choices(), required=False)
    monat = felder.MonatField(required=False)


class BeanstandungEingabe(felder.Eingabe):
    """What has to be corrected."""

    grund = felder.GrundField()


class ZahlungEingabe(felder.Eingabe):
    """The day the money left; default today."""

    bezahlt_am = felder.ArbeitstagField(required=False)


class RechnungViewSet(ThingViewSet):
    """Invoices, and the steps of the office. 409 in the wrong state, 403 for the wrong person."""

    policy = dict.fromkeys(("list", "retrieve"), policies.may_list_rechnungen) | {
        "check": policies.SCHRITTE_RECHNUNG.may(RechnungAktion.FESTSTELLEN),
        "approve": policies.SCHRITTE_RECHNUNG.may(RechnungAktion.ANORDNEN),
        "object": policies.SCHRITTE_RECHNUNG.may(RechnungAktion.BEANSTANDEN),
        "settle": policies.SCHRITTE_RECHNUNG.may(RechnungAktion.BEZAHLEN),
    }
    scopes = dict.fromkeys(policy, Umfang.ABRECHNEN)
    liste = RECHNUNGEN
    bodies = {"object": BeanstandungEingabe, "settle": ZahlungEingabe}
    parser_classes = [SojusJSONParser, FormParser, SojusMultiPartParser]

    def rows(self) -> QuerySet[Rechnung]:
        return related("anbieter", "buchung__hilfefall", "buchung__hilfeart")(self.seen())

    def seen(self) -> QuerySet[Rechnung]:
        return policies.visible_rechnungen(self.akteur)

    def load(self, uuid: UUID) -> Rechnung:
        return get_object_or_404(self.rows().prefetch_related("positionen"), pk=uuid)

    def answer(self, row: Rechnung) -> dict:
        return RechnungDetailAusgabe(row).data

    @extend_schema(
        operation_id="rechnungen_list",
        description="Rechnungen, die Sie sehen dürfen, neueste zuerst.",
        responses={200: RechnungAusgabe(many=True)} | FEHLER,
        parameters=[OpenApiParameter("monat", str, description="JJJJ-MM"), OpenApiParameter("zustand", str)],
    )
    def list(self, request: Request) -> Response:
        """Paged, newest first."""
        frage = RechnungFilter(data=request.query_params)
        frage.is_valid(raise_exception=True)
        monat: date | None = frage.validated_data.get("monat")
        rows = filter_rechnungen(rechnungen=self.seen(), zustand=frage.validated_data.get("zustand", ""), monat=monat)
        page = self.paginate_queryset(rows)
        record_access(
            akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.RECHNUNGEN_ABRUFEN,
            objekt_art="billing.rechnung", felder=("nummer", "fallnummer", "betrag"),
        )  # fmt: skip
        return self.get_paginated_response(RechnungAusgabe(page, many=True).data)

    @extend_schema(
        operation_id="rechnungen_retrieve",
        description="Eine Rechnung mit Positionen und Befunden der Prüfung. Das Lesen wird protokolliert.",
        responses={200: RechnungDetailAusgabe} | FEHLER,
    )
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """With lines and findings; reading is recorded."""
        rechnung = self.load(uuid)
        record_access(
            akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.RECHNUNG_ABRUFEN, objekt=rechnung,
            felder=("nummer", "fallnummer", "betrag", "positionen"),
        )  # fmt: skip
        return Response(self.answer(rechnung))

    @extend_schema(
        operation_id="rechnungen_pruefen",
        description="Sachlich und rechnerisch feststellen (Wirtschaftliche Jugendhilfe).",
        responses={200: RechnungDetailAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def check(self, request: Request, uuid: UUID) -> Response:
        """By the economic youth welfare."""
        return self._step(check_rechnung, uuid)

    @extend_schema(
        operation_id="rechnungen_anordnen",
        description="Die Zahlung anordnen: eine andere Person als die, die festgestellt hat.",
        responses={200: RechnungDetailAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def approve(self, request: Request, uuid: UUID) -> Response:
        """By another person than the one who certified."""
        return self._step(approve_rechnung, uuid)

    @extend_schema(
        operation_id="rechnungen_beanstanden",
        description="Beanstanden. Der Anbieter berichtigt und sendet eine neue Rechnung.",
        responses={200: RechnungDetailAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def object(self, request: Request, uuid: UUID) -> Response:
        """The provider corrects and sends a new invoice."""
        return self._step(reject_rechnung, uuid)

    @extend_schema(
        operation_id="rechnungen_bezahlen",
        description="Als bezahlt vermerken.",
        responses={200: RechnungDetailAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def settle(self, request: Request, uuid: UUID) -> Response:
        """The money has left."""
        return self._step(settle_rechnung, uuid)

    def _step(self, service: Callable[..., Rechnung | Auszahlung], uuid: UUID) -> Response:
        """Services take what the body gives, by the same names."""
        rechnung = get_object_or_404(self.rows(), pk=uuid)

        def work(data: dict[str, Any]) -> None:
            service(rechnung=rechnung, akteur=self.akteur, **data)

        return self.act(work)
