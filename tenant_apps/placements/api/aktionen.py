"""Steps of a reservation and a booking through the API: consent, decline, book, end."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.umfang import Umfang
from shared_apps.core import api_felder as felder
from shared_apps.core.api import SojusJSONParser
from shared_apps.core.clock import today
from tenant_apps.placements import policies
from tenant_apps.placements.api.buchungen import RELATED, BuchungAusgabe
from tenant_apps.placements.api.reservierungen import render_reservierung
from tenant_apps.placements.api.serializers import ReservierungAusgabe
from tenant_apps.placements.enums import Ablehnungsgrund, Beendigungsgrund
from tenant_apps.placements.faelle.selectors.vorgang import get_beginn
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.decide import confirm_reservierung, reject_reservierung
from tenant_apps.placements.services.end import end_buchung
from tenant_apps.repeats.api import IDEMPOTENCY, Again, run_idempotent

#: Nothing is read from the body, so its kind does not matter.
OHNE_INHALT = [SojusJSONParser, FormParser, MultiPartParser]
_RESERVIERUNG_RELATED = ("hilfeart", "anbieter", "einrichtung", "hilfefall")


class KeineEingabe(felder.Eingabe):
    """No body is needed."""


class AblehnungEingabe(felder.Eingabe):
    """Why the provider declines."""

    grund = felder.AuswahlField(Ablehnungsgrund.choices)
    text = felder.FreitextField(max_length=500, required=False, allow_blank=True, default="")


class BeendigungEingabe(felder.Eingabe):
    """Last day (default: today, at most the planned one) and reason code (default: as planned)."""

    letzter_tag = felder.ArbeitstagField(required=False)
    grund = felder.AuswahlField(Beendigungsgrund.choices, default=Beendigungsgrund.PLANMAESSIG.value)
    text = felder.FreitextField(max_length=500, required=False, allow_blank=True, default="")
    trotz_rechnung = felder.JaNeinField(
        required=False, default=False, help_text="wahr, wenn bekannt ist, dass spätere Tage schon berechnet sind"
    )


def _load(request: Request, uuid: UUID) -> Reservierung:
    rows = policies.changeable_reservierungen(request._request.akteur).select_related(*_RESERVIERUNG_RELATED)
    return get_object_or_404(rows, pk=uuid)


def _load_buchung(request: Request, uuid: UUID) -> Buchung:
    """By the booking's id or by that of the reservation it came from."""
    rows = policies.changeable_buchungen(request._request.akteur).select_related(*RELATED)
    return get_object_or_404(rows.filter(Q(pk=uuid) | Q(reservierung_id=uuid)))


def _render_buchung(request: Request, uuid: UUID) -> dict:
    return dict(BuchungAusgabe(_load_buchung(request, uuid), context={"akteur": request._request.akteur}).data)


class Aktion(GenericAPIView):
    """POST with checked input; repeated with the same Idempotency-Key it gives the same answer."""

    def run(self, request: Request, work: Callable[[dict], tuple[int, dict]], *, again: Again) -> Response:
        def checked() -> tuple[int, dict]:
            eingabe = self.get_serializer(data=request.data)
            eingabe.is_valid(raise_exception=True)
            return work(eingabe.validated_data)

        return run_idempotent(request, checked, again=again)


class ZustimmenView(Aktion):
    """The provider consents."""

    policy = {"post": policies.may_decide}
    scopes = {"post": Umfang.RESERVIEREN}
    serializer_class = KeineEingabe
    parser_classes = OHNE_INHALT

    @extend_schema(
        operation_id="reservierungen_zustimmen",
        request=None,
        responses=ReservierungAusgabe,
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """409 when it was decided, withdrawn or has lapsed."""

        def work(_: dict) -> tuple[int, dict]:
            akteur = request._request.akteur
            confirm_reservierung(reservierung=_load(request, uuid), akteur=akteur)
            return 200, render_reservierung(_load(request, uuid), akteur)

        return self.run(request, work, again=lambda _: _load(request, uuid))


class AblehnenView(Aktion):
    """The provider declines."""

    policy = {"post": policies.may_decide}
    scopes = {"post": Umfang.RESERVIEREN}
    serializer_class = AblehnungEingabe

    @extend_schema(
        operation_id="reservierungen_ablehnen",
        request=AblehnungEingabe,
        responses=ReservierungAusgabe,
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """With a coded reason; the place is free at once."""

        def work(data: dict) -> tuple[int, dict]:
            akteur = request._request.akteur
            reject_reservierung(
                reservierung=_load(request, uuid),
                akteur=akteur,
                grund=Ablehnungsgrund(data["grund"]),
                text=data["text"],
            )
            return 200, render_reservierung(_load(request, uuid), akteur)

        return self.run(request, work, again=lambda _: _load(request, uuid))


class BuchenView(Aktion):
    """The office books a consented reservation."""

    policy = {"post": policies.may_reserve}
    scopes = {"post": Umfang.RESERVIEREN}
    serializer_class = KeineEingabe
    parser_classes = OHNE_INHALT

    @extend_schema(
        operation_id="reservierungen_buchen", request=None, responses={201: BuchungAusgabe}, parameters=[IDEMPOTENCY]
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """201 with the booking; 409 without consent or after expiry."""

        def work(_: dict) -> tuple[int, dict]:
            buchung = book_reservierung(reservierung=_load(request, uuid), akteur=request._request.akteur)
            return 201, _render_buchung(request, buchung.pk)

        return self.run(request, work, again=lambda _: _load(request, uuid))


class BeendenView(Aktion):
    """End a help or break it off. `uuid` is the booking's or the reservation's."""

    policy = {"post": policies.may_reserve}
    scopes = {"post": Umfang.RESERVIEREN}
    serializer_class = BeendigungEingabe

    @extend_schema(
        request=BeendigungEingabe,
        responses=BuchungAusgabe,
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """The place is free from the day after the last one. With later days charged: only by `trotz_rechnung`."""

        def work(data: dict) -> tuple[int, dict]:
            buchung = _load_buchung(request, uuid)
            vorgabe = max(get_beginn(buchung), min(today(), buchung.letzter_tag))
            end_buchung(
                buchung=buchung,
                akteur=request._request.akteur,
                letzter_tag=data.get("letzter_tag", vorgabe),
                grund=Beendigungsgrund(data["grund"]),
                text=data["text"],
                trotz_rechnung=data["trotz_rechnung"],
            )
            return 200, _render_buchung(request, uuid)

        return self.run(request, work, again=lambda _: _load_buchung(request, uuid))
