"""The office's two pairs of eyes: certify, order, object. Then the money leaves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Einheit
from shared_apps.core.clock import local_date, now, today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.core.zeitraum import Zeitraum, format_datum, monatserster
from shared_apps.inbox.models import HinweisArt
from shared_apps.inbox.services import notify_anbieter
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.billing.enums import Vorgang
from tenant_apps.billing.models import AbgerechneterZeitraum, Auszahlung, Rechnung
from tenant_apps.billing.rules import BefundCode, darf_anordnen, list_zeitraeume
from tenant_apps.billing.selectors.berechnung import (
    describe_ueberzahlung,
    get_leistungskreis,
    list_befunde,
    list_nachgewiesene_tage,
)
from tenant_apps.billing.services.record import lock_nachweis
from tenant_apps.billing.states import (
    LEISTUNGSNACHWEIS,
    RECHNUNG,
    LeistungsnachweisAktion,
    RechnungAktion,
)
from tenant_apps.notifications.services import mark_monate
from tenant_apps.placements.faelle.selectors.vorgang import get_leistungszeitraum


def _lock(rechnung: Rechnung) -> Rechnung:
    return (
        Rechnung.objects.select_for_update(of=("self",))
        .select_related(
            "buchung__angebot", "buchung__hilfeart", "buchung__reservierung", "leistungsnachweis__buchung__angebot",
            "leistungsnachweis__buchung__hilfeart", "leistungsnachweis__buchung__reservierung",
        )
        .get(pk=rechnung.pk)
    )  # fmt: skip


def _save(rechnung: Rechnung, akteur: Akteur, vorgang: Vorgang, *felder: str) -> None:
    geaendert = ("zustand", *felder)
    rechnung.save(update_fields=geaendert)
    record_access(akteur=akteur, aktion=Aktion.AENDERN, vorgang=vorgang, objekt=rechnung, felder=geaendert)


def _mark(rechnung: Rechnung, *tage: date) -> None:
    """One sorted call at the end of each service: two transactions never wait for each other crosswise."""
    mark_monate(monate=[rechnung.monat, *(monatserster(tag) for tag in (*tage, today()))])


@transaction.atomic
def check_rechnung(*, rechnung: Rechnung, akteur: Akteur) -> Rechnung:
    """Certify: sachlich und rechnerisch richtig."""
    rechnung = _lock(rechnung)
    befunde = list_befunde(rechnung)
    RECHNUNG.advance(rechnung, RechnungAktion.FESTSTELLEN)
    if maengel := [befund["meldung"] for befund in befunde if not befund["ist_hinweis"]]:
        raise RegelVerletzt(
            f"Die automatische Prüfung hat Mängel gefunden. Bitte beanstanden Sie die Rechnung. {' '.join(maengel)}"
        )
    # What other invoices charge is the office's to know; the stored findings are the provider's to read.
    rechnung.befunde = [befund for befund in befunde if befund["code"] != BefundCode.AUCH_EINGEREICHT.value]
    rechnung.festgestellt_von_id = akteur.user_id
    rechnung.festgestellt_at = now()
    _save(rechnung, akteur, Vorgang.RECHNUNG_PRUEFEN, "befunde", "festgestellt_von", "festgestellt_at")
    _claim_tage(rechnung)
    _mark(rechnung)
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
    rechnung = _lock(rechnung)
    zu_viel = describe_ueberzahlung(rechnung, ist_amt=True)
    RECHNUNG.advance(rechnung, RechnungAktion.ANORDNEN)
    if not darf_anordnen(rechnung.festgestellt_von_id, akteur.user_id):
        raise Verweigert(
            "Vier-Augen-Prinzip: Sie haben die Richtigkeit festgestellt, deshalb muss jemand anderes"
            " die Zahlung anordnen.",
            code="vier_augen",
        )
    if zu_viel:
        raise RegelVerletzt(zu_viel)
    rechnung.angeordnet_von_id = akteur.user_id
    rechnung.angeordnet_at = now()
    _save(rechnung, akteur, Vorgang.RECHNUNG_ANORDNEN, "angeordnet_von", "angeordnet_at")
    nachweis = lock_nachweis(rechnung.leistungsnachweis)
    LEISTUNGSNACHWEIS.advance(nachweis, LeistungsnachweisAktion.BESTAETIGEN)
    nachweis.save(update_fields=["zustand"])
    _mark(rechnung)
    return rechnung


@transaction.atomic
def reject_rechnung(*, rechnung: Rechnung, akteur: Akteur, grund: str) -> Rechnung:
    """Object. The provider corrects the proof of service and sends a new invoice; this one will be cancelled."""
    if not grund.strip():
        raise RegelVerletzt("Bitte geben Sie an, was zu korrigieren ist.", feld="grund")
    rechnung = _lock(rechnung)
    RECHNUNG.advance(rechnung, RechnungAktion.BEANSTANDEN)
    rechnung.beanstandung = grund.strip()
    _save(rechnung, akteur, Vorgang.RECHNUNG_BEANSTANDEN, "beanstandung")
    AbgerechneterZeitraum.objects.filter(rechnung=rechnung).delete()
    nachweis = lock_nachweis(rechnung.leistungsnachweis)
    LEISTUNGSNACHWEIS.advance(nachweis, LeistungsnachweisAktion.BEANSTANDEN)
    nachweis.save(update_fields=["zustand"])
    notify_anbieter(
        angebot=rechnung.buchung.angebot,
        anbieter_id=rechnung.anbieter_id,
        art=HinweisArt.RECHNUNG_BEANSTANDET,
        objekt_id=rechnung.pk,
    )
    _mark(rechnung)
    return rechnung


@transaction.atomic
def settle_rechnung(*, rechnung: Rechnung, akteur: Akteur, bezahlt_am: date | None = None) -> Auszahlung:
    """Mark as paid: the money has left on this day."""
    bezahlt_am = bezahlt_am or today()
    rechnung = _lock(rechnung)
    RECHNUNG.advance(rechnung, RechnungAktion.BEZAHLEN)
    assert rechnung.angeordnet_at is not None  # only what was ordered is paid
    angeordnet_am = local_date(rechnung.angeordnet_at)
    if not angeordnet_am <= bezahlt_am <= today():
        raise RegelVerletzt(
            f"Der Tag der Zahlung muss zwischen der Anordnung ({format_datum(angeordnet_am)}) und heute liegen.",
            feld="bezahlt_am",
        )
    _save(rechnung, akteur, Vorgang.RECHNUNG_BEZAHLEN)
    auszahlung = Auszahlung.objects.create(
        rechnung=rechnung, betrag=rechnung.betrag, bezahlt_am=bezahlt_am, erfasst_von_id=akteur.user_id
    )
    _mark(rechnung, bezahlt_am)
    return auszahlung
