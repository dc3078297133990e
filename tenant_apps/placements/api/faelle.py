"""The end of a case through the API, and its way back: the same rules as the pages (`tenant_apps.cases`)."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.umfang import Umfang
from shared_apps.core import api_felder as felder
from shared_apps.core.clock import today
from tenant_apps.cases import policies
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.services.abschluss import close_hilfefall, reopen_hilfefall
from tenant_apps.placements.api.aktionen import Aktion
from tenant_apps.placements.api.suchen import FEHLER_SCHREIBEN
from tenant_apps.repeats.api import IDEMPOTENCY


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


def _load(request: Request, uuid: UUID) -> Hilfefall:
    return get_object_or_404(policies.disposable_hilfefaelle(request._request.akteur), pk=uuid)


class AbschliessenView(Aktion):
    """Close a case."""

    policy = {"post": policies.may_lead_faelle}
    scopes = {"post": Umfang.RESERVIEREN}
    serializer_class = AbschlussEingabe

    @extend_schema(
        operation_id="hilfefaelle_abschliessen",
        request=AbschlussEingabe,
        responses={200: FallStandAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """409 (laeuft_noch) names what still runs: reservations, helps, invoices."""

        def work(data: dict) -> tuple[int, dict]:
            fall = close_hilfefall(
                akteur=request._request.akteur,
                hilfefall=_load(request, uuid),
                letzter_tag=data.get("letzter_tag", today()),
                grund=data["grund"],
            )
            return 200, dict(FallStandAusgabe(fall).data)

        return self.run(request, work, again=lambda _: _load(request, uuid))


class WiederOeffnenView(Aktion):
    """Open a closed case again."""

    policy = {"post": policies.may_lead_faelle}
    scopes = {"post": Umfang.RESERVIEREN}
    serializer_class = WiederOeffnenEingabe

    @extend_schema(
        operation_id="hilfefaelle_wieder_oeffnen",
        request=WiederOeffnenEingabe,
        responses={200: FallStandAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """409 when it is not closed."""

        def work(data: dict) -> tuple[int, dict]:
            fall = reopen_hilfefall(akteur=request._request.akteur, hilfefall=_load(request, uuid), grund=data["grund"])
            return 200, dict(FallStandAusgabe(fall).data)

        return self.run(request, work, again=lambda _: _load(request, uuid))
