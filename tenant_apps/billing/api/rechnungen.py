"""Invoices through the API: list, one, and the steps of the office."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.umfang import Umfang
from shared_apps.core import api_felder as felder
from shared_apps.core.api import SojusJSONParser
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.billing import policies
from tenant_apps.billing.enums import Vorgang
from tenant_apps.billing.models import Rechnung, Rechnungsposition
from tenant_apps.billing.selectors.rechnungen import list_rechnungen
from tenant_apps.billing.services.check import approve_rechnung, check_rechnung, reject_rechnung, settle_rechnung
from tenant_apps.billing.states import RechnungZustand
from tenant_apps.repeats.api import IDEMPOTENCY, run_idempotent


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
            "eingereicht_at", "festgestellt_at", "angeordnet_at", "beanstandung",
        ]  # fmt: skip
        read_only_fields = fields


class RechnungDetailAusgabe(RechnungAusgabe):
    """With its lines and the findings of the automatic check."""

    positionen = PositionAusgabe(many=True, read_only=True)

    class Meta(RechnungAusgabe.Meta):
        fields = [*RechnungAusgabe.Meta.fields, "befunde", "positionen"]
        read_only_fields = fields


class RechnungFilter(felder.Eingabe):
    """Query parameters of the list."""

    zustand = felder.AuswahlField(RechnungZustand.choices(), required=False)
    monat = felder.MonatField(required=False)


class KeineEingabe(felder.Eingabe):
    """No body is needed."""


class BeanstandungEingabe(felder.Eingabe):
    """What has to be corrected."""

    grund = felder.GrundField()


class ZahlungEingabe(felder.Eingabe):
    """The day the money left; default today."""

    bezahlt_am = felder.ArbeitstagField(required=False)


def may_object(akteur) -> bool:
    """Object to an invoice: whoever may certify or order it."""
    return policies.may_check(akteur) or policies.may_approve(akteur)


def _rows(request: Request) -> QuerySet[Rechnung]:
    return policies.visible_rechnungen(request._request.akteur).select_related(
        "anbieter", "buchung__hilfefall", "buchung__hilfeart"
    )


def _detail(request: Request, uuid: UUID) -> Response:
    rechnung = get_object_or_404(_rows(request).prefetch_related("positionen"), pk=uuid)
    return Response(RechnungDetailAusgabe(rechnung).data)


class RechnungListView(GenericAPIView):
    """Invoices the person may see."""

    policy = {"get": policies.may_list_rechnungen}
    scopes = {"get": Umfang.ABRECHNEN}
    serializer_class = RechnungAusgabe

    @extend_schema(
        operation_id="rechnungen_list",
        responses=RechnungAusgabe(many=True),
        parameters=[OpenApiParameter("monat", str, description="JJJJ-MM"), OpenApiParameter("zustand", str)],
    )
    def get(self, request: Request) -> Response:
        """Paged, newest first."""
        frage = RechnungFilter(data=request.query_params)
        frage.is_valid(raise_exception=True)
        monat: date | None = frage.validated_data.get("monat")
        rows = list_rechnungen(rechnungen=_rows(request), zustand=frage.validated_data.get("zustand", ""), monat=monat)
        page = self.paginate_queryset(rows)
        record_access(
            akteur=request._request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.RECHNUNGEN_ABRUFEN,
            objekt_art="billing.rechnung", felder=("nummer", "fallnummer", "betrag"),
        )  # fmt: skip
        return self.get_paginated_response(RechnungAusgabe(page, many=True).data)


class RechnungDetailView(GenericAPIView):
    """One invoice."""

    policy = {"get": policies.may_list_rechnungen}
    scopes = {"get": Umfang.ABRECHNEN}
    serializer_class = RechnungDetailAusgabe

    @extend_schema(operation_id="rechnungen_retrieve", responses=RechnungDetailAusgabe)
    def get(self, request: Request, uuid: UUID) -> Response:
        """With lines and findings; reading is recorded."""
        rechnung = get_object_or_404(_rows(request), pk=uuid)
        record_access(
            akteur=request._request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.RECHNUNG_ABRUFEN, objekt=rechnung,
            felder=("nummer", "fallnummer", "betrag", "positionen"),
        )  # fmt: skip
        return _detail(request, uuid)


class _Schritt(GenericAPIView):
    """POST one step. 409 in the wrong state, 403 for the wrong person."""

    serializer_class = KeineEingabe
    parser_classes = [SojusJSONParser, FormParser, MultiPartParser]

    def work(self, rechnung: Rechnung, request: Request, data: dict) -> None:
        """The step itself."""
        raise NotImplementedError

    def run(self, request: Request, uuid: UUID) -> Response:
        """Load as this person, check the input, do it, answer with the invoice; once per Idempotency-Key."""
        return run_idempotent(
            request, lambda: self._run(request, uuid), again=lambda _: get_object_or_404(_rows(request), pk=uuid)
        )

    def _run(self, request: Request, uuid: UUID) -> tuple[int, dict]:
        rechnung = get_object_or_404(_rows(request), pk=uuid)
        eingabe = self.get_serializer(data=request.data)
        eingabe.is_valid(raise_exception=True)
        self.work(rechnung, request, eingabe.validated_data)
        return 200, _detail(request, uuid).data


class PruefenView(_Schritt):
    """Certify: sachlich und rechnerisch richtig."""

    policy = {"post": policies.may_check}
    scopes = {"post": Umfang.ABRECHNEN}

    @extend_schema(
        operation_id="rechnungen_pruefen", request=None, responses=RechnungDetailAusgabe, parameters=[IDEMPOTENCY]
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """By the economic youth welfare."""
        return self.run(request, uuid)

    def work(self, rechnung: Rechnung, request: Request, data: dict) -> None:
        check_rechnung(rechnung=rechnung, akteur=request._request.akteur)


class AnordnenView(_Schritt):
    """Order the payment."""

    policy = {"post": policies.may_approve}
    scopes = {"post": Umfang.ABRECHNEN}

    @extend_schema(
        operation_id="rechnungen_anordnen", request=None, responses=RechnungDetailAusgabe, parameters=[IDEMPOTENCY]
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """By another person than the one who certified."""
        return self.run(request, uuid)

    def work(self, rechnung: Rechnung, request: Request, data: dict) -> None:
        approve_rechnung(rechnung=rechnung, akteur=request._request.akteur)


class BeanstandenView(_Schritt):
    """Object."""

    policy = {"post": may_object}
    scopes = {"post": Umfang.ABRECHNEN}
    serializer_class = BeanstandungEingabe

    @extend_schema(
        operation_id="rechnungen_beanstanden",
        request=BeanstandungEingabe,
        responses=RechnungDetailAusgabe,
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """The provider corrects and sends a new invoice."""
        return self.run(request, uuid)

    def work(self, rechnung: Rechnung, request: Request, data: dict) -> None:
        reject_rechnung(rechnung=rechnung, akteur=request._request.akteur, grund=data["grund"])


class BezahlenView(_Schritt):
    """Mark as paid."""

    policy = {"post": policies.may_pay}
    scopes = {"post": Umfang.ABRECHNEN}
    serializer_class = ZahlungEingabe

    @extend_schema(
        operation_id="rechnungen_bezahlen",
        request=ZahlungEingabe,
        responses=RechnungDetailAusgabe,
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """The money has left."""
        return self.run(request, uuid)

    def work(self, rechnung: Rechnung, request: Request, data: dict) -> None:
        settle_rechnung(rechnung=rechnung, akteur=request._request.akteur, bezahlt_am=data.get("bezahlt_am"))
