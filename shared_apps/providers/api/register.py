"""One's own register through the API of the portal: facilities, offers, places and their ends (ADR 0068).

Policies and services are those of the pages; what is somebody else's does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
from shared_apps.catalogue.forms.merkmale import clean_angebot_werte
from shared_apps.catalogue.models import Hilfeart, Kriterium
from shared_apps.catalogue.rules import feldnamen
from shared_apps.catalogue.selectors import list_kriterien, list_spezialisierungen, list_sprachen
from shared_apps.core.errors import RegelVerletzt, SojusError
from shared_apps.core.gelesen import Ungelesen
from shared_apps.providers import policies, services
from shared_apps.providers.api import beispiele
from shared_apps.providers.api.eingabe import (
    AngebotEingabe,
    AngebotFilter,
    EinrichtungEingabe,
    EinrichtungFilter,
    EndeEingabe,
    NeueEinrichtungEingabe,
    NeuesAngebotEingabe,
    PlatznamenEingabe,
    PlatzzahlEingabe,
)
from shared_apps.providers.api.serializers import (
    AngebotAusgabe,
    EinrichtungAusgabe,
    EinrichtungZeile,
    PlatznamenAusgabe,
    render_angebote,
    render_zeilen,
)
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung
from shared_apps.providers.selectors import own as selectors
from shared_apps.providers.selectors.angebote import ANGEBOTE, list_angebote, list_plaetze, with_alles
from shared_apps.providers.selectors.own import EIGENE
from shared_apps.providers.services import angebote as offers
from shared_apps.providers.services.platznamen import PLATZ_FELD, update_platznamen
from shared_apps.regions.models import Gebietskoerperschaft, Region

REGION_FEHLT = "Diese Region gibt es in diesem Kreis nicht."
UNBEKANNTER_CODE = "Das gibt es nicht, oder es wird heute nicht angeboten: {}."
PLATZ_ZWEIMAL = "Diesen Platz haben Sie schon genannt. Bitte nennen Sie jeden Platz einmal."
WELCHER_ANBIETER = "Bitte geben Sie an, für welchen Ihrer Anbieter."
_TAGS = ["register"]


class EinrichtungViewSet(ThingViewSet):
    """Facilities of one's own providers."""

    policy = dict.fromkeys(("list", "retrieve"), policies.may_keep_own)
    policy |= {"create": policies.may_offer_own, "update": policies.may_write_own}
    policy |= dict.fromkeys(("end", "reopen"), policies.may_end_own)
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN) | dict.fromkeys(("list", "retrieve"), Umfang.REGISTER)
    bodies = {"create": NeueEinrichtungEingabe, "update": EinrichtungEingabe, "end": EndeEingabe}
    liste = EIGENE

    def seen(self) -> QuerySet[Einrichtung]:
        return policies.own_einrichtungen(self.akteur)

    def load(self, uuid: UUID) -> Einrichtung:
        return get_object_or_404(selectors.with_akte(self.seen()), pk=uuid)

    def answer(self, row: Einrichtung) -> dict:
        return EinrichtungAusgabe(row).data

    @extend_schema(
        operation_id="einrichtungen_list", tags=_TAGS, responses={200: EinrichtungZeile(many=True)} | FEHLER,
        parameters=[
            OpenApiParameter("suche", description="Wort aus Name oder Ort"),
            OpenApiParameter("kreis", description="Kürzel, zum Beispiel VG"),
            OpenApiParameter("zu_tun", enum=["ja"], description="nur, wo etwas zu tun ist"),
        ],
        examples=[beispiele.ZEILE],
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """Eigene Einrichtungen, die nicht beendet sind, mit der Belegung von heute."""
        query = EinrichtungFilter(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        werte = query.validated_data
        kreis: Gebietskoerperschaft | None = werte.get("kreis")
        rows = selectors.list_eigene(
            self.seen(),
            suche=werte.get("suche", ""),
            kreis=kreis.kuerzel if kreis else "",
            zu_tun=werte.get("zu_tun", ""),
        )
        return self.get_paginated_response(render_zeilen(selectors.list_belegungen(self.paginate_queryset(rows))))

    @extend_schema(
        operation_id="einrichtungen_retrieve", tags=_TAGS, responses={200: EinrichtungAusgabe} | FEHLER,
        examples=[beispiele.EINRICHTUNG],
    )  # fmt: skip
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """Stammdaten, Ansprechpartner, Betriebserlaubnisse, Ausnahmen und Angebote einer eigenen Einrichtung."""
        return Response(self.answer(self.load(uuid)))

    @extend_schema(
        operation_id="einrichtungen_create", tags=_TAGS, responses={201: EinrichtungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.NEUE_EINRICHTUNG, beispiele.EINRICHTUNG],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Eine Einrichtung eintragen. Ihr Kreis bleibt: Das Jugendamt dort vereinbart das Entgelt."""

        def work(data: dict[str, Any]) -> dict:
            kreis: Gebietskoerperschaft = data.pop("kreis")
            neu = offers.create_einrichtung(
                akteur=self.akteur,
                anbieter=self._anbieter(data.pop("anbieter", None)),
                gebietskoerperschaft=kreis,
                angaben=_with_region(data, kreis),
            )
            return self.answer(self.load(neu.pk))

        return self.act(work, status=201)

    @extend_schema(
        operation_id="einrichtungen_update", tags=_TAGS, responses={200: EinrichtungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.KONTAKT, beispiele.EINRICHTUNG],
    )  # fmt: skip
    def update(self, request: Request, uuid: UUID) -> Response:
        """Stammdaten und Ansprechpartner ändern. Was nicht gesendet wird, bleibt."""

        def work(data: dict[str, Any]) -> None:
            row = self.load(uuid)
            angaben = _with_region(data, row.gebietskoerperschaft)
            services.update_einrichtung(akteur=self.akteur, einrichtung=row, angaben=angaben, gelesen=Ungelesen())

        return self.act(work)

    @extend_schema(
        operation_id="einrichtungen_beenden", tags=_TAGS, responses={200: EinrichtungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.ENDE, beispiele.EINRICHTUNG, beispiele.LAEUFT_NOCH],
    )  # fmt: skip
    def end(self, request: Request, uuid: UUID) -> Response:
        """Eine Einrichtung mit ihrem letzten Tag beenden. 409 nennt die Angebote, die danach noch laufen."""

        def work(data: dict[str, Any]) -> None:
            services.end_einrichtung(akteur=self.akteur, einrichtung=self.load(uuid), letzter_tag=data["letzter_tag"])

        return self.act(work)

    @extend_schema(
        operation_id="einrichtungen_ende_zuruecknehmen", tags=_TAGS, parameters=[IDEMPOTENCY],
        responses={200: EinrichtungAusgabe} | FEHLER_SCHREIBEN, examples=[beispiele.EINRICHTUNG],
    )  # fmt: skip
    def reopen(self, request: Request, uuid: UUID) -> Response:
        """Ein Ende zurücknehmen, dessen letzter Tag noch nicht vorbei ist. Die Angebote bleiben beendet."""

        def work(_: dict[str, Any]) -> None:
            services.reopen_einrichtung(akteur=self.akteur, einrichtung=self.load(uuid))

        return self.act(work)

    def _anbieter(self, uuid: UUID | None) -> Anbieter:
        rows = policies.own_anbieter(self.akteur)
        if uuid is not None:
            return get_object_or_404(rows, pk=uuid)
        eigene = list(rows[:2])
        if len(eigene) != 1:
            raise RegelVerletzt(WELCHER_ANBIETER, feld="anbieter")
        return eigene[0]


def _with_region(data: dict[str, Any], kreis: Gebietskoerperschaft) -> dict[str, Any]:
    """A region is named within its district."""
    if "region" not in data:
        return data
    region = Region.objects.filter(gebietskoerperschaft=kreis, name=data["region"]).first() if data["region"] else None
    if data["region"] and region is None:
        raise RegelVerletzt(REGION_FEHLT, feld="region")
    return data | {"region": region}


class AngebotViewSet(ThingViewSet):
    """Offers of one's own facilities."""

    policy = dict.fromkeys(("list", "retrieve"), policies.may_keep_own)
    policy |= {"create": policies.may_offer_own, "update": policies.may_write_own, "places": policies.may_offer_own}
    policy |= {"names": policies.may_keep_own, "rename": policies.may_write_own}
    policy |= dict.fromkeys(("end", "reopen"), policies.may_end_own)
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN) | dict.fromkeys(("list", "retrieve", "names"), Umfang.REGISTER)
    bodies = {
        "create": NeuesAngebotEingabe, "update": AngebotEingabe, "places": PlatzzahlEingabe,
        "rename": PlatznamenEingabe, "end": EndeEingabe,
    }  # fmt: skip
    liste = ANGEBOTE

    def seen(self) -> QuerySet[Angebot]:
        return policies.own_angebote(self.akteur)

    def load(self, uuid: UUID) -> Angebot:
        return get_object_or_404(with_alles(self.seen()), pk=uuid)

    def answer(self, row: Angebot) -> dict:
        return render_angebote([row])[0]

    @extend_schema(
        operation_id="angebote_list", tags=_TAGS, responses={200: AngebotAusgabe(many=True)} | FEHLER,
        parameters=[
            OpenApiParameter("einrichtung", UUID, description="nur Angebote dieser Einrichtung"),
            OpenApiParameter("hilfeart", description="Code, zum Beispiel S34"),
        ],
        examples=[beispiele.ANGEBOT],
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """Eigene Angebote, die laufen oder noch beginnen, nach ihrem Namen."""
        query = AngebotFilter(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        werte = query.validated_data
        hilfeart: Hilfeart | None = werte.get("hilfeart")
        code = hilfeart.code if hilfeart else ""
        rows = list_angebote(self.seen(), einrichtung=werte.get("einrichtung"), hilfeart=code)
        return self.get_paginated_response(render_angebote(self.paginate_queryset(rows)))

    @extend_schema(
        operation_id="angebote_retrieve", tags=_TAGS, responses={200: AngebotAusgabe} | FEHLER,
        examples=[beispiele.ANGEBOT],
    )  # fmt: skip
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """Ein eigenes Angebot: Zielgruppe, Plätze, Entgelte von früher, heute und später, Stand der Vakanz."""
        return Response(self.answer(self.load(uuid)))

    @extend_schema(
        operation_id="angebote_create", tags=_TAGS, responses={201: AngebotAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.NEUES_ANGEBOT, beispiele.ANGEBOT],
    )  # fmt: skip
    def create(self, request: Request, einrichtung: UUID) -> Response:
        """Ein Angebot eintragen. Was die Betriebserlaubnis nicht zulässt, wird abgelehnt."""

        def work(data: dict[str, Any]) -> dict:
            haus = get_object_or_404(policies.own_einrichtungen(self.akteur), pk=einrichtung)
            hilfeart: Hilfeart = data.pop("hilfeart")
            tage = {name: data.pop(name, None) for name in ("beginn", "letzter_tag")}
            plaetze = data.pop("plaetze")
            kriterien = list_kriterien(modul_id=hilfeart.modul_id)
            with _by_code(kriterien):
                neu = offers.create_angebot(
                    akteur=self.akteur, einrichtung=haus, hilfeart=hilfeart, plaetze=plaetze,
                    angaben=_with_rows(data, kriterien), **tage,
                )  # fmt: skip
            return self.answer(self.load(neu.pk))

        return self.act(work, status=201)

    @extend_schema(
        operation_id="angebote_update", tags=_TAGS, responses={200: AngebotAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.ZIELGRUPPE, beispiele.ANGEBOT],
    )  # fmt: skip
    def update(self, request: Request, uuid: UUID) -> Response:
        """Ändern, wen das Angebot aufnimmt und was darüber gesagt ist. Was nicht gesendet wird, bleibt."""

        def work(data: dict[str, Any]) -> None:
            row = self.load(uuid)
            kriterien = list_kriterien(modul_id=row.hilfeart.modul_id)
            with _by_code(kriterien):
                angaben = _with_rows(data, kriterien, row)
                offers.update_angebot(akteur=self.akteur, angebot=row, angaben=angaben, gelesen=Ungelesen())

        return self.act(work)

    @extend_schema(
        operation_id="angebote_platzzahl", tags=_TAGS, responses={200: AngebotAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.PLATZZAHL, beispiele.ANGEBOT],
    )  # fmt: skip
    def places(self, request: Request, uuid: UUID) -> Response:
        """Wie viele Plätze das Angebot von einem Tag an hat. 409 nennt, wer Plätze darüber hinaus hält."""

        def work(data: dict[str, Any]) -> None:
            offers.update_platzzahl(
                akteur=self.akteur, angebot=self.load(uuid), anzahl=data["anzahl"], ab=data["ab"],
                letzter_tag=data.get("letzter_tag"), gelesen=Ungelesen(),
            )  # fmt: skip

        return self.act(work)

    @extend_schema(
        operation_id="angebote_platznamen", tags=_TAGS, responses={200: PlatznamenAusgabe} | FEHLER,
        examples=[beispiele.PLATZNAMEN_DA],
    )  # fmt: skip
    def names(self, request: Request, uuid: UUID) -> Response:
        """Die Plätze des Angebots mit den Namen, die Ihr Haus ihnen gibt. Nur Ihr Haus sieht sie."""
        return Response(self._plaetze(uuid))

    @extend_schema(
        operation_id="angebote_platznamen_update", tags=_TAGS, parameters=[IDEMPOTENCY],
        responses={200: PlatznamenAusgabe} | FEHLER_SCHREIBEN,
        examples=[beispiele.PLATZNAMEN, beispiele.PLATZNAMEN_DA],
    )  # fmt: skip
    def rename(self, request: Request, uuid: UUID) -> Response:
        """Plätze benennen, zum Beispiel „Zimmer 3“. Bitte keine Namen von Kindern. Nicht genannte bleiben."""

        def work(data: dict[str, Any]) -> dict:
            namen: dict[int, str] = {}
            for stelle, platz in enumerate(data["plaetze"]):
                if platz["nummer"] in namen:
                    raise RegelVerletzt(PLATZ_ZWEIMAL, feld=f"plaetze.{stelle}.nummer")
                namen[platz["nummer"]] = platz["name"]
            with _by_place(list(namen)):
                update_platznamen(akteur=self.akteur, angebot=self.load(uuid), namen=namen, gelesen=Ungelesen())
            return self._plaetze(uuid)

        return self.act(work)

    def _plaetze(self, uuid: UUID) -> dict:
        return dict(PlatznamenAusgabe({"plaetze": list_plaetze(self.load(uuid))}).data)

    @extend_schema(
        operation_id="angebote_beenden", tags=_TAGS, responses={200: AngebotAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.ENDE, beispiele.ANGEBOT, beispiele.WIRD_GEHALTEN],
    )  # fmt: skip
    def end(self, request: Request, uuid: UUID) -> Response:
        """Ein Angebot mit seinem letzten Tag beenden. 409 nennt, wer danach noch Plätze hält."""

        def work(data: dict[str, Any]) -> None:
            services.end_angebot(akteur=self.akteur, angebot=self.load(uuid), letzter_tag=data["letzter_tag"])

        return self.act(work)

    @extend_schema(
        operation_id="angebote_ende_zuruecknehmen", tags=_TAGS, responses={200: AngebotAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.ANGEBOT],
    )  # fmt: skip
    def reopen(self, request: Request, uuid: UUID) -> Response:
        """Ein Ende zurücknehmen, dessen letzter Tag noch nicht vorbei ist: Das Angebot läuft weiter wie vorher."""

        def work(_: dict[str, Any]) -> None:
            services.reopen_angebot(akteur=self.akteur, angebot=self.load(uuid))

        return self.act(work)


@contextmanager
def _by_place(nummern: list[int]) -> Iterator[None]:
    """What is wrong with a place of the form is wrong with the one that was sent."""
    try:
        yield
    except SojusError as error:
        stellen = {PLATZ_FELD.format(nummer): stelle for stelle, nummer in enumerate(nummern)}
        if error.feld in stellen:
            error.feld = f"plaetze.{stellen[error.feld]}.name"
        raise


def _with_rows(data: dict[str, Any], kriterien: list[Kriterium], angebot: Angebot | None = None) -> dict[str, Any]:
    """Specialities, languages and criteria come by their codes; as in the form, those in use may stay."""
    angaben = {name: wert for name, wert in data.items() if name != "merkmale"}
    for name, offered in (("spezialisierungen", list_spezialisierungen), ("sprachen", list_sprachen)):
        if name in data:
            hat: list[Any] = list(getattr(angebot, name).all()) if angebot else []
            rows = {row.code: row for row in offered(auch=hat).filter(code__in=data[name])}
            if fremd := sorted(set(data[name]) - set(rows)):
                raise RegelVerletzt(UNBEKANNTER_CODE.format(", ".join(fremd)), feld=name)
            angaben[name] = list(rows.values())
    return angaben | clean_angebot_werte(kriterien, data.get("merkmale", {}))


@contextmanager
def _by_code(kriterien: list[Kriterium]) -> Iterator[None]:
    """What is wrong with a field of the form is wrong with the criterion that was sent."""
    try:
        yield
    except SojusError as error:
        for kriterium in kriterien:
            if error.feld in feldnamen(kriterium.modul.code, kriterium.code, kriterium.art):
                error.feld = f"merkmale.{kriterium.code}"
        raise
