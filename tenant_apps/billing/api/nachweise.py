"""A month's service through the API: read the draft, save it. Handing in and billing stay on the pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.umfang import Umfang
from shared_apps.core import api_felder as felder
from shared_apps.core.eingabe import STUNDEN_AM_TAG_MAX, STUNDEN_IM_MONAT_MAX
from shared_apps.core.liste import related
from shared_apps.core.zeitraum import build_monat
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.billing import policies
from tenant_apps.billing.enums import Vorgang
from tenant_apps.billing.models import Leistungsnachweis
from tenant_apps.billing.selectors.berechnung import list_zaehltage
from tenant_apps.billing.services.record import record_leistungsnachweis
from tenant_apps.placements.models import Buchung
from tenant_apps.repeats.api import IDEMPOTENCY, ThingViewSet

_FELDER = ("tage", "stunden", "tagesstunden", "bemerkung")


class LeistungsnachweisEingabe(felder.Eingabe):
    """Days of the month with service, or the hours, by the kind of help.

    Hours as the month's total `stunden`, or by day: `tagesstunden` in the order of `tage`. In a month in which the
    rate changes only hours by day can be billed.
    """

    tage = felder.ListeField(child=felder.GanzzahlField(von=1, bis=31), required=False, default=list, max_length=31)
    stunden = felder.DezimalField(
        von=Decimal("0.01"), bis=STUNDEN_IM_MONAT_MAX, required=False, allow_null=True, default=None
    )
    tagesstunden = felder.ListeField(
        child=felder.DezimalField(von=Decimal("0.01"), bis=STUNDEN_AM_TAG_MAX),
        required=False,
        default=list,
        max_length=31,
    )
    bemerkung = felder.FreitextField(max_length=500, required=False, allow_blank=True, default="")


class LeistungsnachweisAusgabe(serializers.ModelSerializer):
    """A month's proof of service. It names neither person nor amount."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    buchung = serializers.UUIDField(source="buchung_id", read_only=True)
    monat = serializers.DateField(format="%Y-%m", read_only=True)

    class Meta:
        model = Leistungsnachweis
        fields = [
            "uuid",
            "buchung",
            "monat",
            "tage",
            "stunden",
            "tagesstunden",
            "bemerkung",
            "zustand",
            "eingereicht_at",
        ]
        read_only_fields = fields


class LeistungsnachweisViewSet(ThingViewSet):
    """One month of one booking."""

    policy = dict.fromkeys(("retrieve", "record"), policies.may_record)
    scopes = dict.fromkeys(policy, Umfang.ABRECHNEN)
    bodies = {"record": LeistungsnachweisEingabe}

    def load(self, uuid: UUID) -> Buchung:
        """404 for another facility's booking or a month without service."""
        rows = policies.recordable_buchungen(self.akteur)
        buchung = get_object_or_404(related("hilfeart", "angebot", "reservierung")(rows), pk=uuid)
        if not list_zaehltage(buchung, self.monat()):
            raise Http404
        return buchung

    def monat(self) -> date:
        """First day of the month in the address."""
        try:
            return build_monat(self.kwargs["jahr"], self.kwargs["monat"])
        except ValueError as fehler:
            raise Http404 from fehler

    @extend_schema(
        operation_id="leistungsnachweise_retrieve",
        description="Was für den Monat erfasst ist. 404: noch nichts.",
        responses={200: LeistungsnachweisAusgabe} | FEHLER,
    )
    def retrieve(self, request: Request, uuid: UUID, jahr: int, monat: int) -> Response:
        """What is recorded; 404 while nothing is."""
        nachweis = get_object_or_404(self.load(uuid).leistungsnachweise, monat=self.monat())
        record_access(
            akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.NACHWEIS_ABRUFEN, objekt=nachweis, felder=_FELDER
        )
        return Response(LeistungsnachweisAusgabe(nachweis).data)

    @extend_schema(
        operation_id="leistungsnachweise_record",
        description="Den Monat als Entwurf speichern, anstelle des bisherigen. 409: Er ist schon eingereicht.",
        responses={200: LeistungsnachweisAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def record(self, request: Request, uuid: UUID, jahr: int, monat: int) -> Response:
        """Save the month as a draft, instead of what was there. 409 when it is handed in."""
        buchung = self.load(uuid)

        def work(data: dict[str, Any]) -> dict:
            nachweis = record_leistungsnachweis(buchung=buchung, monat=self.monat(), akteur=self.akteur, **data)
            return LeistungsnachweisAusgabe(nachweis).data

        return self.act(work)
