"""One's own register through the API of the portal: facilities, offers, places, rates, licences (ADR 0068).

Policies and services are those of the pages; what is somebody else's does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
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
    EntgeltvorschlagEingabe,
    ErlaubnisEingabe,
    KontaktEingabe,
    NeueEinrichtungEingabe,
    NeueErlaubnisEingabe,
    NeuerKontaktEingabe,
    NeuesAngebotEingabe,
    PlatzzahlEingabe,
)
from shared_apps.providers.api.serializers import (
    AngebotAusgabe,
    EinrichtungAusgabe,
    EinrichtungZeile,
    EntgeltvorschlagAusgabe,
    ErlaubnisAusgabe,
    KontaktAusgabe,
    render_angebote,
    render_zeilen,
)
from shared_apps.providers.models import Anbieter, Angebot, Betriebserlaubnis, Einrichtung, Entgeltvorschlag, Kontakt
from shared_apps.providers.selectors import own as selectors
from shared_apps.providers.selectors.own import ANGEBOTE, EIGENE
from shared_apps.providers.services import angebote as offers
from shared_apps.providers.services import entgelte, erlaubnis, kontakte
from shared_apps.regions.models import Gebietskoerperschaft, Region

REGION_FEHLT = "Diese Region gibt es in diesem Kreis nicht."
UNBEKANNTER_CODE = "Das gibt es nicht, oder es wird heute nicht angeboten: {}."
WELCHER_ANBIETER = "Bitte geben Sie an, für welchen Ihrer Anbieter."
_TAGS = ["register"]


class EinrichtungViewSet(ThingViewSet):
    """Facilities of one's own providers."""

    policy = dict.fromkeys(("list", "retrieve"), policies.may_keep_own)
    policy |= {"create": policies.may_offer_own, "update": policies.may_write_own}
    scopes = dict.fromkeys(("list", "retrieve"), Umfang.REGISTER) | dict.fromkeys(("create", "update"), Umfang.PFLEGEN)
    bodies = {"create": NeueEinrichtungEingabe, "update": EinrichtungEingabe}
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
            OpenApiParameter("zu_tun", enum=["ja"], description="nur, wo eine Bestätigung oder Antwort fällig ist"),
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
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN) | dict.fromkeys(("list", "retrieve"), Umfang.REGISTER)
    bodies = {"create": NeuesAngebotEingabe, "update": AngebotEingabe, "places": PlatzzahlEingabe}
    liste = ANGEBOTE

    def seen(self) -> QuerySet[Angebot]:
        return policies.own_angebote(self.akteur)

    def load(self, uuid: UUID) -> Angebot:
        return get_object_or_404(selectors.with_alles(self.seen()), pk=uuid)

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
        rows = selectors.list_angebote(self.seen(), einrichtung=werte.get("einrichtung"), hilfeart=code)
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


class EntgeltvorschlagViewSet(ThingViewSet):
    """Rates that are proposed."""

    policy = {"create": policies.may_propose_entgelt}
    scopes = {"create": Umfang.PFLEGEN}
    bodies = {"create": EntgeltvorschlagEingabe}

    def seen(self) -> QuerySet[Entgeltvorschlag]:
        return policies.visible_vorschlaege(self.akteur)

    def load(self, uuid: UUID) -> Entgeltvorschlag:
        return get_object_or_404(self.seen(), pk=uuid)

    def answer(self, row: Entgeltvorschlag) -> dict:
        return EntgeltvorschlagAusgabe(row).data

    @extend_schema(
        operation_id="entgeltvorschlaege_create", tags=_TAGS,
        responses={201: EntgeltvorschlagAusgabe} | FEHLER_SCHREIBEN, parameters=[IDEMPOTENCY],
        examples=[beispiele.VORSCHLAG, beispiele.VORSCHLAG_DA],
    )  # fmt: skip
    def create(self, request: Request, angebot: UUID) -> Response:
        """Ein Entgelt vorschlagen. Es gilt, wenn eine Person im Jugendamt am Standort es bestätigt hat."""

        def work(data: dict[str, Any]) -> dict:
            row = get_object_or_404(policies.rated_angebote(self.akteur), pk=angebot)
            teile = {name: data.pop(name, None) or Decimal(0) for name in ("investition", "sonderleistung")}
            angaben: dict[str, Any] = data | teile
            return self.answer(
                self.load(entgelte.submit_entgeltvorschlag(akteur=self.akteur, angebot=row, **angaben).pk)
            )

        return self.act(work, status=201)


class ErlaubnisViewSet(ThingViewSet):
    """Licences of one's own facilities."""

    policy = dict.fromkeys(("create", "update"), policies.may_offer_own)
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN)
    bodies = {"create": NeueErlaubnisEingabe, "update": ErlaubnisEingabe}

    def seen(self) -> QuerySet[Betriebserlaubnis]:
        return policies.own_erlaubnisse(self.akteur)

    def load(self, uuid: UUID) -> Betriebserlaubnis:
        return get_object_or_404(self.seen(), pk=uuid)

    def answer(self, row: Betriebserlaubnis) -> dict:
        return ErlaubnisAusgabe(row).data

    @extend_schema(
        operation_id="erlaubnisse_create", tags=_TAGS, responses={201: ErlaubnisAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.ERLAUBNIS, beispiele.ERLAUBNIS_DA],
    )  # fmt: skip
    def create(self, request: Request, einrichtung: UUID) -> Response:
        """Eine Betriebserlaubnis eintragen, wie die Behörde sie erteilt hat. Die bisherige endet am Tag davor."""

        def work(data: dict[str, Any]) -> dict:
            haus = get_object_or_404(policies.own_einrichtungen(self.akteur), pk=einrichtung)
            return self.answer(erlaubnis.create_erlaubnis(akteur=self.akteur, einrichtung=haus, angaben=data))

        return self.act(work, status=201)

    @extend_schema(
        operation_id="erlaubnisse_update", tags=_TAGS, responses={200: ErlaubnisAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.BEFRISTET, beispiele.ERLAUBNIS_DA],
    )  # fmt: skip
    def update(self, request: Request, uuid: UUID) -> Response:
        """Eine Betriebserlaubnis berichtigen, verlängern oder beenden. Was nicht gesendet wird, bleibt."""

        def work(data: dict[str, Any]) -> dict:
            row = self.load(uuid)
            return self.answer(
                erlaubnis.update_erlaubnis(akteur=self.akteur, erlaubnis=row, angaben=data, gelesen=Ungelesen())
            )

        return self.act(work)


class KontaktViewSet(ThingViewSet):
    """Whom offices call at one's own facilities."""

    policy = dict.fromkeys(("create", "update"), policies.may_write_own)
    scopes = dict.fromkeys(policy, Umfang.PFLEGEN)
    bodies = {"create": NeuerKontaktEingabe, "update": KontaktEingabe}

    def seen(self) -> QuerySet[Kontakt]:
        return policies.own_kontakte(self.akteur)

    def load(self, uuid: UUID) -> Kontakt:
        return get_object_or_404(self.seen(), pk=uuid)

    def answer(self, row: Kontakt) -> dict:
        return KontaktAusgabe(row).data

    @extend_schema(
        operation_id="kontakte_create", tags=_TAGS, responses={201: KontaktAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.RUF, beispiele.RUF_DA],
    )  # fmt: skip
    def create(self, request: Request, einrichtung: UUID) -> Response:
        """Einen Kontakt eintragen. Ein Notfalltelefon hat jede Einrichtung nur einmal."""

        def work(data: dict[str, Any]) -> dict:
            haus = get_object_or_404(policies.own_einrichtungen(self.akteur), pk=einrichtung)
            return self.answer(kontakte.create_kontakt(akteur=self.akteur, ort=haus, angaben=data))

        return self.act(work, status=201)

    @extend_schema(
        operation_id="kontakte_update", tags=_TAGS, responses={200: KontaktAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY], examples=[beispiele.ANDERE_NUMMER, beispiele.RUF_DA],
    )  # fmt: skip
    def update(self, request: Request, uuid: UUID) -> Response:
        """Einen Kontakt ändern. Was nicht gesendet wird, bleibt."""

        def work(data: dict[str, Any]) -> None:
            kontakte.update_kontakt(akteur=self.akteur, kontakt=self.load(uuid), angaben=data, gelesen=Ungelesen())

        return self.act(work)
