"""One's own provider through the API of the portal: what it says of itself, and what an office has to confirm.

Its account is not here: it takes two people, and a program is none (ADR 0068, 0070).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.api.things import IDEMPOTENCY, ThingViewSet
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.gelesen import Ungelesen
from shared_apps.providers import policies, services
from shared_apps.providers.api import beispiele
from shared_apps.providers.api.eingabe import (
    AnbieterEingabe,
    EndeEingabe,
    StammdatenvorschlagEingabe,
    ZustandFilter,
)
from shared_apps.providers.api.serializers import AnbieterAusgabe, EigeneAnbieterAusgabe, StammdatenvorschlagAusgabe
from shared_apps.providers.models import Anbieter, Stammdatenvorschlag
from shared_apps.providers.selectors import stammdaten as selectors
from shared_apps.providers.selectors.kontakte import with_kontakte
from shared_apps.providers.selectors.stammdaten import STAMMDATEN
from shared_apps.providers.services import stammdaten

_TAGS = ["register"]


class AnbieterViewSet(ThingViewSet):
    """The providers somebody speaks for; staff of one facility speak for none."""

    policy = dict.fromkeys(("list", "retrieve"), policies.may_keep_own)
    policy |= {"update": policies.may_write_anbieter} | dict.fromkeys(("end", "reopen"), policies.may_end_own)
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN) | dict.fromkeys(("list", "retrieve"), Umfang.REGISTER)
    bodies = {"update": AnbieterEingabe, "end": EndeEingabe}

    def seen(self) -> QuerySet[Anbieter]:
        return with_kontakte(policies.own_anbieter(self.akteur))

    def load(self, uuid: UUID) -> Anbieter:
        return get_object_or_404(self.seen(), pk=uuid)

    def answer(self, row: Anbieter) -> dict:
        return AnbieterAusgabe(row).data

    @extend_schema(
        operation_id="anbieter_list", tags=_TAGS, responses={200: EigeneAnbieterAusgabe} | FEHLER,
        examples=[beispiele.EIGENE_ANBIETER],
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """Ihre Anbieter mit Stammdaten und Kontakten. Wohin gezahlt wird, ist nicht dabei."""
        # As many as one person works for: a handful, never pages of them.
        return Response(EigeneAnbieterAusgabe({"anbieter": self.seen()}).data)

    @extend_schema(
        operation_id="anbieter_retrieve", tags=_TAGS, responses={200: AnbieterAusgabe} | FEHLER,
        examples=[beispiele.ANBIETER],
    )  # fmt: skip
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """Stammdaten und Kontakte des Anbieters."""
        return Response(self.answer(self.load(uuid)))

    @extend_schema(
        operation_id="anbieter_update", tags=_TAGS, responses={200: AnbieterAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.DACHVERBAND, beispiele.ANBIETER],
    )  # fmt: skip
    def update(self, request: Request, uuid: UUID) -> Response:
        """Anschrift, Dachverband, Steuerstatus ändern. Name und Anerkennung ändert ein Stammdatenvorschlag."""

        def work(data: dict[str, Any]) -> None:
            services.update_anbieter(akteur=self.akteur, anbieter=self.load(uuid), angaben=data, gelesen=Ungelesen())

        return self.act(work)

    @extend_schema(
        operation_id="anbieter_beenden", tags=_TAGS, responses={200: AnbieterAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.ENDE, beispiele.ANBIETER, beispiele.LAEUFT_NOCH],
    )  # fmt: skip
    def end(self, request: Request, uuid: UUID) -> Response:
        """Den Anbieter mit seinem letzten Tag beenden. 409 nennt die Einrichtungen, die danach noch laufen."""

        def work(data: dict[str, Any]) -> None:
            services.end_anbieter(akteur=self.akteur, anbieter=self.load(uuid), letzter_tag=data["letzter_tag"])

        return self.act(work)

    @extend_schema(
        operation_id="anbieter_ende_zuruecknehmen", tags=_TAGS, responses={200: AnbieterAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.ANBIETER],
    )  # fmt: skip
    def reopen(self, request: Request, uuid: UUID) -> Response:
        """Ein Ende zurücknehmen, dessen letzter Tag noch nicht vorbei ist. Die Einrichtungen bleiben beendet."""

        def work(_: dict[str, Any]) -> None:
            services.reopen_anbieter(akteur=self.akteur, anbieter=self.load(uuid))

        return self.act(work)


class StammdatenvorschlagViewSet(ThingViewSet):
    """Another name, legal form, register number or recognition, as proposed."""

    policy = dict.fromkeys(("list", "retrieve", "create", "withdraw"), policies.may_write_anbieter)
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN) | dict.fromkeys(("list", "retrieve"), Umfang.REGISTER)
    bodies = {"create": StammdatenvorschlagEingabe}
    liste = STAMMDATEN

    def seen(self) -> QuerySet[Stammdatenvorschlag]:
        return policies.visible_stammdatenvorschlaege(self.akteur)

    def load(self, uuid: UUID) -> Stammdatenvorschlag:
        return get_object_or_404(selectors.with_names(self.seen()), pk=uuid)

    def answer(self, row: Stammdatenvorschlag) -> dict:
        return StammdatenvorschlagAusgabe(row).data

    @extend_schema(
        operation_id="stammdatenvorschlaege_list", tags=_TAGS,
        responses={200: StammdatenvorschlagAusgabe(many=True)} | FEHLER,
        parameters=[OpenApiParameter("zustand", description="VORGESCHLAGEN, BESTAETIGT, ABGELEHNT, ZURUECKGEZOGEN")],
        examples=[beispiele.AENDERUNG_DA],
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """Vorgeschlagene Änderungen der Stammdaten, die neueste zuerst, mit dem, was daraus geworden ist."""
        query = ZustandFilter(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        rows = selectors.list_vorschlaege(self.seen(), zustand=query.validated_data.get("zustand", ""))
        return self.get_paginated_response(StammdatenvorschlagAusgabe(self.paginate_queryset(rows), many=True).data)

    @extend_schema(
        operation_id="stammdatenvorschlaege_retrieve", tags=_TAGS,
        responses={200: StammdatenvorschlagAusgabe} | FEHLER, examples=[beispiele.AENDERUNG_DA],
    )  # fmt: skip
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """Eine vorgeschlagene Änderung; wurde sie abgelehnt, mit dem Grund."""
        return Response(self.answer(self.load(uuid)))

    @extend_schema(
        operation_id="stammdatenvorschlaege_create", tags=_TAGS,
        responses={201: StammdatenvorschlagAusgabe} | FEHLER_SCHREIBEN, parameters=[IDEMPOTENCY],
        examples=[beispiele.AENDERUNG, beispiele.AENDERUNG_DA],
    )  # fmt: skip
    def create(self, request: Request, anbieter: UUID) -> Response:
        """Name, Rechtsform, Registernummer oder Anerkennung ändern: Es gilt, wenn ein Jugendamt es bestätigt hat."""

        def work(data: dict[str, Any]) -> dict:
            row = get_object_or_404(policies.own_anbieter(self.akteur), pk=anbieter)
            kreis = data.pop("gebietskoerperschaft")
            angaben = selectors.read_zugelassenes(row) | data
            neu = stammdaten.submit_stammdatenvorschlag(
                akteur=self.akteur, anbieter=row, gebietskoerperschaft=kreis, angaben=angaben
            )
            return self.answer(self.load(neu.pk))

        return self.act(work, status=201)

    @extend_schema(
        operation_id="stammdatenvorschlaege_zurueckziehen", tags=_TAGS, parameters=[IDEMPOTENCY],
        responses={200: StammdatenvorschlagAusgabe} | FEHLER_SCHREIBEN, examples=[beispiele.AENDERUNG_WEG],
    )  # fmt: skip
    def withdraw(self, request: Request, uuid: UUID) -> Response:
        """Eine vorgeschlagene Änderung zurückziehen, über die noch nicht entschieden ist."""

        def work(_: dict[str, Any]) -> None:
            stammdaten.withdraw_stammdatenvorschlag(akteur=self.akteur, vorschlag=self.load(uuid))

        return self.act(work)
