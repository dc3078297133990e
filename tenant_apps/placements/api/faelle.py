"""The end of a case through the API, and its way back: the same rules as the pages (`tenant_apps.cases`)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER_SCHREIBEN
from shared_apps.accounts.umfang import Umfang
from shared_apps.core import api_felder as felder
from shared_apps.core.clock import today
from tenant_apps.cases import policies
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.services.abschluss import close_hilfefall, reopen_hilfefall
from tenant_apps.cases.states import HilfefallAktion
from tenant_apps.repeats.api import IDEMPOTENCY, ThingViewSet


class AbschlussEingabe(felder.Eingabe):
    """Last day of the case (default: today) and why it ends."""

    letzter_tag = felder.ArbeitstagField(required=False)
    grund = felder.GrundField(max_length=500)


class WiederOeffnenEingabe(felder.Eingabe):
    """Why the case goes on."""

    grund = felder.GrundField(max_length=500)


class FallStandAusgabe(serializers.Serializer):
    """Where a case stands."""

    uuid = serializers.UUIDField(source="pk")
    fallnummer = serializers.CharField()
    zustand = serializers.CharField()
    abgeschlossen_am = serializers.DateField(allow_null=True)


class HilfefallViewSet(ThingViewSet):
    """The end of a case, and its way back."""

    policy = {
        "close": policies.SCHRITTE_FALL.may(HilfefallAktion.ABSCHLIESSEN),
        "reopen": policies.SCHRITTE_FALL.may(HilfefallAktion.WIEDER_OEFFNEN),
    }
    scopes = dict.fromkeys(policy, Umfang.RESERVIEREN)
    bodies = {"close": AbschlussEingabe, "reopen": WiederOeffnenEingabe}

    def load(self, uuid: UUID) -> Hilfefall:
        return get_object_or_404(policies.disposable_hilfefaelle(self.akteur), pk=uuid)

    def answer(self, row: Hilfefall) -> dict:
        return dict(FallStandAusgabe(row).data)

    @extend_schema(
        operation_id="hilfefaelle_abschliessen",
        description="Einen Hilfefall abschließen. 409 (laeuft_noch) nennt, was noch läuft: Reservierungen, Hilfen, "
        "Rechnungen.",
        responses={200: FallStandAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def close(self, request: Request, uuid: UUID) -> Response:
        """409 (laeuft_noch) names what still runs: reservations, helps, invoices."""
        return self._step(lambda **data: close_hilfefall(**{"letzter_tag": today()} | data), uuid)

    @extend_schema(
        operation_id="hilfefaelle_wieder_oeffnen",
        description="Einen abgeschlossenen Hilfefall wieder öffnen. 409: Er ist nicht abgeschlossen.",
        responses={200: FallStandAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def reopen(self, request: Request, uuid: UUID) -> Response:
        """409 when it is not closed."""
        return self._step(reopen_hilfefall, uuid)

    def _step(self, service: Callable[..., Hilfefall], uuid: UUID) -> Response:
        return self.act(lambda data: self.answer(service(akteur=self.akteur, hilfefall=self.load(uuid), **data)))
