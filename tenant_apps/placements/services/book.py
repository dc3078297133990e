"""From consent to booking: the place becomes binding and the provider learns the name.

Held in this order: person, case, reservation, place; so do all that write bookings or reservations of a person.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import local_date, now
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.inbox.models import Ausgang, HinweisArt
from shared_apps.inbox.services import notify_anbieter, settle_hinweis
from shared_apps.occupancy.services import book_platz
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import Vorhaben, advance, record_access
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.policies import SCHRITTE_FALL
from tenant_apps.cases.services.klient import lock_hilfefall, lock_klient
from tenant_apps.cases.states import HilfefallAktion, HilfefallZustand
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.services.aufenthalt import Angabe, check_aufenthalt, check_zugleich
from tenant_apps.placements.services.decide import advance_reservierung
from tenant_apps.placements.states import ReservierungAktion


@transaction.atomic
def book_reservierung(
    *,
    reservierung: Reservierung,
    akteur: Akteur,
    ueberlagerung: str = "",
    ueberlagerung_bis: date | None = None,
    ueberlagerung_grund: str = "",
) -> Buchung:
    """Make a consented reservation a booking. Konflikt without consent, after expiry, or when done already.

    Person and case are held from the beginning: two bookings of one child come one after the other. A stay at the same
    time as another one is refused (`RegelVerletzt`), unless it is said what lies over what, until when, and why.
    """
    lock_klient(reservierung.klient_id)
    hilfefall = lock_hilfefall(reservierung.hilfefall_id)
    angabe = Angabe(ueberlagerung, ueberlagerung_bis, ueberlagerung_grund)
    # Entries are about the booking, and about what is told to the provider.
    with advance_reservierung(reservierung, ReservierungAktion.BUCHEN, akteur=akteur, vorgang=None) as schritt:
        reservierung = schritt.row
        aufenthalt = check_aufenthalt(akteur=akteur, reservierung=reservierung, angabe=angabe)
        book_platz(bindung_id=reservierung.bindung_id)
        schritt.write()
        with check_zugleich():
            buchung = create_buchung(reservierung, akteur, aufenthalt)
        advance_fall(hilfefall)
        _tell(reservierung, buchung, akteur)
        tage = Zeitraum.from_range(buchung.zeitraum).monate()
        schritt.mark(*tage, local_date(buchung.gebucht_at))
    return buchung


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
