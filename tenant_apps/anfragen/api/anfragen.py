"""Enquiries for programs: of the office /api/v1/anfragen/, of a house /api/v1/hausanfragen/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.liste import related
from tenant_apps.anfragen import policies
from tenant_apps.anfragen.api.serializers import (
    AbsageEingabe,
    AnfrageAusgabe,
    AnfrageEingabe,
    AnfrageMitHaeusernAusgabe,
    AnfragerueckzugEingabe,
    AnnahmeEingabe,
    HausanfrageAusgabe,
    RueckfrageEingabe,
    ZusageEingabe,
)
from tenant_apps.anfragen.enums import Vorgang
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.selectors import ANFRAGEN, list_haeuser
from tenant_apps.anfragen.services.answer import (
    confirm_hausanfrage,
    reject_hausanfrage,
    request_anruf,
    submit_rueckfrage,
)
from tenant_apps.anfragen.services.ask import Anfrageangaben, create_anfrage
from tenant_apps.anfragen.services.decide import reserve_hausanfrage, withdraw_anfrage
from tenant_apps.anfragen.states import AnfrageAktion, HausanfrageAktion
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.placements import policies as placements
from tenant_apps.repeats.api import IDEMPOTENCY, ThingViewSet


class AnfrageViewSet(ThingViewSet):
    """Ask several houses of a result, read their answers, withdraw."""

    policy = dict.fromkeys(("list", "retrieve", "create"), policies.may_ask)
    policy |= {"withdraw": policies.SCHRITTE_ANFRAGE.may(AnfrageAktion.ZURUECKZIEHEN)}
    scopes = dict.fromkeys(policy, Umfang.RESERVIEREN) | dict.fromkeys(("list", "retrieve"), Umfang.LESEN)
    liste = ANFRAGEN
    bodies = {"create": AnfrageEingabe, "withdraw": AnfragerueckzugEingabe}

    def seen(self) -> QuerySet[Anfrage]:
        return policies.visible_anfragen(self.akteur)

    def load(self, uuid: UUID) -> Anfrage:
        return get_object_or_404(related("hilfeart", "klient", "hilfefall")(self.seen()), pk=uuid)

    def answer(self, row: Anfrage) -> dict:
        haeuser = list_haeuser(row)
        for haus in haeuser:
            haus.anfrage = row
        return AnfrageMitHaeusernAusgabe(row, context={"akteur": self.akteur, "haeuser": haeuser}).data

    @extend_schema(
        operation_id="anfragen_list",
        description="Anfragen der Fälle, für die Sie reservieren dürfen, neueste zuerst.",
        responses={200: AnfrageAusgabe(many=True)} | FEHLER,
    )
    def list(self, request: Request) -> Response:
        """Newest first."""
        page = self.paginate_queryset(self.seen())
        record_access(
            akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.ANFRAGEN_ANSEHEN, objekt_art="anfragen.anfrage",
            zeilen=page,
        )  # fmt: skip
        return self.get_paginated_response(AnfrageAusgabe(page, many=True).data)

    @extend_schema(
        operation_id="anfragen_retrieve",
        description="Eine Anfrage mit den Antworten der Häuser.",
        responses={200: AnfrageMitHaeusernAusgabe} | FEHLER,
    )
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """With its houses."""
        anfrage = self.load(uuid)
        record_access(akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.ANFRAGE_ANSEHEN, objekt=anfrage)
        return Response(self.answer(anfrage))

    @extend_schema(
        operation_id="anfragen_create",
        description="Mehrere Angebote eines Suchergebnisses zugleich anfragen, ohne Namen. 422 nennt, was im Text"
        " verrät, um wen es geht; 409: eines ist nicht mehr frei, oder zu der Suche läuft schon eine Anfrage.",
        responses={201: AnfrageMitHaeusernAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def create(self, request: Request) -> Response:
        """Ask them all."""
        return self.act(self._create, status=201)

    def _create(self, data: dict[str, Any]) -> dict:
        suchen = placements.visible_suchen(self.akteur).select_related("klient", "hilfefall", "hilfeart")
        anfrage = create_anfrage(
            akteur=self.akteur,
            suche=get_object_or_404(suchen, pk=data["suche"]),
            angebote=data["angebote"],
            angaben=Anfrageangaben(data["bedarf"], data["dringlichkeit"], data.get("antwort_bis")),
        )
        return self.answer(self.load(anfrage.pk))

    @extend_schema(
        operation_id="anfragen_zurueckziehen",
        description="Die ganze Anfrage mit Grund zurückziehen. Was Häuser halten, ist sofort frei.",
        responses={200: AnfrageMitHaeusernAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def withdraw(self, request: Request, uuid: UUID) -> Response:
        """With a reason."""

        def work(data: dict[str, Any]) -> None:
            withdraw_anfrage(akteur=self.akteur, anfrage=self.load(uuid), grund=data["grund"])

        return self.act(work)


class HausanfrageViewSet(ThingViewSet):
    """What a house is asked: it answers; the office accepts."""

    policy = {
        "retrieve": policies.may_see_hausanfrage,
        "confirm": policies.SCHRITTE_HAUS.may(HausanfrageAktion.ZUSAGEN),
        "ask": policies.SCHRITTE_HAUS.may(HausanfrageAktion.RUECKFRAGEN),
        "call": policies.SCHRITTE_HAUS.may(HausanfrageAktion.ANRUFEN),
        "reject": policies.SCHRITTE_HAUS.may(HausanfrageAktion.ABSAGEN),
        "accept": policies.SCHRITTE_HAUS.may(HausanfrageAktion.ANNEHMEN),
    }
    scopes = dict.fromkeys(policy, Umfang.RESERVIEREN) | {"retrieve": Umfang.LESEN}
    auch_leer = frozenset({"confirm", "accept"})
    bodies = {"confirm": ZusageEingabe, "ask": RueckfrageEingabe, "reject": AbsageEingabe, "accept": AnnahmeEingabe}

    def seen(self) -> QuerySet[Hausanfrage]:
        return policies.visible_hausanfragen(self.akteur)

    def load(self, uuid: UUID) -> Hausanfrage:
        return get_object_or_404(related("anfrage__hilfeart")(self.seen()), pk=uuid)

    def answer(self, row: Hausanfrage) -> dict:
        return HausanfrageAusgabe(row, context={"akteur": self.akteur}).data

    @extend_schema(
        operation_id="hausanfragen_retrieve",
        description="Was ein Haus gefragt wird, und seine Antwort.",
        responses={200: HausanfrageAusgabe} | FEHLER,
    )
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """One house of an enquiry."""
        haus = self.load(uuid)
        record_access(akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.HAUSANFRAGE_ANSEHEN, objekt=haus)
        return Response(self.answer(haus))

    @extend_schema(
        operation_id="hausanfragen_zusagen",
        description="Das Haus sagt ja und kann einen Platz halten. 409: es ist keiner frei, die Frist ist vorbei, oder"
        " das Jugendamt hat entschieden.",
        responses={200: HausanfrageAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def confirm(self, request: Request, uuid: UUID) -> Response:
        """Yes."""
        return self._step(confirm_hausanfrage, uuid)

    @extend_schema(
        operation_id="hausanfragen_rueckfragen",
        description="Das Haus sagt ja, wenn seine Frage geklärt ist.",
        responses={200: HausanfrageAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def ask(self, request: Request, uuid: UUID) -> Response:
        """Yes, with a question."""
        return self._step(submit_rueckfrage, uuid)

    @extend_schema(
        operation_id="hausanfragen_anrufen",
        description="Das Haus bittet um einen Anruf.",
        responses={200: HausanfrageAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def call(self, request: Request, uuid: UUID) -> Response:
        """Please call."""
        return self._step(request_anruf, uuid)

    @extend_schema(
        operation_id="hausanfragen_absagen",
        description="Das Haus sagt mit einem Grund aus der Liste nein. Was es hielt, ist sofort frei.",
        responses={200: HausanfrageAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def reject(self, request: Request, uuid: UUID) -> Response:
        """No, and why."""
        return self._step(reject_hausanfrage, uuid)

    @extend_schema(
        operation_id="hausanfragen_annehmen",
        description="Das Jugendamt nimmt die Zusage an: eine Reservierung mit der Zustimmung des Hauses."
        " Alle anderen Häuser der Anfrage sind damit geschlossen.",
        responses={200: HausanfrageAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def accept(self, request: Request, uuid: UUID) -> Response:
        """Take the house at its word."""

        def work(data: dict[str, Any]) -> None:
            gezeigt = data.pop("soll_entgelt", None)
            reserve_hausanfrage(akteur=self.akteur, hausanfrage=self.load(uuid), gezeigt=gezeigt, **data)

        return self.act(work)

    def _step(self, service: Callable[..., Hausanfrage], uuid: UUID) -> Response:
        """Services take what the body gives, by the same names."""

        def work(data: dict[str, Any]) -> None:
            service(hausanfrage=self.load(uuid), akteur=self.akteur, **data)

        return self.act(work)
