"""Bookings through the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.umfang import Umfang
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Klient
from tenant_apps.cases.selectors import list_bestrittene
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Beendigungsgrund, Vorgang
from tenant_apps.placements.faelle.selectors.vorgang import get_zustand_heute
from tenant_apps.placements.models import Buchung

RELATED = ("hilfeart", "anbieter", "einrichtung", "angebot", "hilfefall__fachkraft", "klient", "reservierung")


class BuchungKlientAusgabe(serializers.Serializer):
    """The young person, as known to office and provider after booking. Who only pays: no birth date, no sex."""

    vorname = serializers.CharField()
    nachname = serializers.CharField()
    geburtsdatum = serializers.DateField(allow_null=True)
    geschlecht = serializers.CharField(source="geschlecht_kuerzel", allow_null=True, help_text="m, w, d oder x")
    bestritten = serializers.SerializerMethodField(help_text="Angaben dieses Objekts, deren Richtigkeit bestritten ist")

    def to_representation(self, klient: Klient) -> dict[str, Any]:
        data = super().to_representation(klient)
        shown = self.context["angaben"] | {"bestritten"}
        return {name: value if name in shown else None for name, value in data.items()}

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_bestritten(self, klient: Klient) -> list[str]:
        bestritten = list_bestrittene([klient.pk]).get(klient.pk, frozenset())
        return sorted(bestritten & self.context["angaben"])


class BuchungAusgabe(serializers.ModelSerializer):
    """A booking. `zustand_heute` is LAUFEND as soon as the first day has come, confirmed or not.

    Soll-Kosten are the office's business: a provider gets null.
    """

    uuid = serializers.UUIDField(source="pk", read_only=True)
    reservierung = serializers.UUIDField(source="reservierung_id", read_only=True)
    fallnummer = serializers.CharField(source="hilfefall.fallnummer", read_only=True)
    hilfeart = serializers.CharField(source="hilfeart.code", read_only=True)
    anbieter = serializers.CharField(source="anbieter.name", read_only=True)
    einrichtung = serializers.CharField(source="einrichtung.name", read_only=True)
    angebot = serializers.UUIDField(source="angebot_id", read_only=True)
    fachkraft = serializers.CharField(source="hilfefall.fachkraft", read_only=True)
    beginn = serializers.DateField(read_only=True)
    ende = serializers.DateField(source="letzter_tag", read_only=True)
    beendigungsgrund = serializers.ChoiceField(Beendigungsgrund.choices, allow_blank=True, read_only=True)
    zustand_heute = serializers.SerializerMethodField()
    soll_kosten = serializers.SerializerMethodField()

    class Meta:
        model = Buchung
        fields = [
            "uuid", "reservierung", "fallnummer", "hilfeart", "anbieter", "einrichtung", "angebot", "fachkraft",
            "beginn", "ende", "beginn_tatsaechlich", "ende_tatsaechlich", "beendigungsgrund", "zustand",
            "zustand_heute", "soll_kosten", "ist_auswaertig", "gebucht_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_zustand_heute(self, buchung: Buchung) -> str:
        return get_zustand_heute(buchung).value

    @extend_schema_field({"type": "string", "format": "decimal", "nullable": True})
    def get_soll_kosten(self, buchung: Buchung) -> str | None:
        return f"{buchung.soll_kosten:.2f}" if self.context["akteur"].ist_amt else None


class BuchungDetailAusgabe(BuchungAusgabe):
    """One booking with the young person."""

    klient = BuchungKlientAusgabe(read_only=True, allow_null=True)

    class Meta(BuchungAusgabe.Meta):
        fields = [*BuchungAusgabe.Meta.fields, "klient"]
        read_only_fields = fields


class BuchungListView(GenericAPIView):
    """Bookings the person may see."""

    policy = {"get": policies.may_list_faelle}
    scopes = {"get": Umfang.LESEN}
    serializer_class = BuchungAusgabe

    @extend_schema(operation_id="buchungen_list", responses=BuchungAusgabe(many=True))
    def get(self, request: Request) -> Response:
        """Paged, newest first."""
        akteur = request._request.akteur
        rows = policies.visible_buchungen(akteur).select_related(*RELATED).order_by("-gebucht_at", "pk")
        page = self.paginate_queryset(rows)
        record_access(
            akteur=akteur, aktion=Aktion.LESEN, vorgang=Vorgang.BUCHUNGEN_ABRUFEN, objekt_art="placements.buchung"
        )
        return self.get_paginated_response(BuchungAusgabe(page, many=True, context={"akteur": akteur}).data)


class BuchungDetailView(GenericAPIView):
    """One booking."""

    policy = {"get": policies.may_list_faelle}
    scopes = {"get": Umfang.LESEN}
    serializer_class = BuchungDetailAusgabe

    @extend_schema(operation_id="buchungen_retrieve", responses=BuchungDetailAusgabe)
    def get(self, request: Request, uuid: UUID) -> Response:
        """The booking with the young person; reading is recorded."""
        akteur = request._request.akteur
        buchung = get_object_or_404(policies.visible_buchungen(akteur).select_related(*RELATED), pk=uuid)
        angaben = policies.readable_angaben(akteur, [buchung.reservierung])[buchung.reservierung_id]
        person = angaben & {"vorname", "nachname", "geburtsdatum", "geschlecht"} if "nachname" in angaben else set()
        felder = sorted({*person, "fallnummer"})
        record_access(
            akteur=akteur, aktion=Aktion.LESEN, vorgang=Vorgang.BUCHUNG_ABRUFEN, objekt=buchung, felder=felder
        )
        data = BuchungDetailAusgabe(buchung, context={"akteur": akteur, "angaben": angaben}).data
        return Response(data if person else data | {"klient": None})
