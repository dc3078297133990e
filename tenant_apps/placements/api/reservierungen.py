"""Reserving through the API: create, read, withdraw, extend."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.errors import RegelVerletzt
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.services import NeuePerson
from tenant_apps.placements import policies
from tenant_apps.placements.api.serializers import (
    ReservierungAusgabe,
    ReservierungEingabe,
    RueckzugEingabe,
    VerlaengerungEingabe,
)
from tenant_apps.placements.api.suchen import FEHLER, FEHLER_SCHREIBEN
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.services.fristen import extend_reservierung, withdraw_reservierung
from tenant_apps.placements.services.person import Betroffen, resolve_klient, resolve_neue_person
from tenant_apps.placements.services.reserve import reserve_angebot
from tenant_apps.repeats.api import IDEMPOTENCY, run_idempotent

KLIENT_FEHLT = "Bitte geben Sie an, für wen reserviert wird."
ANDERE_PERSON = "Die Suche wurde für eine andere Person gemacht."
_RELATED = ("hilfeart", "anbieter", "einrichtung", "hilfefall")


def render_reservierung(reservierung: Reservierung, akteur: Akteur) -> dict:
    """A reservation as this person may see it."""
    angaben = policies.readable_angaben(akteur, [reservierung])
    return ReservierungAusgabe(reservierung, context={"akteur": akteur, "angaben": angaben}).data


def find_betroffen(akteur: Akteur, suche: Suche, klient: UUID | NeuePerson | None) -> Betroffen:
    """Whom a reservation is for: the search's person, or the one given. Other people's ids are 404."""
    if isinstance(klient, NeuePerson):
        if suche.klient_id:
            raise RegelVerletzt(ANDERE_PERSON, feld="klient")
        return resolve_neue_person(akteur=akteur, person=klient)
    if klient is None and suche.klient_id is None:
        raise RegelVerletzt(KLIENT_FEHLT, feld="klient")
    if suche.klient_id and klient in {None, suche.klient_id}:
        if suche.hilfefall_id:
            return Betroffen(suche.klient, suche.hilfefall)
        return resolve_klient(akteur=akteur, klient=suche.klient)
    person = get_object_or_404(policies.visible_klienten(akteur), pk=klient)
    if suche.klient_id:
        raise RegelVerletzt(ANDERE_PERSON, feld="klient")
    return resolve_klient(akteur=akteur, klient=person)


class ReservierungenView(GenericAPIView):
    """Reserve, and list reservations."""

    policy = {"get": policies.may_list_faelle, "post": policies.may_reserve}
    scopes = {"get": Umfang.LESEN, "post": Umfang.RESERVIEREN}
    serializer_class = ReservierungAusgabe

    @extend_schema(operation_id="reservierungen_list", responses={200: ReservierungAusgabe(many=True)} | FEHLER)
    def get(self, request: Request) -> Response:
        """Reservations the person may see, newest first."""
        akteur = request._request.akteur
        rows = policies.visible_reservierungen(akteur).select_related(*_RELATED, "buchung")
        page = self.paginate_queryset(rows.order_by("-created_at", "pk"))
        record_access(
            akteur=akteur,
            aktion=Aktion.LESEN,
            vorgang=Vorgang.RESERVIERUNGEN_ABRUFEN,
            objekt_art="placements.reservierung",
        )
        context = {"akteur": akteur, "angaben": policies.readable_angaben(akteur, page)}
        return self.get_paginated_response(ReservierungAusgabe(page, many=True, context=context).data)

    @extend_schema(
        operation_id="reservierungen_create",
        request=ReservierungEingabe,
        responses={201: ReservierungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request) -> Response:
        """Hold a place of the result. 409 when none is left, 422 with `felder` when something is missing."""
        return run_idempotent(
            request, lambda: self._create(request), again=lambda data: _load_own(request, data["uuid"])
        )

    @staticmethod
    def _create(request: Request) -> tuple[int, dict]:
        akteur = request._request.akteur
        eingabe = ReservierungEingabe(data=request.data)
        eingabe.is_valid(raise_exception=True)
        data = eingabe.validated_data
        suchen = policies.visible_suchen(akteur).select_related("klient", "hilfefall").defer("treffer")
        suche = get_object_or_404(suchen, pk=data["suche"])
        reservierung = reserve_angebot(
            akteur=akteur,
            suche=suche,
            angebot_id=data["angebot"],
            betroffen=find_betroffen(akteur, suche, data.get("klient")),
            begruendung=data["begruendung"],
            zweiter_platz=data["zweiter_platz"],
        )
        return 201, render_reservierung(reservierung, akteur)


class ReservierungView(GenericAPIView):
    """One reservation."""

    policy = {"get": policies.may_list_faelle}
    scopes = {"get": Umfang.LESEN}
    serializer_class = ReservierungAusgabe

    @extend_schema(operation_id="reservierungen_retrieve", responses={200: ReservierungAusgabe} | FEHLER)
    def get(self, request: Request, uuid: UUID) -> Response:
        """A reservation with its state and amounts."""
        reservierung = _load(request, uuid)
        akteur = request._request.akteur
        record_access(akteur=akteur, aktion=Aktion.LESEN, vorgang=Vorgang.RESERVIERUNG_ABRUFEN, objekt=reservierung)
        return Response(render_reservierung(reservierung, akteur))


class ZurueckziehenView(GenericAPIView):
    """Give a reserved place back."""

    policy = {"post": policies.may_reserve}
    scopes = {"post": Umfang.RESERVIEREN}
    serializer_class = RueckzugEingabe

    @extend_schema(
        operation_id="reservierungen_zurueckziehen",
        responses={200: ReservierungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """Withdraw with a reason; the place is free at once."""
        return run_idempotent(request, lambda: self._withdraw(request, uuid), again=lambda _: _load_own(request, uuid))

    @staticmethod
    def _withdraw(request: Request, uuid: UUID) -> tuple[int, dict]:
        eingabe = RueckzugEingabe(data=request.data)
        eingabe.is_valid(raise_exception=True)
        akteur, reservierung = request._request.akteur, _load_own(request, uuid)
        withdraw_reservierung(akteur=akteur, reservierung=reservierung, grund=eingabe.validated_data["grund"])
        return 200, render_reservierung(_load(request, uuid), akteur)


class VerlaengernView(GenericAPIView):
    """Hold a place longer."""

    policy = {"post": policies.may_reserve}
    scopes = {"post": Umfang.RESERVIEREN}
    serializer_class = VerlaengerungEingabe

    @extend_schema(
        operation_id="reservierungen_verlaengern",
        responses={200: ReservierungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """Move the expiry, at most four weeks from today."""
        return run_idempotent(request, lambda: self._extend(request, uuid), again=lambda _: _load_own(request, uuid))

    @staticmethod
    def _extend(request: Request, uuid: UUID) -> tuple[int, dict]:
        eingabe = VerlaengerungEingabe(data=request.data)
        eingabe.is_valid(raise_exception=True)
        akteur, reservierung = request._request.akteur, _load_own(request, uuid)
        extend_reservierung(akteur=akteur, reservierung=reservierung, tage=eingabe.validated_data.get("tage"))
        return 200, render_reservierung(_load(request, uuid), akteur)


def _load(request: Request, uuid: UUID) -> Reservierung:
    rows = policies.visible_reservierungen(request._request.akteur).select_related(*_RELATED)
    return get_object_or_404(rows, pk=uuid)


def _load_own(request: Request, uuid: UUID) -> Reservierung:
    rows = policies.changeable_reservierungen(request._request.akteur).select_related(*_RELATED)
    return get_object_or_404(rows, pk=uuid)
