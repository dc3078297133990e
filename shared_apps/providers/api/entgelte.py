"""Rates, through the API of the portal: proposed, read, withdrawn; an office confirms them (ADR 0059)."""

from __future__ import annotations

from decimal import Decimal
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
from shared_apps.core.errors import RegelVerletzt
from shared_apps.providers import policies
from shared_apps.providers.api import beispiele
from shared_apps.providers.api.eingabe import EntgeltvorschlagEingabe, ZustandFilter
from shared_apps.providers.api.serializers import EntgeltvorschlagAusgabe
from shared_apps.providers.models import EinrichtungDokument, Entgeltvorschlag
from shared_apps.providers.selectors.entgelte import VORSCHLAEGE, list_vorschlaege, with_names
from shared_apps.providers.services import entgelte

_TAGS = ["register"]


class EntgeltvorschlagViewSet(ThingViewSet):
    """Rates that are proposed, and what became of them."""

    policy = dict.fromkeys(("list", "retrieve", "create"), policies.may_propose_entgelt)
    policy |= {"withdraw": policies.may_write_anbieter}  # at the portal it is the provider's side that takes back
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN) | dict.fromkeys(("list", "retrieve"), Umfang.REGISTER)
    bodies = {"create": EntgeltvorschlagEingabe}
    liste = VORSCHLAEGE

    def seen(self) -> QuerySet[Entgeltvorschlag]:
        return policies.visible_vorschlaege(self.akteur)

    def load(self, uuid: UUID) -> Entgeltvorschlag:
        return get_object_or_404(with_names(self.seen()), pk=uuid)

    def answer(self, row: Entgeltvorschlag) -> dict:
        return EntgeltvorschlagAusgabe(row).data

    @extend_schema(
        operation_id="entgeltvorschlaege_list", tags=_TAGS,
        responses={200: EntgeltvorschlagAusgabe(many=True)} | FEHLER,
        parameters=[OpenApiParameter("zustand", description="VORGESCHLAGEN, BESTAETIGT, ABGELEHNT, ZURUECKGEZOGEN")],
        examples=[beispiele.VORSCHLAG_DA],
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """Vorgeschlagene Entgelte, das neueste zuerst, mit dem, was daraus geworden ist."""
        query = ZustandFilter(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        rows = list_vorschlaege(self.seen(), zustand=query.validated_data.get("zustand", ""))
        return self.get_paginated_response(EntgeltvorschlagAusgabe(self.paginate_queryset(rows), many=True).data)

    @extend_schema(
        operation_id="entgeltvorschlaege_retrieve", tags=_TAGS, responses={200: EntgeltvorschlagAusgabe} | FEHLER,
        examples=[beispiele.VORSCHLAG_DA],
    )  # fmt: skip
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """Ein vorgeschlagenes Entgelt; wurde es abgelehnt, mit dem Grund."""
        return Response(self.answer(self.load(uuid)))

    @extend_schema(
        operation_id="entgeltvorschlaege_create", tags=_TAGS,
        responses={201: EntgeltvorschlagAusgabe} | FEHLER_SCHREIBEN, parameters=[IDEMPOTENCY],
        examples=[beispiele.VORSCHLAG, beispiele.EINZELVORSCHLAG, beispiele.VORSCHLAG_DA],
    )  # fmt: skip
    def create(self, request: Request, angebot: UUID) -> Response:
        """Ein Entgelt vorschlagen. Es gilt, wenn eine Person im Jugendamt am Standort es bestätigt hat; eines nach
        § 77 für ein Jugendamt allein, wenn es dort bestätigt ist."""

        def work(data: dict[str, Any]) -> dict:
            row = get_object_or_404(policies.rated_angebote(self.akteur).select_related("hilfeart"), pk=angebot)
            wahl = entgelte.get_vorschlagswahl(self.akteur, row)
            teile = {name: data.pop(name, None) or Decimal(0) for name in ("investition", "sonderleistung")}
            papiere = {
                name: _find(rows, data.pop(name, None), name)
                for name, rows in (
                    ("vereinbarung", wahl.vereinbarungen),
                    ("leistungsbeschreibung", wahl.leistungsbeschreibungen),
                )
            }
            angaben: dict[str, Any] = data | teile | papiere
            return self.answer(
                self.load(entgelte.submit_entgeltvorschlag(akteur=self.akteur, angebot=row, **angaben).pk)
            )

        return self.act(work, status=201)

    @extend_schema(
        operation_id="entgeltvorschlaege_zurueckziehen", tags=_TAGS, parameters=[IDEMPOTENCY],
        responses={200: EntgeltvorschlagAusgabe} | FEHLER_SCHREIBEN, examples=[beispiele.VORSCHLAG_WEG],
    )  # fmt: skip
    def withdraw(self, request: Request, uuid: UUID) -> Response:
        """Einen eigenen Vorschlag zurückziehen, über den noch nicht entschieden ist."""

        def work(_: dict[str, Any]) -> None:
            entgelte.withdraw_entgeltvorschlag(akteur=self.akteur, vorschlag=self.load(uuid))

        return self.act(work)


def _find(rows: QuerySet[EinrichtungDokument], uuid: UUID | None, feld: str) -> EinrichtungDokument | None:
    """A paper of the offer's facility."""
    if uuid is None:
        return None
    papier = rows.filter(pk=uuid).first()
    if papier is None:
        raise RegelVerletzt(entgelte.FREMDES_PAPIER, feld=feld)
    return papier
