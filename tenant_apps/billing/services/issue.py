"""An invoice from a submitted proof of service. Nothing is typed: the rules compute it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zeitraum import EIN_TAG, monatserster
from shared_apps.inbox.models import Ausgang, HinweisArt
from shared_apps.inbox.services import settle_hinweis
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import Vorhaben, advance, record_access
from tenant_apps.billing import rules
from tenant_apps.billing.enums import Vorgang
from tenant_apps.billing.models import Leistungsnachweis, Rechnung, Rechnungsposition
from tenant_apps.billing.policies import SCHRITTE_RECHNUNG
from tenant_apps.billing.selectors.berechnung import (
    Berechnung,
    check_berechnung,
    compute_rechnung,
    describe_position,
    render_befunde,
)
from tenant_apps.billing.selectors.rechnungen import suggest_nummer
from tenant_apps.billing.services.record import lock_nachweis, submit_leistungsnachweis
from tenant_apps.billing.states import (
    LEISTUNGSNACHWEIS_BEARBEITBAR,
    LeistungsnachweisZustand,
    RechnungAktion,
    RechnungZustand,
)
from tenant_apps.notifications.services import mark_monate
from tenant_apps.placements.enums import RECHNET_NICHT_AB

PERSON_FEHLT = (
    "Das Jugendamt hat Name und Geburtsdatum noch nicht eingetragen. Vorher gibt es für diese Hilfe keine Rechnung."
)


@transaction.atomic
def issue_rechnung(*, nachweis: Leistungsnachweis, akteur: Akteur, nummer: str = "") -> Rechnung:
    """Make the month's invoice; an objected one for the same month is cancelled and points to the new one."""
    nachweis = lock_nachweis(nachweis)
    buchung = nachweis.buchung
    if nachweis.zustand != LeistungsnachweisZustand.EINGEREICHT:
        raise Konflikt("Bitte reichen Sie zuerst den Leistungsnachweis ein.", code="zustand")
    if buchung.anbieter_id is None:
        raise RegelVerletzt(RECHNET_NICHT_AB)
    nummer = nummer.strip() or suggest_nummer(buchung.anbieter_id, today())
    try:
        berechnung = compute_rechnung(nachweis)
    except rules.AbrechnungError as fehler:
        raise RegelVerletzt(str(fehler)) from fehler
    befunde = check_berechnung(berechnung, nachweis, nummer)
    rechnung = _create(nachweis, akteur, nummer, berechnung, befunde)
    _cancel_beanstandete(rechnung)
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.RECHNUNG_EINREICHEN, objekt=rechnung)
    mark_monate(monate=[rechnung.monat, monatserster(today())])
    return rechnung


def _create(
    nachweis: Leistungsnachweis,
    akteur: Akteur,
    nummer: str,
    berechnung: Berechnung,
    befunde: list[rules.Befund],
) -> Rechnung:
    buchung = nachweis.buchung
    try:
        with transaction.atomic():
            rechnung = Rechnung.objects.create(
                leistungsnachweis=nachweis,
                buchung=buchung,
                anbieter_id=cast(UUID, buchung.anbieter_id),  # `issue_rechnung` has asked
                nummer=nummer,
                monat=nachweis.monat,
                betrag=berechnung.summe,
                eingereicht_at=now(),
                eingereicht_von_id=akteur.user_id,
                befunde=render_befunde(befunde),
            )
    except IntegrityError as fehler:
        if "rechnung_nummer_einmal" in str(fehler):
            raise RegelVerletzt(f"Die Rechnungsnummer {nummer} haben Sie schon verwendet.", feld="nummer") from fehler
        if "rechnung_person_bekannt" in str(fehler):
            raise Konflikt(PERSON_FEHLT, code="person_fehlt") from fehler
        raise Konflikt("Für diesen Monat liegt bereits eine Rechnung vor.", code="rechnung_vorhanden") from fehler
    Rechnungsposition.objects.bulk_create(
        Rechnungsposition(
            rechnung=rechnung,
            reihenfolge=n,
            bezeichnung=describe_position(position, berechnung, buchung),
            zeitraum=DateRange(position.von, position.bis + EIN_TAG),
            menge=position.menge,
            einheit=berechnung.einheit,
            satz=position.satz,
            betrag=position.betrag,
        )
        for n, position in enumerate(berechnung.positionen, start=1)
    )
    return rechnung


def _cancel_beanstandete(rechnung: Rechnung) -> None:
    """Storno: the objected invoice of the month gives way to this one."""
    alte = Rechnung.objects.filter(
        buchung_id=rechnung.buchung_id, monat=rechnung.monat, zustand=RechnungZustand.BEANSTANDET
    )
    for pk in alte.order_by("pk").values_list("pk", flat=True):
        # The entry is about the new one, which also marks the month.
        with advance(
            Rechnung.objects.all(),
            pk,
            Vorhaben(SCHRITTE_RECHNUNG, RechnungAktion.STORNIEREN),
            akteur=None,
            vorgang=None,
        ) as schritt:
            schritt.set(storniert_durch=rechnung)
            schritt.mark()
        settle_hinweis(art=HinweisArt.RECHNUNG_BEANSTANDET, objekt_id=pk, ausgang=Ausgang.NEU_BERECHNET)


@transaction.atomic
def bill_monat(*, nachweis: Leistungsnachweis, akteur: Akteur, nummer: str = "") -> Rechnung:
    """Submit the proof of service where that is still to be done, and issue the invoice: both or nothing."""
    if LeistungsnachweisZustand(nachweis.zustand) in LEISTUNGSNACHWEIS_BEARBEITBAR:
        nachweis = submit_leistungsnachweis(nachweis=nachweis, akteur=akteur)
    return issue_rechnung(nachweis=nachweis, akteur=akteur, nummer=nummer)
