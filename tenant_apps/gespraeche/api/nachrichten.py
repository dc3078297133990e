"""Questions and answers for programs: /api/v1/vorgaenge/<id>/nachrichten/, the id being that of the common number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.umfang import Umfang
from shared_apps.core import api_felder as felder
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.gespraeche import policies, services
from tenant_apps.gespraeche.enums import TEXT_HOECHSTENS, Vorgang
from tenant_apps.gespraeche.hooks import find_bezug
from tenant_apps.gespraeche.models import Gespraechsnachricht
from tenant_apps.gespraeche.selectors import NACHRICHTEN, find_gespraech
from tenant_apps.repeats.api import IDEMPOTENCY, ThingViewSet


class NachrichtEingabe(felder.Eingabe):
    """A message."""

    text = felder.FreitextField(max_length=TEXT_HOECHSTENS, help_text="vor der Buchung ohne Name, Geburt und Nummern")


class NachrichtAusgabe(serializers.ModelSerializer):
    """A message, under which number it was written, and when the other side has read it."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    nummer = serializers.CharField(read_only=True, help_text="gemeinsame Nummer, zum Beispiel 7KM-Q2V-D7S")
    geschrieben_at = serializers.DateTimeField(source="created_at", read_only=True)
    verfasser = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)

    class Meta:
        model = Gespraechsnachricht
        fields = ["uuid", "nummer", "absender", "verfasser", "geschrieben_at", "text", "gelesen_at"]
        read_only_fields = fields


class NachrichtViewSet(ThingViewSet):
    """The talk of a matter's case with its house. Calling it reads nothing for her side; answering does."""

    policy = {"list": policies.may_read_gespraeche, "create": policies.may_write_gespraeche}
    scopes = {"list": Umfang.LESEN, "create": Umfang.RESERVIEREN}
    bodies = {"create": NachrichtEingabe}
    liste = NACHRICHTEN

    def seen(self) -> QuerySet[Gespraechsnachricht]:
        bezug = find_bezug(self.akteur, self.kwargs["uuid"])
        if bezug is None:
            raise Http404
        sichtbar = policies.visible_gespraeche(self.akteur)
        gespraech = find_gespraech(sichtbar, hilfefall_id=bezug.hilfefall.pk, einrichtung_id=bezug.einrichtung.pk)
        if gespraech is None:
            raise Http404
        return Gespraechsnachricht.objects.filter(gespraech=gespraech)

    def load_kept(self, kept: dict) -> Gespraechsnachricht:
        """The message a kept answer is about."""
        return get_object_or_404(self.seen(), pk=kept["uuid"])

    def answer(self, row: Gespraechsnachricht) -> dict:
        return NachrichtAusgabe(row).data

    @extend_schema(
        operation_id="nachrichten_list",
        description="Rückfragen zu einem Vorgang, die neueste zuerst: das ganze Gespräch des Falls mit der Einrichtung."
        " Gelesen sind sie damit nicht. 404: niemand hat geschrieben.",
        responses={200: NachrichtAusgabe(many=True)} | FEHLER,
    )
    def list(self, request: Request, uuid: UUID) -> Response:
        """The newest first."""
        page = self.paginate_queryset(self.seen())
        record_access(
            akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.GESPRAECH_ABRUFEN,
            objekt_art="gespraeche.gespraechsnachricht", felder=("text",), zeilen=page,
        )  # fmt: skip
        return self.get_paginated_response(NachrichtAusgabe(page, many=True).data)

    @extend_schema(
        operation_id="nachrichten_create",
        description="Zu einem Vorgang schreiben. 409: er ist nicht zustande gekommen; 422: der Text nennt vor der"
        " Buchung Name, Geburt oder Nummer.",
        responses={201: NachrichtAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def create(self, request: Request, uuid: UUID) -> Response:
        """409 for what came to nothing, 422 for a text that says who the child is."""

        def work(data: dict[str, Any]) -> dict:
            bezug = find_bezug(self.akteur, uuid)
            if bezug is None or not policies.may_write_about(self.akteur, bezug.hilfefall.pk):
                raise Http404
            return self.answer(services.create_nachricht(akteur=self.akteur, bezug=bezug, **data))

        return self.act(work, status=201)
