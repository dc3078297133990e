"""Facilities that are not in the register, through the API: /api/v1/ausserhalb/ (ADR 0089)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.umfang import Umfang
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core import api_felder as felder
from shared_apps.core.eingabe import BETRAG_MAX
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements import policies
from tenant_apps.placements.api.buchungen import BuchungAusgabe, render_buchung
from tenant_apps.placements.api.reservierungen import find_betroffen
from tenant_apps.placements.api.serializers import BEWILLIGT_BIS, KlientReferenz, WieGezeigtEingabe
from tenant_apps.placements.enums import UEBERLAGERUNG_WAHL, Bundesland
from tenant_apps.placements.models import Buchung, Fremdeinrichtung, Fremdentgelt, Suche
from tenant_apps.placements.search.forms import CENT, FREMDENTGELT_MAX
from tenant_apps.placements.search.selectors.fremd import FUER_PROGRAMME, with_entgelte
from tenant_apps.placements.services.aufenthalt import Angabe
from tenant_apps.placements.services.fremd import (
    Entgeltangabe,
    Zusage,
    book_fremdeinrichtung,
    create_fremdeinrichtung,
    create_fremdentgelt,
    update_fremdeinrichtung,
)
from tenant_apps.repeats.api import IDEMPOTENCY, ThingViewSet
from tenants.tables.base import TenantModel

_FREIWILLIG: dict[str, Any] = {"required": False, "allow_blank": True, "default": ""}


class FremdeinrichtungEingabe(felder.Eingabe):
    """A facility of the office's own list."""

    name = felder.BezeichnungField(max_length=200)
    anbieter = felder.BezeichnungField(max_length=200, help_text="wer die Einrichtung betreibt")
    strasse = felder.BezeichnungField(max_length=120, **_FREIWILLIG)
    plz = felder.PlzField(**_FREIWILLIG)
    ort = felder.BezeichnungField(max_length=100)
    land = felder.AuswahlField(Bundesland.choices)
    kreis = felder.CodeField(
        slug_field="kuerzel", queryset=Gebietskoerperschaft.objects.all(), required=False, allow_null=True,
        default=None, help_text="Kürzel; nötig, wenn die Einrichtung im eigenen Bundesland liegt",
    )  # fmt: skip
    ansprechpartner = felder.NameField(max_length=200, **_FREIWILLIG)
    telefon = felder.TelefonField(**_FREIWILLIG)
    email = felder.MailField(**_FREIWILLIG)
    behoerde = felder.BezeichnungField(max_length=200, **_FREIWILLIG)


class FremdaenderungEingabe(FremdeinrichtungEingabe):
    """The same; what is not sent becomes empty. Whether it is still used stays as it is, unless it is said."""

    ist_aktiv = felder.JaNeinField(required=False, help_text="ob die Einrichtung noch belegt wird; ohne: wie bisher")


class FremdentgeltEingabe(felder.Eingabe):
    """A rate: one that holds without an end ends the day before."""

    hilfeart = felder.CodeField(slug_field="code", queryset=Hilfeart.objects.all())
    betrag = felder.DezimalField(von=CENT, bis=FREMDENTGELT_MAX, help_text="je Tag oder Stunde")
    ab = felder.DatumField()
    bis = felder.DatumField(required=False, allow_null=True, default=None, help_text="letzter Tag; leer: auf Weiteres")
    quelle = felder.BezeichnungField(max_length=200)


class FremdbuchungEingabe(WieGezeigtEingabe):
    """Book at a facility of the list that has said yes; why none of the register is part of the Auswahlvermerk."""

    fremdeinrichtung = felder.UuidField()
    klient = KlientReferenz(required=False, allow_null=True)
    zugesagt_am = felder.ArbeitstagField()
    zugesagt_durch = felder.NameField(max_length=200, **_FREIWILLIG)
    begruendung = felder.GrundField(max_length=4000)
    wuensche = felder.FreitextField(
        max_length=4000, help_text="Wünsche des Kindes und der Familie (§§ 5, 36 SGB VIII)", **_FREIWILLIG
    )
    zweiter_platz = felder.JaNeinField(required=False, default=False)
    soll_entgelt = felder.DezimalField(von=0, bis=BETRAG_MAX, required=False, allow_null=True, default=None)
    ueberlagerung = felder.AuswahlField(UEBERLAGERUNG_WAHL, **_FREIWILLIG)
    ueberlagerung_bis = felder.ArbeitstagField(required=False, allow_null=True, default=None)
    ueberlagerung_grund = felder.GrundField(max_length=500, **_FREIWILLIG)
    letzter_tag = felder.ArbeitstagField(required=False, allow_null=True, default=None, help_text=BEWILLIGT_BIS)
    hilfeart = felder.CodeField(
        slug_field="code", queryset=Hilfeart.objects.all(), required=False, allow_null=True, default=None,
        help_text="welche der gesuchten Hilfearten gebucht wird; Pflicht, wenn mehrere gesucht wurden",
    )  # fmt: skip


class FremdentgeltAusgabe(serializers.ModelSerializer):
    """A rate with its first and last day."""

    hilfeart = serializers.CharField(source="hilfeart.code", read_only=True)
    ab = serializers.DateField(source="gueltig.lower", read_only=True)
    bis = serializers.DateField(source="letzter_tag", read_only=True, allow_null=True)

    class Meta:
        model = Fremdentgelt
        fields = ["hilfeart", "betrag", "ab", "bis", "quelle"]
        read_only_fields = fields


class FremdeinrichtungAusgabe(serializers.ModelSerializer):
    """A facility with all its rates."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    kreis = serializers.CharField(source="kreis.kuerzel", read_only=True, default=None, allow_null=True)
    email = serializers.CharField(read_only=True, help_text="E-Mail; leer, wenn keine eingetragen ist")
    entgelte = FremdentgeltAusgabe(many=True, read_only=True)

    class Meta:
        model = Fremdeinrichtung
        fields = [
            "uuid", "name", "anbieter", "strasse", "plz", "ort", "land", "kreis", "ansprechpartner", "telefon", "email",
            "behoerde", "ist_aktiv", "vorgeschlagen_at", "entgelte",
        ]  # fmt: skip
        read_only_fields = fields


class FremdeinrichtungViewSet(ThingViewSet):
    """The office's own list."""

    policy = dict.fromkeys(("list", "retrieve"), policies.may_read_fremde) | dict.fromkeys(
        ("create", "edit", "add_entgelt"), policies.may_search
    )
    scopes = dict.fromkeys(("list", "retrieve"), Umfang.LESEN) | dict.fromkeys(
        ("create", "edit", "add_entgelt"), Umfang.SUCHEN
    )
    bodies = {
        "create": FremdeinrichtungEingabe,
        "edit": FremdaenderungEingabe,
        "add_entgelt": FremdentgeltEingabe,
    }
    liste = FUER_PROGRAMME

    def seen(self) -> QuerySet[Fremdeinrichtung]:
        return with_entgelte(Fremdeinrichtung.objects.select_related("kreis"))

    def load(self, uuid: UUID) -> Fremdeinrichtung:
        return get_object_or_404(self.seen(), pk=uuid)

    def answer(self, row: Fremdeinrichtung) -> dict:
        return dict(FremdeinrichtungAusgabe(row).data)

    def note_repetition(self, row: TenantModel) -> None:
        """It names nobody."""

    @extend_schema(
        operation_id="ausserhalb_list",
        description="Einrichtungen, die nicht im Verzeichnis stehen, nach Namen.",
        responses={200: FremdeinrichtungAusgabe(many=True)} | FEHLER,
    )
    def list(self, request: Request) -> Response:
        """By name."""
        page = self.paginate_queryset(Fremdeinrichtung.objects.all())
        return self.get_paginated_response(FremdeinrichtungAusgabe(page, many=True).data)

    @extend_schema(
        operation_id="ausserhalb_retrieve",
        description="Eine Einrichtung mit ihren Entgelten.",
        responses={200: FremdeinrichtungAusgabe} | FEHLER,
    )
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """One facility with its rates."""
        return Response(self.answer(self.load(uuid)))

    @extend_schema(
        operation_id="ausserhalb_create",
        description="Eine Einrichtung eintragen; ihr Entgelt kommt mit ausserhalb_entgelte dazu.",
        responses={201: FremdeinrichtungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def create(self, request: Request) -> Response:
        """Enter a facility."""

        def work(data: dict[str, Any]) -> dict:
            einrichtung = create_fremdeinrichtung(akteur=self.akteur, angaben=data)
            return self.answer(self.load(einrichtung.pk))

        return self.act(work, status=201)

    @extend_schema(
        operation_id="ausserhalb_aendern",
        description="Die Angaben ersetzen. Was vorher dort stand, bleibt im Verlauf.",
        responses={200: FremdeinrichtungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def edit(self, request: Request, uuid: UUID) -> Response:
        """Replace what is written of it."""

        def work(data: dict[str, Any]) -> None:
            update_fremdeinrichtung(akteur=self.akteur, einrichtung=self.load(uuid), angaben=data)

        return self.act(work)

    @extend_schema(
        operation_id="ausserhalb_entgelte",
        description="Ein Entgelt eintragen. Eines, das bis auf Weiteres gilt, endet am Tag davor.",
        responses={200: FremdeinrichtungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def add_entgelt(self, request: Request, uuid: UUID) -> Response:
        """A rate, or the one that follows."""

        def work(data: dict[str, Any]) -> None:
            create_fremdentgelt(akteur=self.akteur, einrichtung=self.load(uuid), entgelt=Entgeltangabe(**data))

        return self.act(work)


class FremdbuchungViewSet(ThingViewSet):
    """Book outside of the register, from a search."""

    policy = {"book": policies.may_reserve}
    scopes = {"book": Umfang.RESERVIEREN}
    bodies = {"book": FremdbuchungEingabe}

    def load(self, uuid: UUID) -> Suche:
        suchen = policies.visible_suchen(self.akteur).select_related("klient", "hilfefall", "hilfeart")
        return get_object_or_404(suchen, pk=uuid)

    def load_kept(self, kept: dict) -> Buchung:
        """The booking that was made."""
        return get_object_or_404(policies.changeable_buchungen(self.akteur), pk=kept["uuid"])

    @extend_schema(
        operation_id="suchen_ausserhalb_buchen",
        description="Bei einer Einrichtung buchen, die nicht im Verzeichnis steht und zugesagt hat. 422 nennt in"
        " felder, was fehlt.",
        responses={201: BuchungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def book(self, request: Request, uuid: UUID) -> Response:
        """201 with the booking; 422 without a reason, a rate or a word of the house."""
        return self.act(lambda data: self._book(uuid, data), status=201)

    def _book(self, uuid: UUID, data: dict[str, Any]) -> dict:
        suche = self.load(uuid)
        buchung = book_fremdeinrichtung(
            akteur=self.akteur,
            suche=suche,
            einrichtung=get_object_or_404(Fremdeinrichtung, pk=data["fremdeinrichtung"]),
            betroffen=find_betroffen(self.akteur, suche, data.get("klient")),
            zusage=Zusage(data["zugesagt_am"], data["zugesagt_durch"]),
            begruendung=data["begruendung"],
            wuensche=data["wuensche"],
            zweiter_platz=data["zweiter_platz"],
            gezeigt=data["soll_entgelt"],
            sortierung=data["sort"],
            probe=data.get("preis"),
            angabe=Angabe(data["ueberlagerung"], data["ueberlagerung_bis"], data["ueberlagerung_grund"]),
            letzter_tag=data["letzter_tag"],
            hilfeart=data["hilfeart"],
        )
        return render_buchung(buchung.pk, self.akteur)
