"""The office's two pairs of eyes: certify, order, object. Then the money leaves."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Einheit
from shared_apps.core.clock import local_date, now, today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.core.zeitraum import Zeitraum, format_datum
from shared_apps.inbox.models import HinweisArt
from shared_apps.inbox.services import notify_anbieter
from tenant_apps.audit.services import Schritt, Vorhaben, advance
from tenant_apps.billing.enums import Vorgang
from tenant_apps.billing.models import AbgerechneterZeitraum, Auszahlung, Leistungsnachweis, Rechnung
from tenant_apps.billing.policies import SCHRITTE_NACHWEIS, SCHRITTE_RECHNUNG
from tenant_apps.billing.rules import BefundCode, darf_anordnen, list_zeitraeume
from tenant_apps.billing.selectors.berechnung import (
    describe_ueberzahlung,
    get_leistungskreis,
    list_befunde,
    list_nachgewiesene_tage,
)
from tenant_apps.billing.states import LeistungsnachweisAktion, RechnungAktion
from tenant_apps.placements.faelle.selectors.vorgang import get_leistungszeitraum


def _advance(
    rechnung: Rechnung, aktion: RechnungAktion, akteur: Akteur, vorgang: Vorgang
) -> AbstractContextManager[Schritt[Rechnung]]:
    rows = Rechnung.objects.select_related(
        "buchung__angebot", "buchung__hilfeart", "buchung__reservierung", "leistungsnachweis__buchung__angebot",
        "leistungsnachweis__buchung__hilfeart", "leistungsnachweis__buchung__reservierung",
    )  # fmt: skip
    return advance(rows, rechnung.pk, Vorhaben(SCHRITTE_RECHNUNG, aktion), akteur=akteur, vorgang=vorgang)


def _follow(rechnung: Rechnung, aktion: LeistungsnachweisAktion) -> None:
    """What becomes of the proof of service; who may, and which month it is, the step of the invoice has said."""
    with advance(
        Leistungsnachweis.objects.all(), rechnung.leistungsnachweis_id, Vorhaben(SCHRITTE_NACHWEIS, aktion),
        akteur=None, vorgang=None,
    ) as schritt:  # fmt: skip
        schritt.mark()


@transaction.atomic
def check_rechnung(*, rechnung: Rechnung, akteur: Akteur) -> Rechnung:
    """Certify: sachlich und rechnerisch richtig."""
    with _advance(rechnung, RechnungAktion.FESTSTELLEN, akteur, Vorgang.RECHNUNG_PRUEFEN) as schritt:
        rechnung = schritt.row
        befunde = list_befunde(rechnung)
        if maengel := [befund["meldung"] for befund in befunde if not befund["ist_hinweis"]]:
            raise RegelVerletzt(
                f"Die automatische Prüfung hat Mängel gefunden. Bitte beanstanden Sie die Rechnung. {' '.join(maengel)}"
            )
        schritt.set(
            # What other invoices charge is the office's to know; the stored findings are the provider's to read.
            befunde=[befund for befund in befunde if befund["code"] != BefundCode.AUCH_EINGEREICHT.value],
            festgestellt_von_id=akteur.user_id,
            festgestellt_at=now(),
        )
        schritt.write()
        _claim_tage(rechnung)
        schritt.mark(rechnung.monat, today())
    return rechnung


def _claim_tage(rechnung: Rechnung) -> None:
    """Take the days for this invoice. The database refuses a day that another certified invoice has.

    That can be one this person does not see, of a sealed case, or one certified at this very moment. Hours take no
    day: two services can come to one family on the same day.
    """
    if rechnung.buchung.hilfeart.einheit != Einheit.TAG:
        return
    zeitraeume = list_zeitraeume(list_nachgewiesene_tage(rechnung.leistungsnachweis))
    klient_id, kreis = rechnung.buchung.klient_id, get_leistungskreis(rechnung.buchung.hilfeart)
    _release_zu_viel(AbgerechneterZeitraum.objects.filter(klient_id=klient_id, kreis=kreis), zeitraeume)
    try:
        with transaction.atomic():
            _take(rechnung, klient_id, kreis, zeitraeume)
    except IntegrityError as fehler:
        if "abgerechnet_einmal" not in str(fehler):
            raise
        raise RegelVerletzt(
            "Für diese Person ist mindestens einer der Tage in einer anderen Rechnung schon als richtig festgestellt."
            " Bitte beanstanden Sie diese Rechnung oder klären Sie mit der Jugendamtsleitung, welche gilt."
        ) from fehler


def _take(rechnung: Rechnung, klient_id: UUID, kreis: str, zeitraeume: Iterable[Zeitraum]) -> None:
    AbgerechneterZeitraum.objects.bulk_create(
        AbgerechneterZeitraum(
            rechnung=rechnung, klient_id=klient_id, kreis=kreis, zeitraum=DateRange(zeitraum.beginn, zeitraum.ende)
        )
        for zeitraum in zeitraeume
    )


def _release_zu_viel(belegt: QuerySet[AbgerechneterZeitraum], zeitraeume: list[Zeitraum]) -> None:
    """Days that are outside of the help they were certified for go back: they are charged too much there.

    That invoice keeps its finding (`find_ueberzahlung`), and the house where the child really was can be paid.
    """
    for zeitraum in zeitraeume:
        rows = belegt.filter(zeitraum__overlap=DateRange(zeitraum.beginn, zeitraum.ende))
        for row in rows.select_related("rechnung__buchung"):
            ganz, hilfe = Zeitraum.from_range(row.zeitraum), get_leistungszeitraum(row.rechnung.buchung)
            rest = ganz.intersect(hilfe)
            if rest != ganz:
                row.delete()
                _take(row.rechnung, row.klient_id, row.kreis, [rest] if rest else [])


@transaction.atomic
def approve_rechnung(*, rechnung: Rechnung, akteur: Akteur) -> Rechnung:
    """Order the payment (Anordnung): never the person who certified. The proof of service is now final.

    Refused where the help ended before what the invoice charges: nothing has left yet, so it is objected to.
    """
    with _advance(rechnung, RechnungAktion.ANORDNEN, akteur, Vorgang.RECHNUNG_ANORDNEN) as schritt:
        rechnung = schritt.row
        if not darf_anordnen(rechnung.festgestellt_von_id, akteur.user_id):
            raise Verweigert(
                "Vier-Augen-Prinzip: Sie haben die Richtigkeit festgestellt, deshalb muss jemand anderes"
                " die Zahlung anordnen.",
                code="vier_augen",
            )
        if zu_viel := describe_ueberzahlung(rechnung, ist_amt=True):
            raise RegelVerletzt(zu_viel)
        schritt.set(angeordnet_von_id=akteur.user_id, angeordnet_at=now())
        schritt.write()
        _follow(rechnung, LeistungsnachweisAktion.BESTAETIGEN)
        schritt.mark(rechnung.monat, today())
    return rechnung


@transaction.atomic
def reject_rechnung(*, rechnung: Rechnung, akteur: Akteur, grund: str) -> Rechnung:
    """Object. The provider corrects the proof of service and sends a new invoice; this one will be cancelled."""
    if not grund.strip():
        raise RegelVerletzt("Bitte geben Sie an, was zu korrigieren ist.", feld="grund")
    with _advance(rechnung, RechnungAktion.BEANSTANDEN, akteur, Vorgang.RECHNUNG_BEANSTANDEN) as schritt:
        rechnung = schritt.row
        schritt.set(beanstandung=grund.strip(), beanstandet_von_id=akteur.user_id, beanstandet_at=now())
        schritt.write()
        AbgerechneterZeitraum.objects.filter(rechnung=rechnung).delete()
        _follow(rechnung, LeistungsnachweisAktion.BEANSTANDEN)
        notify_anbieter(
            **rechnung.buchung.to_anbieter(),
            art=HinweisArt.RECHNUNG_BEANSTANDET,
            objekt_id=rechnung.pk,
            beginn=rechnung.buchung.beginn,
        )
        schritt.mark(rechnung.monat, today())
    return rechnung


@transaction.atomic
def settle_rechnung(*, rechnung: Rechnung, akteur: Akteur, bezahlt_am: date | None = None) -> Auszahlung:
    """Mark as paid: the money has left on this day."""
    bezahlt_am = bezahlt_am or today()
    with _advance(rechnung, RechnungAktion.BEZAHLEN, akteur, Vorgang.RECHNUNG_BEZAHLEN) as schritt:
        rechnung = schritt.row
        assert rechnung.angeordnet_at is not None  # only what was ordered is paid
        angeordnet_am = local_date(rechnung.angeordnet_at)
        if not angeordnet_am <= bezahlt_am <= today():
            raise RegelVerletzt(
                f"Der Tag der Zahlung muss zwischen der Anordnung ({format_datum(angeordnet_am)}) und heute liegen.",
                feld="bezahlt_am",
            )
        schritt.write()
        auszahlung = Auszahlung.objects.create(
            rechnung=rechnung, betrag=rechnung.betrag, bezahlt_am=bezahlt_am, erfasst_von_id=akteur.user_id
        )
        schritt.mark(rechnung.monat, bezahlt_am, today())
    return auszahlung
