"""GET /api/v1/klienten/ and POST /api/v1/klienten/suchen/: whom a program may reserve for."""

from __future__ import annotations

import re

from django.db.models import Prefetch, prefetch_related_objects
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.umfang import Umfang
from shared_apps.core import api_felder as felder
from shared_apps.core.errors import RegelVerletzt
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Klient
from tenant_apps.cases.personfelder import GEZEIGTE, ausgabe_felder
from tenant_apps.cases.selectors import AUSWAHL_GRENZE, search_klienten
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Vorgang
from tenant_apps.repeats.api import ThingViewSet

#: A date in any notation the search understands.
_DATUM = re.compile(r"\d{1,4}[.\-/]\d{1,2}[.\-/]\d{1,4}\.?")
NAME_GEHOERT_IN_DEN_INHALT = (
    "Namen und Geburtsdaten gehören nicht in eine Adresse. Bitte suchen Sie danach mit POST /api/v1/klienten/suchen/;"
    " in der Adresse sind PKZ und Fallnummer erlaubt."
)


class FallKurz(serializers.Serializer):
    """A case the help would belong to."""

    uuid = serializers.UUIDField(source="pk")
    fallnummer = serializers.CharField()
    zustand = serializers.CharField()


class KlientAusgabe(serializers.Serializer):
    """A young person of the office; `uuid` is what `klient` of a search or reservation takes."""

    uuid = serializers.UUIDField(source="pk")
    faelle = FallKurz(many=True, source="eigene_faelle")

    def get_fields(self) -> dict[str, serializers.Field]:
        eigene = super().get_fields()
        return {"uuid": eigene["uuid"]} | ausgabe_felder() | eigene


class KlientSucheEingabe(felder.Eingabe):
    """Whole names, PKZ, birth date, part of a case number; every word has to fit."""

    suche = felder.ZeileField(max_length=100)


class KlientViewSet(ThingViewSet):
    """Young people of the cases the person may book for."""

    policy = dict.fromkeys(("list", "search"), policies.may_reserve)
    scopes = dict.fromkeys(policy, Umfang.RESERVIEREN)
    bodies = {"search": KlientSucheEingabe}

    @extend_schema(
        operation_id="klienten_list",
        description="Junge Menschen, für die Sie buchen dürfen, nach Namen, die neuesten hundert. In der Adresse "
        "steht kein Name, denn sie wird an vielen Stellen aufgezeichnet; dafür gibt es die Suche.",
        responses={200: KlientAusgabe(many=True)} | FEHLER | {422: FEHLER_SCHREIBEN[422]},
        parameters=[OpenApiParameter("suche", str, description="PKZ oder Fallnummer; kein Name, kein Geburtsdatum")],
    )
    def list(self, request: Request) -> Response:
        """By name, the newest hundred. `?suche=` takes numbers only: an address is kept in many places."""
        text = request.query_params.get("suche", "")
        if text:
            eingabe = KlientSucheEingabe(data={"suche": text})
            eingabe.is_valid(raise_exception=True)
            text = eingabe.validated_data["suche"]
        if any(not _is_number(wort) for wort in text.replace(",", " ").split()):
            raise RegelVerletzt(NAME_GEHOERT_IN_DEN_INHALT, feld="suche")
        return self._found(text)

    @extend_schema(
        operation_id="klienten_suchen",
        description="Nach Namen, PKZ, Geburtsdatum oder Fallnummer suchen. Ändert nichts.",
        responses={200: KlientAusgabe(many=True)} | FEHLER_SCHREIBEN,
    )
    def search(self, request: Request) -> Response:
        """Search by name, PKZ, birth date or case number. Changes nothing."""
        return self._found(self.read_body()["suche"])

    def _found(self, text: str) -> Response:
        personen = search_klienten(policies.visible_klienten(self.akteur), text, grenze=AUSWAHL_GRENZE)
        page: list[Klient] = self.paginate_queryset(personen)
        _attach_faelle(self.akteur, page)
        record_access(
            akteur=self.akteur,
            aktion=Aktion.LESEN,
            vorgang=Vorgang.KLIENTEN_ABRUFEN,
            objekt_art="cases.klient",
            felder=GEZEIGTE,
            zeilen=page,
        )
        return self.get_paginated_response(KlientAusgabe(page, many=True).data)


def _is_number(wort: str) -> bool:
    """PKZ or case number: what has a digit, as no name has, and is no date."""
    return any(zeichen.isdigit() for zeichen in wort) and not _DATUM.fullmatch(wort)


def _attach_faelle(akteur: Akteur, personen: list[Klient]) -> None:
    """The cases she may book for, not the person's others: one query."""
    faelle = policies.bookable_hilfefaelle(akteur).order_by("fallnummer")
    prefetch_related_objects(personen, Prefetch("hilfefaelle", faelle, to_attr="eigene_faelle"))
