"""Bookings through the API: read, extend, end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.umfang import Umfang
from shared_apps.core import api_felder as felder
from shared_apps.core.clock import today
from shared_apps.core.eingabe import BETRAG_MAX
from shared_apps.core.liste import related
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Klient
from tenant_apps.cases.selectors import list_bestrittene
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Beendigungsgrund, Vorgang
from tenant_apps.placements.faelle.selectors.vorgang import BUCHUNGEN, get_beginn, get_zustand_heute
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.services.end import end_buchung
from tenant_apps.placements.services.extend import extend_buchung
from tenant_apps.placements.states import BuchungAktion
from tenant_apps.repeats.api import IDEMPOTENCY, ThingViewSet

RELATED = (
    "hilfeart", "anbieter", "einrichtung", "fremdeinrichtung", "angebot", "hilfefall__fachkraft", "klient",
    "reservierung",
)  # fmt: skip


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
    anbieter = serializers.CharField(source="anbieter_name", read_only=True)
    einrichtung = serializers.CharField(source="haus.name", read_only=True)
    angebot = serializers.UUIDField(source="angebot_id", read_only=True, allow_null=True)
    fremdeinrichtung = serializers.UUIDField(
        source="fremdeinrichtung_id", read_only=True, allow_null=True,
        help_text="wenn die Einrichtung nicht im Verzeichnis steht; angebot ist dann leer",
    )  # fmt: skip
    fachkraft = serializers.CharField(source="hilfefall.fachkraft", read_only=True)
    beginn = serializers.DateField(read_only=True)
    ende = serializers.DateField(source="letzter_tag", read_only=True)
    beendigungsgrund = serializers.ChoiceField(Beendigungsgrund.choices, allow_blank=True, read_only=True)
    nummer = serializers.CharField(read_only=True, help_text="gemeinsame Nummer des Vorgangs, zum Beispiel 7KM-Q2V-D7S")
    zustand_heute = serializers.SerializerMethodField()
    soll_kosten = serializers.SerializerMethodField()

    class Meta:
        model = Buchung
        fields = [
            "uuid", "reservierung", "fallnummer", "hilfeart", "anbieter", "einrichtung", "angebot", "fremdeinrichtung",
            "fachkraft", "beginn", "ende", "beginn_tatsaechlich", "ende_tatsaechlich", "beendigungsgrund", "zustand",
            "zustand_heute", "soll_kosten", "ist_auswaertig", "gebucht_at", "nummer",
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


class BeendigungEingabe(felder.Eingabe):
    """Last day (default: today, at most the planned one) and reason code (default: as planned)."""

    letzter_tag = felder.ArbeitstagField(required=False)
    grund = felder.AuswahlField(Beendigungsgrund.choices, default=Beendigungsgrund.PLANMAESSIG.value)
    text = felder.FreitextField(max_length=500, required=False, allow_blank=True, default="")
    trotz_rechnung = felder.JaNeinField(
        required=False, default=False, help_text="wahr, wenn bekannt ist, dass spätere Tage schon berechnet sind"
    )

    def validate_grund(self, grund: str) -> Beendigungsgrund:
        return Beendigungsgrund(grund)


class BuchungVerlaengernEingabe(felder.Eingabe):
    """The new last day, and why."""

    letzter_tag = felder.ArbeitstagField()
    begruendung = felder.GrundField(max_length=500, help_text="Teil des Auswahlvermerks, als Nachtrag")
    soll_kosten = felder.DezimalField(
        von=0, bis=BETRAG_MAX, required=False, allow_null=True, default=None,
        help_text="die Soll-Kosten des ganzen Zeitraums, wie sie bekannt sind; bei anderen wird nicht verlängert (409)",
    )  # fmt: skip


def _changeable(akteur: Akteur, uuid: UUID) -> Buchung:
    """By the booking's id or by that of the reservation it came from."""
    rows = related(*RELATED)(policies.changeable_buchungen(akteur))
    return get_object_or_404(rows.filter(Q(pk=uuid) | Q(reservierung_id=uuid)))


def render_buchung(uuid: UUID, akteur: Akteur) -> dict:
    """A booking as this person may see it, loaded again."""
    return dict(BuchungAusgabe(_changeable(akteur, uuid), context={"akteur": akteur}).data)


class BuchungViewSet(ThingViewSet):
    """Bookings, and what becomes of their end."""

    policy = dict.fromkeys(("list", "retrieve"), policies.may_list_faelle) | {
        "end": policies.SCHRITTE_BUCHUNG.may(BuchungAktion.BEENDEN),
        "extend": policies.SCHRITTE_BUCHUNG.may(BuchungAktion.VERLAENGERN),
    }
    scopes = dict.fromkeys(("list", "retrieve"), Umfang.LESEN) | dict.fromkeys(("end", "extend"), Umfang.RESERVIEREN)
    bodies = {"end": BeendigungEingabe, "extend": BuchungVerlaengernEingabe}
    liste = BUCHUNGEN

    def seen(self) -> QuerySet[Buchung]:
        return policies.visible_buchungen(self.akteur)

    def load(self, uuid: UUID) -> Buchung:
        return _changeable(self.akteur, uuid)

    def answer(self, row: Buchung) -> dict:
        return dict(BuchungAusgabe(row, context={"akteur": self.akteur}).data)

    @extend_schema(
        operation_id="buchungen_list",
        description="Buchungen, die Sie sehen dürfen, neueste zuerst.",
        responses={200: BuchungAusgabe(many=True)} | FEHLER,
    )
    def list(self, request: Request) -> Response:
        """Paged, newest first."""
        page = self.paginate_queryset(self.seen())
        record_access(
            akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.BUCHUNGEN_ABRUFEN, objekt_art="placements.buchung"
        )
        return self.get_paginated_response(BuchungAusgabe(page, many=True, context={"akteur": self.akteur}).data)

    @extend_schema(
        operation_id="buchungen_retrieve",
        description="Eine Buchung mit dem jungen Menschen. Das Lesen wird protokolliert.",
        responses={200: BuchungDetailAusgabe} | FEHLER,
    )
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """The booking with the young person; reading is recorded."""
        akteur = self.akteur
        buchung = get_object_or_404(related(*RELATED)(policies.visible_buchungen(akteur)), pk=uuid)
        angaben = policies.readable_angaben(akteur, [buchung.reservierung])[buchung.reservierung_id]
        person = angaben & {"vorname", "nachname", "geburtsdatum", "geschlecht"} if "nachname" in angaben else set()
        gezeigt = sorted({*person, "fallnummer"})
        record_access(
            akteur=akteur, aktion=Aktion.LESEN, vorgang=Vorgang.BUCHUNG_ABRUFEN, objekt=buchung, felder=gezeigt
        )
        data = BuchungDetailAusgabe(buchung, context={"akteur": akteur, "angaben": angaben}).data
        return Response(data if person else data | {"klient": None})

    @extend_schema(
        description="Die Hilfe beenden. Der Platz ist vom Tag nach dem letzten an frei. Sind spätere Tage schon "
        "berechnet, nur mit trotz_rechnung.",
        responses={200: BuchungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def end(self, request: Request, uuid: UUID) -> Response:
        """The place is free from the day after the last one. With later days charged: only by `trotz_rechnung`."""

        def work(data: dict[str, Any]) -> None:
            buchung = self.load(uuid)
            vorgabe = max(get_beginn(buchung), min(today(), buchung.letzter_tag))
            end_buchung(buchung=buchung, akteur=self.akteur, **{"letzter_tag": vorgabe} | data)

        return self.act(work)

    @extend_schema(
        operation_id="buchungen_verlaengern",
        description="Die Hilfe länger buchen, am selben Platz; die weiteren Tage zu den dann vereinbarten Entgelten. "
        "409: der Platz ist nicht so lange frei; die Meldung sagt, bis wann er es ist.",
        responses={200: BuchungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def extend(self, request: Request, uuid: UUID) -> Response:
        """Book the same place on; 409 where it is not free that long, which says until when it is."""

        def work(data: dict[str, Any]) -> None:
            gezeigt = data.pop("soll_kosten")
            extend_buchung(buchung=self.load(uuid), akteur=self.akteur, gezeigt=gezeigt, **data)

        return self.act(work)
