"""Pictures and papers of one's own facilities through the API of the portal, their files as multipart/form-data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.api.things import IDEMPOTENCY, ThingViewSet
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.gelesen import Ungelesen
from shared_apps.core.uploads.antwort import build_bild, build_pdf
from shared_apps.providers import policies
from shared_apps.providers.api import beispiele
from shared_apps.providers.api.eingabe import (
    BildEingabe,
    BilderEingabe,
    DateiEingabe,
    DokumentEingabe,
    EndeEingabe,
    RichtungEingabe,
)
from shared_apps.providers.api.serializers import (
    BildannahmeAusgabe,
    BilderAusgabe,
    DokumentAusgabe,
    DokumenteAusgabe,
    EntferntAusgabe,
    FotoAusgabe,
)
from shared_apps.providers.models import DOKUMENTE, Einrichtung, EinrichtungDokument, Foto
from shared_apps.providers.selectors import dateien as selectors
from shared_apps.providers.services import dateien as services

_TAGS = ["register"]
_BILD = {(200, "image/webp"): OpenApiTypes.BINARY}
_PDF = {(200, "application/pdf"): OpenApiTypes.BINARY}
_KIND = OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(selectors.EINGEREICHT))
_JEDE_KIND = OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(DOKUMENTE))


class FotoViewSet(ThingViewSet):
    """Pictures of rooms and grounds; never of people."""

    policy = dict.fromkeys(("list", "download"), policies.may_keep_own)
    policy |= dict.fromkeys(("create", "update", "move", "end"), policies.may_write_own)
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN) | dict.fromkeys(("list", "download"), Umfang.REGISTER)
    bodies = {"create": BilderEingabe, "update": BildEingabe, "move": RichtungEingabe}
    nimmt_dateien = frozenset({"create"})
    gibt_dateien = frozenset({"download"})

    def seen(self) -> QuerySet[Foto]:
        return policies.own_fotos(self.akteur)

    def load(self, uuid: UUID) -> Foto:
        return get_object_or_404(self.seen().select_related("einrichtung"), pk=uuid)

    def load_kept(self, kept: dict) -> Foto | Einrichtung:
        """Of pictures that were handed in, their facility."""
        return self._einrichtung(self.kwargs["einrichtung"]) if self.action == "create" else super().load_kept(kept)

    def load_again(self, uuid: UUID) -> Foto:
        """Also one that was taken away."""
        return get_object_or_404(Foto.objects.filter(einrichtung__in=policies.own_einrichtungen(self.akteur)), pk=uuid)

    def answer(self, row: Foto) -> dict:
        return FotoAusgabe(row).data

    def _einrichtung(self, uuid: UUID) -> Einrichtung:
        return get_object_or_404(policies.own_einrichtungen(self.akteur), pk=uuid)

    def _alle(self, einrichtung: Einrichtung) -> dict:
        return dict(BilderAusgabe({"bilder": selectors.list_fotos(einrichtung)}).data)

    @extend_schema(
        operation_id="bilder_list", tags=_TAGS, responses={200: BilderAusgabe} | FEHLER, examples=[beispiele.BILDER],
    )  # fmt: skip
    def list(self, request: Request, einrichtung: UUID) -> Response:
        """Die Bilder einer Einrichtung in ihrer Reihenfolge, auch die, denen noch der Text fehlt."""
        return Response(self._alle(self._einrichtung(einrichtung)))

    @extend_schema(
        operation_id="bilder_create", tags=_TAGS, responses={201: BildannahmeAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.HOCHLADEN, beispiele.AUFGENOMMEN],
    )  # fmt: skip
    def create(self, request: Request, einrichtung: UUID) -> Response:
        """Bilder hochladen, auf denen keine Menschen zu erkennen sind. Was gut ist, bleibt; was nicht, nennt seinen
        Grund. Andere sehen ein Bild, sobald es Bildunterschrift und Alternativtext hat."""

        def work(data: dict[str, Any]) -> dict:
            haus = self._einrichtung(einrichtung)
            angenommen = services.submit_fotos(akteur=self.akteur, einrichtung=haus, **data)
            if not angenommen.fotos:
                gruende = (f"{abgelehnt.name}: {abgelehnt.grund}" for abgelehnt in angenommen.abgelehnt)
                raise RegelVerletzt(" ".join(gruende), feld="dateien")
            return dict(BildannahmeAusgabe(angenommen).data)

        return self.act(work, status=201)

    @extend_schema(
        operation_id="bilder_update", tags=_TAGS, responses={200: FotoAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.BILDTEXT, beispiele.BILD],
    )  # fmt: skip
    def update(self, request: Request, uuid: UUID) -> Response:
        """Sagen, was auf einem Bild zu sehen ist. Was nicht gesendet wird, bleibt."""

        def work(data: dict[str, Any]) -> None:
            services.update_foto(akteur=self.akteur, foto=self.load(uuid), angaben=data, gelesen=Ungelesen())

        return self.act(work)

    @extend_schema(
        operation_id="bilder_verschieben", tags=_TAGS, responses={200: BilderAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.NACH_VORN, beispiele.BILDER],
    )  # fmt: skip
    def move(self, request: Request, uuid: UUID) -> Response:
        """Ein Bild mit seinem Nachbarn tauschen; die Antwort ist die neue Reihenfolge. 409 am Ende der Reihe."""

        def work(data: dict[str, Any]) -> dict:
            foto = self.load(uuid)
            services.update_reihenfolge(akteur=self.akteur, foto=foto, nach_oben=data["richtung"] == "hoch")
            return self._alle(foto.einrichtung)

        return self.act(work)

    @extend_schema(
        operation_id="bilder_entfernen", tags=_TAGS, responses={200: EntferntAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.BILD_WEG],
    )  # fmt: skip
    def end(self, request: Request, uuid: UUID) -> Response:
        """Ein Bild entfernen. Seine Dateien werden gelöscht; das lässt sich nicht zurücknehmen."""

        def work(_: dict[str, Any]) -> dict:
            services.end_foto(akteur=self.akteur, foto=self.load(uuid))
            return {"uuid": str(uuid)}

        return self.act(work)

    @extend_schema(
        operation_id="bilder_datei", tags=_TAGS, responses=_BILD | FEHLER,
        parameters=[OpenApiParameter("klein", str, description="klein=1: die kleine Fassung")],
    )  # fmt: skip
    def download(self, request: Request, uuid: UUID) -> FileResponse:
        """Die Bilddatei; solange sie auf Viren geprüft wird, gibt es sie nicht (404)."""
        foto = get_object_or_404(policies.visible_fotos(self.akteur), pk=self.load(uuid).pk)
        return build_bild(foto.in_groesse(klein="klein" in request.query_params))


class DokumentViewSet(ThingViewSet):
    """Papers with their PDF: service descriptions and agreements are entered here, licences get theirs."""

    policy = dict.fromkeys(("list", "download"), policies.may_keep_own)
    policy |= dict.fromkeys(("create", "replace", "end"), policies.may_write_own)
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN) | dict.fromkeys(("list", "download"), Umfang.REGISTER)
    bodies = {"create": DokumentEingabe, "replace": DateiEingabe, "end": EndeEingabe}
    nimmt_dateien = frozenset({"create", "replace"})
    gibt_dateien = frozenset({"download"})

    def _art(self) -> type[EinrichtungDokument]:
        art = DOKUMENTE.get(self.kwargs["kind"])
        if art is None:
            raise Http404
        return art

    def seen(self) -> QuerySet[EinrichtungDokument]:
        return policies.kept_dokumente(self.akteur, self._art())

    def load(self, uuid: UUID) -> EinrichtungDokument:
        return get_object_or_404(self.seen().select_related("einrichtung"), pk=uuid)

    def _own(self, uuid: UUID) -> EinrichtungDokument:
        """One she keeps: what an office has entered she reads and does not change."""
        rows = policies.own_dokumente(self.akteur, self._art()).select_related("einrichtung")
        return get_object_or_404(rows, pk=uuid)

    def answer(self, row: EinrichtungDokument) -> dict:
        return dict(DokumentAusgabe(row).data)

    @extend_schema(
        operation_id="dokumente_list", tags=_TAGS, responses={200: DokumenteAusgabe} | FEHLER,
        examples=[beispiele.DOKUMENTE],
    )  # fmt: skip
    def list(self, request: Request, einrichtung: UUID) -> Response:
        """Betriebserlaubnisse, Leistungsbeschreibungen und Vereinbarungen einer Einrichtung, mit dem Stand ihrer
        Dateien."""
        haus = get_object_or_404(policies.own_einrichtungen(self.akteur), pk=einrichtung)
        papiere = [eintrag.dokument for eintrag in selectors.list_dokumente(haus)]
        return Response(DokumenteAusgabe({"dokumente": papiere}).data)

    @extend_schema(
        operation_id="dokumente_create", tags=_TAGS, responses={201: DokumentAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY, _KIND], examples=[beispiele.PAPIER, beispiele.DOKUMENT],
    )  # fmt: skip
    def create(self, request: Request, einrichtung: UUID, kind: str) -> Response:
        """Eine Leistungsbeschreibung oder Vereinbarung mit ihrem PDF eintragen."""
        if kind not in selectors.EINGEREICHT:
            raise Http404

        def work(data: dict[str, Any]) -> dict:
            haus = get_object_or_404(policies.own_einrichtungen(self.akteur), pk=einrichtung)
            neu = services.create_dokument(
                akteur=self.akteur, einrichtung=haus, kennung=kind, letzter_tag=data.pop("letzter_tag", None), **data
            )
            return self.answer(neu)

        return self.act(work, status=201)

    @extend_schema(
        operation_id="dokumente_datei_update", tags=_TAGS, responses={200: DokumentAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY, _JEDE_KIND], examples=[beispiele.PDF, beispiele.DOKUMENT],
    )  # fmt: skip
    def replace(self, request: Request, kind: str, uuid: UUID) -> Response:
        """Das PDF eines Dokuments hochladen oder ersetzen, auch das einer Betriebserlaubnis. Das bisherige wird
        gelöscht."""

        def work(data: dict[str, Any]) -> None:
            services.update_datei(akteur=self.akteur, dokument=self._own(uuid), datei=data["datei"])

        return self.act(work)

    @extend_schema(
        operation_id="dokumente_beenden", tags=_TAGS, responses={200: DokumentAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY, _KIND], examples=[beispiele.ENDE, beispiele.DOKUMENT],
    )  # fmt: skip
    def end(self, request: Request, kind: str, uuid: UUID) -> Response:
        """Den letzten Tag eines Dokuments eintragen. Es bleibt lesbar."""
        if kind not in selectors.EINGEREICHT:
            raise Http404  # a licence is ended where its limits are asked (`api.erlaubnis`)

        def work(data: dict[str, Any]) -> None:
            services.end_dokument(akteur=self.akteur, dokument=self._own(uuid), letzter_tag=data["letzter_tag"])

        return self.act(work)

    @extend_schema(
        operation_id="dokumente_datei", tags=_TAGS, responses=_PDF | FEHLER, parameters=[_JEDE_KIND],
    )  # fmt: skip
    def download(self, request: Request, kind: str, uuid: UUID) -> FileResponse:
        """Das PDF; solange es auf Viren geprüft wird, gibt es es nicht (404)."""
        dokument = self.load(uuid)
        if not policies.may_read_dokument(self.akteur, dokument):
            raise Http404
        return build_pdf(dokument.datei, name=dokument.dateiname)
