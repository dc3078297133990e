"""Vacancies of one's own facilities through the portal's API: what is free, and what the house says (ADR 0068)."""

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
from shared_apps.core import api_felder as felder
from shared_apps.core.clock import today
from shared_apps.core.gelesen import Ungelesen
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from shared_apps.occupancy import policies
from shared_apps.occupancy.api import beispiele
from shared_apps.occupancy.api.serializers import (
    PlanAusgabe,
    SperreAendernEingabe,
    SperreAusgabe,
    SperreEingabe,
    StoppAendernEingabe,
    StoppAusgabe,
    StoppEingabe,
    VakanzenAusgabe,
    VakanzenEingabe,
    build_meldungen,
    build_zeitraum,
    render_plan,
    render_vakanzen,
    without_words,
)
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.selectors.plan import get_plan
from shared_apps.occupancy.selectors.vakanzen import list_vakanzlagen
from shared_apps.occupancy.services import sperren as services
from shared_apps.occupancy.services.vakanzen import update_vakanzen
from shared_apps.providers.models import Einrichtung
from shared_apps.providers.policies import may_keep_own, may_write_own, own_angebote, own_einrichtungen

#: How many days a board shows, and at most.
TAGE, TAGE_MAX = 91, 366


class PlanFilter(felder.Abfrage):
    """Which days of the board."""

    ab = felder.DatumField(required=False, help_text="erster Tag; leer: heute")
    tage = felder.GanzzahlField(von=1, bis=TAGE_MAX, required=False, default=TAGE, help_text="wie viele Tage")


def _narrow(view: ThingViewSet, data: Any) -> Any:
    """Vacancies may be said by a key that reads nothing of the register."""
    return data if view.has_scope(Umfang.REGISTER) else without_words(data)


class VakanzViewSet(ThingViewSet):
    """The vacancies of one own facility."""

    policy = dict.fromkeys(("retrieve", "board"), may_keep_own) | {"replace": may_write_own}
    scopes = dict.fromkeys(("retrieve", "board"), Umfang.REGISTER) | {"replace": Umfang.VAKANZEN}
    bodies = {"replace": VakanzenEingabe}

    def seen(self) -> QuerySet[Einrichtung]:
        return own_einrichtungen(self.akteur)

    def load(self, uuid: UUID) -> Einrichtung:
        return get_object_or_404(self.seen(), pk=uuid)

    def answer(self, row: Einrichtung) -> dict:
        return render_vakanzen(row.pk, list_vakanzlagen(row))

    def narrow(self, data: Any) -> Any:
        if self.has_scope(Umfang.REGISTER):
            return data
        genannt = {str(meldung["angebot"]) for meldung in self.read_body()["angebote"]}
        return without_words(data | {"angebote": [a for a in data["angebote"] if str(a["angebot"]) in genannt]})

    @extend_schema(
        operation_id="vakanzen_retrieve", tags=["vakanzen"], responses={200: VakanzenAusgabe} | FEHLER,
        examples=[beispiele.VAKANZEN],
    )  # fmt: skip
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """Was in dieser Einrichtung heute frei ist, und was das Haus gesperrt oder gestoppt hat.

        Die Antwort lässt sich geändert mit PUT zurücksenden; was nur gelesen wird, zählt dort nicht.
        """
        return Response(self.answer(self.load(uuid)))

    @extend_schema(
        operation_id="vakanzen_melden", tags=["vakanzen"],
        responses={200: VakanzenAusgabe} | FEHLER_SCHREIBEN, parameters=[IDEMPOTENCY], examples=beispiele.MELDUNGEN,
    )  # fmt: skip
    def replace(self, request: Request, uuid: UUID) -> Response:
        """Freie Plätze melden: ganz oder gar nicht, und jede Meldung bestätigt die Vakanzen der genannten Angebote.

        Genannt werden Angebote der Einrichtung, je Angebot einzelne Plätze mit allen ihren Sperren (`plaetze`), oder
        wie viele Plätze gesperrt sind (`gesperrt`), und die Aufnahmestopps. Was im Angebot weggelassen ist, bleibt; was
        als leere Liste kommt, wird aufgehoben. Dieselbe Meldung noch einmal ändert nichts. Vergangenes bleibt stehen.
        Ist ein Platz in der Zeit reserviert oder gebucht, wird alles mit 409 abgelehnt, und die Meldung nennt ihn.
        Mit demselben `Idempotency-Key` kommt die erste Antwort wieder, und nichts wird noch einmal bestätigt.
        Ein Schlüssel, der das Register nicht lesen darf, bekommt keine Namen von Plätzen, Gründe, Notizen und Hinweise.
        """

        def work(data: dict[str, Any]) -> None:
            update_vakanzen(akteur=self.akteur, einrichtung=self.load(uuid), meldungen=build_meldungen(data))

        return self.act(work)

    @extend_schema(
        operation_id="plaetze_retrieve", tags=["vakanzen"], responses={200: PlanAusgabe} | FEHLER,
        parameters=[
            OpenApiParameter("ab", description="erster Tag, zum Beispiel 2026-12-01; leer: heute"),
            OpenApiParameter("tage", int, description=f"wie viele Tage, höchstens {TAGE_MAX}; leer: {TAGE}"),
        ],
        examples=[beispiele.PLAN],
    )  # fmt: skip
    def board(self, request: Request, uuid: UUID) -> Response:
        """Alle Plätze der Einrichtung Tag für Tag: frei, reserviert, belegt, gesperrt, ohne Jugendamt und ohne Kind."""
        haus = self.load(uuid)
        query = PlanFilter(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        ab = query.validated_data.get("ab") or today()
        fenster = Zeitraum(ab, ab + query.validated_data["tage"] * EIN_TAG)
        return Response(render_plan(get_plan(haus, fenster), fenster))


class SperreViewSet(ThingViewSet):
    """One place that is blocked, shortened, freed."""

    policy = dict.fromkeys(("create", "update", "lift"), may_write_own)
    scopes = dict.fromkeys(policy, Umfang.VAKANZEN)
    bodies = {"create": SperreEingabe, "update": SperreAendernEingabe}

    def seen(self) -> QuerySet[Platzsperre]:
        return policies.own_sperren(self.akteur)

    def load(self, uuid: UUID) -> Platzsperre:
        return get_object_or_404(self.seen(), pk=uuid)

    def load_again(self, uuid: UUID) -> Platzsperre:
        """Also one that was lifted."""
        return get_object_or_404(Platzsperre.objects.filter(platz__in=policies.own_plaetze(self.akteur)), pk=uuid)

    def answer(self, row: Platzsperre) -> dict:
        return SperreAusgabe(row).data

    def narrow(self, data: Any) -> Any:
        return _narrow(self, data)

    @extend_schema(
        operation_id="sperren_create", tags=["vakanzen"], responses={201: SperreAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.SPERRE, beispiele.SPERRE_DA],
    )  # fmt: skip
    def create(self, request: Request, platz: UUID) -> Response:
        """Einen Platz sperren, frühestens von heute an. 409 nennt, welches Jugendamt ihn hält."""

        def work(data: dict[str, Any]) -> dict:
            row = get_object_or_404(policies.own_plaetze(self.akteur), pk=platz)
            zeitraum = build_zeitraum(data)
            return self.answer(
                services.create_sperre(
                    akteur=self.akteur, platz=row, zeitraum=zeitraum, grund=data["grund"], notiz=data["notiz"]
                )
            )

        return self.act(work, status=201)

    @extend_schema(
        operation_id="sperren_update", tags=["vakanzen"], responses={200: SperreAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.SPERRE_KURZ, beispiele.SPERRE_DA],
    )  # fmt: skip
    def update(self, request: Request, uuid: UUID) -> Response:
        """Eine Sperre verkürzen oder verlängern, oder einen anderen Grund angeben. Ihr erster Tag bleibt."""

        def work(data: dict[str, Any]) -> dict:
            neu = {"ende": _danach(data["letzter_tag"]), "grund": data["grund"], "notiz": data["notiz"]}
            row = self.load(uuid)
            return self.answer(services.update_sperre(akteur=self.akteur, sperre=row, gelesen=Ungelesen(), **neu))

        return self.act(work)

    @extend_schema(
        operation_id="sperren_aufheben", tags=["vakanzen"], responses={200: SperreAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.SPERRE_DA],
    )  # fmt: skip
    def lift(self, request: Request, uuid: UUID) -> Response:
        """Der Platz ist ab heute frei; eine Sperre, die noch nicht begonnen hat, gilt nie."""
        return self.act(lambda _: self.answer(services.lift_sperre(akteur=self.akteur, sperre=self.load(uuid))))


class StoppViewSet(ThingViewSet):
    """One offer that takes nobody in, and takes people in again."""

    policy = dict.fromkeys(("create", "update", "lift"), may_write_own)
    scopes = dict.fromkeys(policy, Umfang.VAKANZEN)
    bodies = {"create": StoppEingabe, "update": StoppAendernEingabe}

    def seen(self) -> QuerySet[Aufnahmestopp]:
        return policies.own_stopps(self.akteur)

    def load(self, uuid: UUID) -> Aufnahmestopp:
        return get_object_or_404(self.seen(), pk=uuid)

    def load_again(self, uuid: UUID) -> Aufnahmestopp:
        """Also one that was lifted."""
        return get_object_or_404(Aufnahmestopp.objects.filter(angebot__in=own_angebote(self.akteur)), pk=uuid)

    def answer(self, row: Aufnahmestopp) -> dict:
        return StoppAusgabe(row).data

    def narrow(self, data: Any) -> Any:
        return _narrow(self, data)

    @extend_schema(
        operation_id="aufnahmestopps_create", tags=["vakanzen"], responses={201: StoppAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.STOPP, beispiele.STOPP_DA],
    )  # fmt: skip
    def create(self, request: Request, angebot: UUID) -> Response:
        """Ein Angebot nimmt niemanden auf, frühestens von heute an. Wer reserviert ist, kommt trotzdem."""

        def work(data: dict[str, Any]) -> dict:
            row = get_object_or_404(own_angebote(self.akteur), pk=angebot)
            zeitraum = build_zeitraum(data)
            return self.answer(
                services.create_stopp(
                    akteur=self.akteur, angebot=row, zeitraum=zeitraum, grund=data["grund"], hinweis=data["hinweis"]
                )
            )

        return self.act(work, status=201)

    @extend_schema(
        operation_id="aufnahmestopps_update", tags=["vakanzen"], responses={200: StoppAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.STOPP_KURZ, beispiele.STOPP_DA],
    )  # fmt: skip
    def update(self, request: Request, uuid: UUID) -> Response:
        """Einen Aufnahmestopp verkürzen oder verlängern, oder einen anderen Grund angeben. Sein erster Tag bleibt."""

        def work(data: dict[str, Any]) -> dict:
            neu = {"ende": _danach(data["letzter_tag"]), "grund": data["grund"], "hinweis": data["hinweis"]}
            row = self.load(uuid)
            return self.answer(services.update_stopp(akteur=self.akteur, stopp=row, gelesen=Ungelesen(), **neu))

        return self.act(work)

    @extend_schema(
        operation_id="aufnahmestopps_aufheben", tags=["vakanzen"], responses={200: StoppAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.STOPP_DA],
    )  # fmt: skip
    def lift(self, request: Request, uuid: UUID) -> Response:
        """Das Angebot nimmt ab heute wieder auf."""
        return self.act(lambda _: self.answer(services.lift_stopp(akteur=self.akteur, stopp=self.load(uuid))))


def _danach(letzter_tag: Any) -> Any:
    return letzter_tag + EIN_TAG if letzter_tag else None
