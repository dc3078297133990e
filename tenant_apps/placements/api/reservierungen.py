"""Reservations through the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.api.antworten import FEHLER, FEHLER_SCHREIBEN
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.liste import related
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.selectors import find_same_klient
from tenant_apps.cases.services import NeuePerson
from tenant_apps.cases.services.klient import lock_klienten
from tenant_apps.placements import policies
from tenant_apps.placements.api.buchungen import BuchungAusgabe, render_buchung
from tenant_apps.placements.api.serializers import (
    AblehnungEingabe,
    BuchenEingabe,
    GeschwisterAusgabe,
    GeschwisterEingabe,
    ReservierungAusgabe,
    ReservierungEingabe,
    RueckzugEingabe,
    VerlaengerungEingabe,
)
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.faelle.selectors.vorgang import RESERVIERUNGEN
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.decide import confirm_reservierung, reject_reservierung
from tenant_apps.placements.services.fristen import extend_reservierung, withdraw_reservierung
from tenant_apps.placements.services.geschwister import Angaben, Wahl, reserve_geschwister
from tenant_apps.placements.services.person import Betroffen, resolve_klient, resolve_neue_person
from tenant_apps.placements.services.reserve import reserve_angebot
from tenant_apps.placements.states import ReservierungAktion
from tenant_apps.repeats.api import IDEMPOTENCY, ThingViewSet

KLIENT_FEHLT = "Bitte geben Sie an, für wen reserviert wird."
ANDERE_PERSON = "Die Suche wurde für eine andere Person gemacht."
_RELATED = ("hilfeart", "anbieter", "einrichtung", "fremdeinrichtung", "hilfefall")


def find_betroffen(akteur: Akteur, suche: Suche, klient: UUID | NeuePerson | None) -> Betroffen:
    """Whom a reservation is for: the search's person, or the one given. Other people's ids are 404."""
    if isinstance(klient, NeuePerson):
        if suche.klient_id:
            raise RegelVerletzt(ANDERE_PERSON, feld="klient")
        return resolve_neue_person(akteur=akteur, person=klient)
    if klient is None and suche.klient_id is None:
        raise RegelVerletzt(KLIENT_FEHLT, feld="klient")
    if klient in {None, suche.klient_id} and suche.klient:
        if suche.hilfefall:
            return Betroffen(suche.klient, suche.hilfefall)
        return resolve_klient(akteur=akteur, klient=suche.klient)
    person = get_object_or_404(policies.visible_klienten(akteur), pk=klient)
    if suche.klient_id:
        raise RegelVerletzt(ANDERE_PERSON, feld="klient")
    return resolve_klient(akteur=akteur, klient=person)


def find_alle_betroffenen(akteur: Akteur, kinder: Sequence[tuple[Suche, UUID | NeuePerson | None]]) -> list[Betroffen]:
    """The same for several children, in their order. In the caller's transaction.

    Whom the office knows is held before a case is opened for any of them, by id; somebody new is entered after them, by
    her PKZ: programs that send the same children in another order come one after the other.
    """
    lock_klienten({pk for suche, klient in kinder if (pk := _find_bekannt(akteur, suche, klient))})
    gefunden: dict[int, Betroffen] = {}
    for nummer in sorted(range(len(kinder)), key=lambda nummer: _describe_neu(kinder[nummer][1])):
        gefunden[nummer] = find_betroffen(akteur, *kinder[nummer])
    return [gefunden[nummer] for nummer in range(len(kinder))]


def _find_bekannt(akteur: Akteur, suche: Suche, klient: UUID | NeuePerson | None) -> UUID | None:
    """Id of a person there is already, where she may see her; what is not hers is refused by `find_betroffen`."""
    if isinstance(klient, NeuePerson):
        gleiche = find_same_klient(
            pkz=klient.pkz, vorname=klient.vorname, nachname=klient.nachname, geburtsdatum=klient.geburtsdatum
        )
        klient = gleiche.pk if gleiche else None
    sichtbar = policies.visible_klienten(akteur).filter(pk=klient).exists() if klient else False
    return klient if sichtbar else suche.klient_id


def _describe_neu(klient: UUID | NeuePerson | None) -> str:
    """Before everybody new who is there already."""
    return klient.pkz if isinstance(klient, NeuePerson) else ""


class ReservierungViewSet(ThingViewSet):
    """Reserve, read, and the steps of a reservation."""

    policy = dict.fromkeys(("list", "retrieve"), policies.may_list_faelle)
    policy |= {
        "create": policies.may_reserve,
        "create_geschwister": policies.may_reserve,
        "confirm": policies.SCHRITTE_RESERVIERUNG.may(ReservierungAktion.ZUSTIMMEN),
        "reject": policies.SCHRITTE_RESERVIERUNG.may(ReservierungAktion.ABLEHNEN),
        "book": policies.SCHRITTE_RESERVIERUNG.may(ReservierungAktion.BUCHEN),
        "extend": policies.SCHRITTE_RESERVIERUNG.may(ReservierungAktion.VERLAENGERN),
        "withdraw": policies.SCHRITTE_RESERVIERUNG.may(ReservierungAktion.ZURUECKZIEHEN),
    }
    scopes = dict.fromkeys(policy, Umfang.RESERVIEREN) | dict.fromkeys(("list", "retrieve"), Umfang.LESEN)
    liste = RESERVIERUNGEN
    auch_leer = frozenset({"book"})
    bodies = {
        "create": ReservierungEingabe,
        "create_geschwister": GeschwisterEingabe,
        "withdraw": RueckzugEingabe,
        "extend": VerlaengerungEingabe,
        "reject": AblehnungEingabe,
        "book": BuchenEingabe,
    }

    def seen(self) -> QuerySet[Reservierung]:
        return policies.visible_reservierungen(self.akteur)

    def load(self, uuid: UUID) -> Reservierung:
        return get_object_or_404(related(*_RELATED)(policies.changeable_reservierungen(self.akteur)), pk=uuid)

    def answer(self, row: Reservierung) -> dict:
        context = {"akteur": self.akteur, "angaben": policies.readable_angaben(self.akteur, [row])}
        return ReservierungAusgabe(row, context=context).data

    @extend_schema(
        operation_id="reservierungen_list",
        description="Reservierungen, die Sie sehen dürfen, neueste zuerst.",
        responses={200: ReservierungAusgabe(many=True)} | FEHLER,
    )
    def list(self, request: Request) -> Response:
        """Reservations the person may see, newest first."""
        page = self.paginate_queryset(self.seen())
        record_access(
            akteur=self.akteur,
            aktion=Aktion.LESEN,
            vorgang=Vorgang.RESERVIERUNGEN_ABRUFEN,
            objekt_art="placements.reservierung",
        )
        context = {"akteur": self.akteur, "angaben": policies.readable_angaben(self.akteur, page)}
        return self.get_paginated_response(ReservierungAusgabe(page, many=True, context=context).data)

    @extend_schema(
        operation_id="reservierungen_retrieve",
        description="Eine Reservierung mit Stand und Beträgen.",
        responses={200: ReservierungAusgabe} | FEHLER,
    )
    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """A reservation with its state and amounts."""
        reservierung = get_object_or_404(related(*_RELATED)(self.seen()), pk=uuid)
        record_access(
            akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.RESERVIERUNG_ABRUFEN, objekt=reservierung
        )
        return Response(self.answer(reservierung))

    @extend_schema(
        operation_id="reservierungen_create",
        description="Einen Platz aus einem Suchergebnis reservieren. 409: keiner ist mehr frei; 422 nennt in felder,"
        " was fehlt.",
        responses={201: ReservierungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def create(self, request: Request) -> Response:
        """Hold a place of the result. 409 when none is left, 422 with `felder` when something is missing."""
        return self.act(self._create, status=201)

    def _suche(self, uuid: UUID) -> Suche:
        suchen = policies.visible_suchen(self.akteur).select_related("klient", "hilfefall", "hilfeart")
        return get_object_or_404(suchen, pk=uuid)

    def _create(self, data: dict[str, Any]) -> dict:
        suche = self._suche(data["suche"])
        reservierung = reserve_angebot(
            akteur=self.akteur,
            suche=suche,
            angebot_id=data["angebot"],
            betroffen=find_betroffen(self.akteur, suche, data.get("klient")),
            begruendung=data["begruendung"],
            wuensche=data["wuensche"],
            zweiter_platz=data["zweiter_platz"],
            gezeigt=data.get("soll_entgelt"),
            sortierung=data["sort"],
            probe=data.get("preis"),
        )
        return self.answer(reservierung)

    @extend_schema(
        operation_id="reservierungen_geschwister",
        description="Für jedes von mehreren Kindern einen Platz in derselben Einrichtung reservieren, oder keinen."
        " 409: nicht mehr für alle frei.",
        responses={201: GeschwisterAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def create_geschwister(self, request: Request) -> Response:
        """A place for each child in one facility, or none; 409 when there is not one for all."""
        return self.act(self._create_geschwister, status=201)

    @transaction.atomic
    def _create_geschwister(self, data: dict[str, Any]) -> dict:
        kinder = data["kinder"]
        suchen = [self._suche(kind["suche"]) for kind in kinder]
        betroffene = find_alle_betroffenen(
            self.akteur, [(suche, kind.get("klient")) for suche, kind in zip(suchen, kinder, strict=True)]
        )
        wahlen = [
            Wahl(betroffen, suche, angebot_id=kind["angebot"], gezeigt=kind.get("soll_entgelt"))
            for betroffen, suche, kind in zip(betroffene, suchen, kinder, strict=True)
        ]
        angaben = Angaben(
            data["begruendung"], data["wuensche"], data["zweiter_platz"], sortierung=data["sort"],
            probe=data.get("preis"),
        )  # fmt: skip
        reservierungen = reserve_geschwister(akteur=self.akteur, wahlen=wahlen, angaben=angaben)
        return {"reservierungen": [self.answer(reservierung) for reservierung in reservierungen]}

    def load_kept(self, kept: dict) -> Reservierung:
        """Of brothers and sisters each must still be hers to see."""
        if "reservierungen" not in kept:
            return super().load_kept(kept)
        erste, *weitere = [self.load_again(UUID(zeile["uuid"])) for zeile in kept["reservierungen"]]
        for reservierung in weitere:
            self.note_repetition(reservierung)
        return erste

    @extend_schema(
        operation_id="reservierungen_zurueckziehen",
        description="Mit Grund zurückziehen. Der Platz ist sofort frei.",
        responses={200: ReservierungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def withdraw(self, request: Request, uuid: UUID) -> Response:
        """Withdraw with a reason; the place is free at once."""
        return self._step(withdraw_reservierung, uuid)

    @extend_schema(
        operation_id="reservierungen_verlaengern",
        description="Die Frist verschieben, höchstens vier Wochen von heute an.",
        responses={200: ReservierungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def extend(self, request: Request, uuid: UUID) -> Response:
        """Move the expiry, at most four weeks from today."""
        return self._step(extend_reservierung, uuid)

    @extend_schema(
        operation_id="reservierungen_zustimmen",
        description="Der Anbieter stimmt zu. 409: entschieden, zurückgezogen oder abgelaufen.",
        responses={200: ReservierungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def confirm(self, request: Request, uuid: UUID) -> Response:
        """409 when it was decided, withdrawn or has lapsed."""
        return self._step(confirm_reservierung, uuid)

    @extend_schema(
        operation_id="reservierungen_ablehnen",
        description="Der Anbieter lehnt mit einem Grund aus der Liste ab. Der Platz ist sofort frei.",
        responses={200: ReservierungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def reject(self, request: Request, uuid: UUID) -> Response:
        """With a coded reason; the place is free at once."""
        return self._step(reject_reservierung, uuid)

    @extend_schema(
        operation_id="reservierungen_buchen",
        description="Verbindlich buchen, nach der Zustimmung. 409: ohne Zustimmung, nach Ablauf der Frist, oder die"
        " Soll-Kosten sind andere als gesagt; 422: die Person hat in dieser Zeit schon einen Aufenthalt, und es ist"
        " nicht gesagt, was der zweite ist.",
        responses={201: BuchungAusgabe} | FEHLER_SCHREIBEN,
        parameters=[IDEMPOTENCY],
    )
    def book(self, request: Request, uuid: UUID) -> Response:
        """201; 409 without consent, after expiry or at another price, 422 for a second stay in silence."""

        def work(data: dict[str, Any]) -> dict:
            gezeigt = data.pop("soll_kosten", None)
            buchung = book_reservierung(reservierung=self.load(uuid), akteur=self.akteur, gezeigt=gezeigt, **data)
            return render_buchung(buchung.pk, self.akteur)

        return self.act(work, status=201)

    def _step(self, service: Callable[..., Reservierung], uuid: UUID) -> Response:
        """Services take what the body gives, by the same names."""

        def work(data: dict[str, Any]) -> None:
            service(reservierung=self.load(uuid), akteur=self.akteur, **data)

        return self.act(work)
