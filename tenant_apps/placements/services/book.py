"""From consent to booking: the place becomes binding and the provider learns the name.

Held in this order: person, case, reservation, place; so do all that write bookings or reservations of a person.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import local_date, now
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, ZeitraumError
from shared_apps.inbox.models import Ausgang, HinweisArt
from shared_apps.inbox.services import notify_anbieter, settle_hinweis
from shared_apps.occupancy.services import book_platz, release_platz
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import Vorhaben, advance, record_access
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.cases.policies import SCHRITTE_FALL
from tenant_apps.cases.services.klient import lock_hilfefall, lock_klient
from tenant_apps.cases.states import HilfefallAktion, HilfefallZustand
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.search.selectors.preise import build_planung, get_reservierungspreis
from tenant_apps.placements.services.aufenthalt import Angabe, check_aufenthalt, check_zugleich
from tenant_apps.placements.services.decide import advance_reservierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.preis import ANDERER_BETRAG, OHNE_ENTGELT
from tenant_apps.placements.services.reserve import compute_betraege
from tenant_apps.placements.states import ReservierungAktion

ENDE_FEHLT = "Bitte geben Sie den letzten Tag an, bis zu dem die Hilfe bewilligt ist. Verlängern lässt sie sich später."
HAT_EIN_ENDE = "Diese Reservierung hat schon ein Ende. Bitte lassen Sie die Angabe weg."


@transaction.atomic
def book_reservierung(
    *,
    reservierung: Reservierung,
    akteur: Akteur,
    ueberlagerung: str = "",
    ueberlagerung_bis: date | None = None,
    ueberlagerung_grund: str = "",
    letzter_tag: date | None = None,
    gezeigt: Decimal | None = None,
) -> Buchung:
    """Make a consented reservation a booking. Konflikt without consent, after expiry, or when done already.

    Person and case are held from the beginning: two bookings of one child come one after the other. A stay at the same
    time as another one is refused (`RegelVerletzt`), unless it is said what lies over what, until when, and why.

    `letzter_tag`: until when the help is granted; of what is reserved until further notice, and of nothing else
    (`RegelVerletzt`, letzter_tag). The place is held to that day, and the amounts are those of these days. `gezeigt`:
    the Soll-Kosten of what is booked, as they were shown; others are a `Konflikt`.
    """
    klient = lock_klient(reservierung.klient_id)
    hilfefall = lock_hilfefall(reservierung.hilfefall_id)
    angabe = Angabe(ueberlagerung, ueberlagerung_bis, ueberlagerung_grund)
    # Entries are about the booking, and about what is told to the provider.
    with advance_reservierung(reservierung, ReservierungAktion.BUCHEN, akteur=akteur, vorgang=None) as schritt:
        reservierung = schritt.row
        bis, geplant = _check_ende(reservierung, letzter_tag), Zeitraum.from_range(reservierung.zeitraum)
        if bis:
            schritt.set(**compute_mit_ende(reservierung, klient, bis))
        if gezeigt not in {None, reservierung.soll_kosten}:
            raise Konflikt(ANDERER_BETRAG, code="entgelt_geaendert")
        aufenthalt = check_aufenthalt(akteur=akteur, reservierung=reservierung, angabe=angabe)
        book_platz(bindung_id=reservierung.bindung_id)
        if bis:
            release_platz(bindung_id=reservierung.bindung_id, ab=bis + EIN_TAG)
        schritt.write()
        with check_zugleich():
            buchung = create_buchung(reservierung, akteur, aufenthalt)
        advance_fall(hilfefall)
        _tell(reservierung, buchung, akteur)
        tage = Zeitraum.from_range(buchung.zeitraum)
        # Of a help that was planned longer than it is granted, also the months that are given up.
        schritt.mark(*geplant.monate(), *tage.monate(), local_date(buchung.gebucht_at))
    return buchung


def _check_ende(reservierung: Reservierung, letzter_tag: date | None) -> date | None:
    """The day that an open reservation ends on from now; None where it had an end all along."""
    if not reservierung.ohne_ende:
        if letzter_tag is not None:
            raise RegelVerletzt(HAT_EIN_ENDE, feld="letzter_tag")
        return None
    if letzter_tag is None:
        raise RegelVerletzt(ENDE_FEHLT, feld="letzter_tag")
    return letzter_tag


def compute_mit_ende(reservierung: Reservierung, klient: Klient, letzter_tag: date) -> dict[str, Any]:
    """Period and planned amounts of an open reservation that is granted until this day: as they were reserved for the
    days that were planned with, else at today's rates. `RegelVerletzt` (letzter_tag) for a day that cannot be.
    """
    ende: dict[str, Any] = {"zeitraum": DateRange(reservierung.beginn, letzter_tag + EIN_TAG), "ohne_ende": False}
    if letzter_tag == reservierung.letzter_tag:
        return ende
    try:
        kriterien = build_planung(reservierung, Zeitraum.from_inclusive(reservierung.beginn, letzter_tag))
        kriterien.check()
    except (RegelVerletzt, ZeitraumError) as error:
        raise RegelVerletzt(str(error), feld="letzter_tag") from error
    preis = get_reservierungspreis(reservierung, letzter_tag)
    if preis is None:
        raise RegelVerletzt(OHNE_ENTGELT, feld="letzter_tag")
    return ende | compute_betraege(kriterien, preis, reservierung.land, Betroffen(klient, reservierung.hilfefall))


def create_buchung(reservierung: Reservierung, akteur: Akteur, aufenthalt: dict[str, Any]) -> Buchung:
    """The booking of what was reserved, with what `check_aufenthalt` says of a second stay."""
    return Buchung.objects.create(
        reservierung=reservierung,
        hilfefall_id=reservierung.hilfefall_id,
        klient_id=reservierung.klient_id,
        hilfeart_id=reservierung.hilfeart_id,
        anbieter_id=reservierung.anbieter_id,
        einrichtung_id=reservierung.einrichtung_id,
        angebot_id=reservierung.angebot_id,
        fremdeinrichtung_id=reservierung.fremdeinrichtung_id,
        platzbindung_id=reservierung.platzbindung_id,
        zeitraum=reservierung.zeitraum,
        soll_kosten=reservierung.soll_kosten,
        ist_auswaertig=reservierung.ist_auswaertig,
        gebucht_at=now(),
        gebucht_von_id=akteur.user_id,
        **aufenthalt,
    )


def _tell(reservierung: Reservierung, buchung: Buchung, akteur: Akteur) -> None:
    settle_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=reservierung.pk, ausgang=Ausgang.GEBUCHT)
    notify_anbieter(
        **reservierung.to_anbieter(),
        art=HinweisArt.BUCHUNG,
        objekt_id=buchung.pk,
        beginn=buchung.beginn,
    )
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.RESERVIERUNG_BUCHEN, objekt=buchung)
    record_access(
        akteur=akteur,
        aktion=Aktion.UEBERMITTELN,
        vorgang=Vorgang.RESERVIERUNG_BUCHEN,
        objekt_art="cases.klient",
        objekt_id=buchung.klient_id,
        felder=("vorname", "nachname", "geburtsdatum", "geschlecht", "fallnummer"),
        grund="Übermittlung an den Anbieter mit der Buchung (§ 64 SGB VIII)",
    )


def advance_fall(hilfefall: Hilfefall) -> None:
    """The booking says in the trail that its help begins, and marks the months."""
    if hilfefall.zustand != HilfefallZustand.OFFEN:
        return
    with advance(
        Hilfefall.objects.all(), hilfefall.pk, Vorhaben(SCHRITTE_FALL, HilfefallAktion.BEGINNEN),
        akteur=None, vorgang=None,
    ) as schritt:  # fmt: skip
        schritt.mark()
