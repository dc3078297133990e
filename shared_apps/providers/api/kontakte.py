"""Whom offices call, through the API of the portal: by function, at a facility and at the provider itself."""

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
from shared_apps.providers.api.eingabe import KontaktEingabe, NeuerKontaktEingabe
from shared_apps.providers.api.serializers import EntferntAusgabe, KontaktAusgabe
from shared_apps.providers.models import Kontakt
from shared_apps.providers.services import kontakte

_TAGS = ["register"]


class KontaktViewSet(ThingViewSet):
    """Whom offices call at one's own facilities, and at the provider itself."""

    policy = dict.fromkeys(("create", "update", "end"), policies.may_write_own)
    policy |= {"create_of_anbieter": policies.may_write_anbieter}
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN)
    bodies = {
        "create": NeuerKontaktEingabe, "create_of_anbieter": NeuerKontaktEingabe, "update": KontaktEingabe,
    }  # fmt: skip

    def seen(self) -> QuerySet[Kontakt]:
        return policies.own_kontakte(self.akteur)

    def load(self, uuid: UUID) -> Kontakt:
        return get_object_or_404(self.seen(), pk=uuid)

    def load_again(self, uuid: UUID) -> Kontakt | None:
        """One that was taken away is gone, and its kept answer says nothing of it."""
        return None if self.action == "end" else self.load(uuid)

    def answer(self, row: Kontakt) -> dict:
        return KontaktAusgabe(row).data

    @extend_schema(
        operation_id="kontakte_create", tags=_TAGS, responses={201: KontaktAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.RUF, beispiele.RUF_DA],
    )  # fmt: skip
    def create(self, request: Request, einrichtung: UUID) -> Response:
        """Einen Kontakt eintragen. Ein Notfalltelefon hat jede Einrichtung nur einmal."""

        def work(data: dict[str, Any]) -> dict:
            haus = get_object_or_404(policies.own_einrichtungen(self.akteur), pk=einrichtung)
            return self.answer(kontakte.create_kontakt(akteur=self.akteur, ort=haus, angaben=data))

        return self.act(work, status=201)

    @extend_schema(
        operation_id="anbieter_kontakte_create", tags=_TAGS, responses={201: KontaktAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.RUF, beispiele.RUF_DA],
    )  # fmt: skip
    def create_of_anbieter(self, request: Request, anbieter: UUID) -> Response:
        """Einen Kontakt des Anbieters selbst eintragen. Sein Notfalltelefon gilt, wo eine Einrichtung keines hat."""

        def work(data: dict[str, Any]) -> dict:
            ort = get_object_or_404(policies.own_anbieter(self.akteur), pk=anbieter)
            return self.answer(kontakte.create_kontakt(akteur=self.akteur, ort=ort, angaben=data))

        return self.act(work, status=201)

    @extend_schema(
        operation_id="kontakte_update", tags=_TAGS, responses={200: KontaktAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.ANDERE_NUMMER, beispiele.RUF_DA],
    )  # fmt: skip
    def update(self, request: Request, uuid: UUID) -> Response:
        """Einen Kontakt ändern. Was nicht gesendet wird, bleibt."""

        def work(data: dict[str, Any]) -> None:
            kontakte.update_kontakt(akteur=self.akteur, kontakt=self.load(uuid), angaben=data, gelesen=Ungelesen())

        return self.act(work)

    @extend_schema(
        operation_id="kontakte_entfernen", tags=_TAGS, responses={200: EntferntAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.KONTAKT_WEG],
    )  # fmt: skip
    def end(self, request: Request, uuid: UUID) -> Response:
        """Einen Kontakt entfernen. Er wird gelöscht; das lässt sich nicht zurücknehmen."""

        def work(_: dict[str, Any]) -> dict:
            kontakte.end_kontakt(akteur=self.akteur, kontakt=self.load(uuid))
            return {"uuid": str(uuid)}

        return self.act(work)
