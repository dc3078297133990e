"""Licences and exceptions from them, through the API of the portal, as the authority has written them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER_SCHREIBEN
from shared_apps.accounts.api.things import IDEMPOTENCY, ThingViewSet
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.gelesen import Ungelesen
from shared_apps.providers import policies
from shared_apps.providers.api import beispiele
from shared_apps.providers.api.eingabe import (
    AusnahmeEingabe,
    ErlaubnisEingabe,
    NeueAusnahmeEingabe,
    NeueErlaubnisEingabe,
)
from shared_apps.providers.api.serializers import AusnahmeAusgabe, ErlaubnisAusgabe
from shared_apps.providers.models import Ausnahme, Betriebserlaubnis
from shared_apps.providers.services import erlaubnis

_TAGS = ["register"]


class ErlaubnisViewSet(ThingViewSet):
    """Licences of one's own facilities."""

    policy = dict.fromkeys(("create", "update"), policies.may_offer_own)
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN)
    bodies = {"create": NeueErlaubnisEingabe, "update": ErlaubnisEingabe}

    def seen(self) -> QuerySet[Betriebserlaubnis]:
        return policies.own_erlaubnisse(self.akteur)

    def load(self, uuid: UUID) -> Betriebserlaubnis:
        return get_object_or_404(self.seen(), pk=uuid)

    def answer(self, row: Betriebserlaubnis) -> dict:
        return ErlaubnisAusgabe(row).data

    @extend_schema(
        operation_id="erlaubnisse_create", tags=_TAGS, responses={201: ErlaubnisAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.ERLAUBNIS, beispiele.ERLAUBNIS_DA],
    )  # fmt: skip
    def create(self, request: Request, einrichtung: UUID) -> Response:
        """Eine Betriebserlaubnis eintragen, wie die Behörde sie erteilt hat. Die bisherige endet am Tag davor."""

        def work(data: dict[str, Any]) -> dict:
            haus = get_object_or_404(policies.own_einrichtungen(self.akteur), pk=einrichtung)
            return self.answer(erlaubnis.create_erlaubnis(akteur=self.akteur, einrichtung=haus, angaben=data))

        return self.act(work, status=201)

    @extend_schema(
        operation_id="erlaubnisse_update", tags=_TAGS, responses={200: ErlaubnisAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.BEFRISTET, beispiele.ERLAUBNIS_DA],
    )  # fmt: skip
    def update(self, request: Request, uuid: UUID) -> Response:
        """Eine Betriebserlaubnis berichtigen, verlängern oder beenden. Was nicht gesendet wird, bleibt."""

        def work(data: dict[str, Any]) -> dict:
            row = self.load(uuid)
            return self.answer(
                erlaubnis.update_erlaubnis(akteur=self.akteur, erlaubnis=row, angaben=data, gelesen=Ungelesen())
            )

        return self.act(work)


class AusnahmeViewSet(ThingViewSet):
    """Dated exceptions of the authority for one's own facilities."""

    policy = dict.fromkeys(("create", "update"), policies.may_offer_own)
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN)
    bodies = {"create": NeueAusnahmeEingabe, "update": AusnahmeEingabe}

    def seen(self) -> QuerySet[Ausnahme]:
        return policies.own_ausnahmen(self.akteur)

    def load(self, uuid: UUID) -> Ausnahme:
        return get_object_or_404(self.seen(), pk=uuid)

    def answer(self, row: Ausnahme) -> dict:
        return AusnahmeAusgabe(row).data

    @extend_schema(
        operation_id="ausnahmen_create", tags=_TAGS, responses={201: AusnahmeAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.AUSNAHME, beispiele.AUSNAHME_DA],
    )  # fmt: skip
    def create(self, request: Request, einrichtung: UUID) -> Response:
        """Eine befristete Ausnahme eintragen, wie die Behörde sie zugelassen hat: mehr Plätze, ein anderes Alter."""

        def work(data: dict[str, Any]) -> dict:
            haus = get_object_or_404(policies.own_einrichtungen(self.akteur), pk=einrichtung)
            return self.answer(erlaubnis.create_ausnahme(akteur=self.akteur, einrichtung=haus, angaben=data))

        return self.act(work, status=201)

    @extend_schema(
        operation_id="ausnahmen_update", tags=_TAGS, responses={200: AusnahmeAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.KUERZER, beispiele.AUSNAHME_DA],
    )  # fmt: skip
    def update(self, request: Request, uuid: UUID) -> Response:
        """Eine Ausnahme berichtigen oder verkürzen. Was nicht gesendet wird, bleibt."""

        def work(data: dict[str, Any]) -> dict:
            row = self.load(uuid)
            return self.answer(
                erlaubnis.update_ausnahme(akteur=self.akteur, ausnahme=row, angaben=data, gelesen=Ungelesen())
            )

        return self.act(work)
