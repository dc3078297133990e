"""A booked help that goes on longer than it was planned (ADR 0081).

Held in this order: person, booking, chain of the Auswahlvermerke, place, months. What was chosen at first stays sealed;
that it goes on, until when, at what amounts and why, is a further note of the choice. What is planned for the days that
are booked already stays as it is; only the days that are added have a price of now.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.eingabe import count_letters
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.geld import ceil_euro
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum
from shared_apps.inbox.models import HinweisArt
from shared_apps.inbox.services import notify_once
from shared_apps.occupancy.services import extend_platz
from tenant_apps.audit.services import advance
from tenant_apps.cases.models import Klient
from tenant_apps.cases.services.klient import lock_unrestricted
from tenant_apps.placements import rules
from tenant_apps.placements.enums import BEGRUENDUNG_MINDESTENS, Vorgang
from tenant_apps.placements.faelle.selectors.vorgang import get_beginn
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.nacht.selectors.alter import get_alter
from tenant_apps.placements.policies import VERLAENGERN
from tenant_apps.placements.search.selectors.kosten import NULL, compute_taschengeld
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.preise import Preis, build_planung, get_zusatzpreis
from tenant_apps.placements.search.selectors.wen import list_angebotsabweichungen
from tenant_apps.placements.services.aufenthalt import check_tage, check_zugleich
from tenant_apps.placements.services.preis import ANDERER_BETRAG
from tenant_apps.placements.services.search import search_geschlecht
from tenant_apps.placements.services.vermerk import create_nachtrag, freeze_verlaengerung, lock_kette

WARUM = f"Bitte schreiben Sie auf, warum die Hilfe länger dauert (mindestens {BEGRUENDUNG_MINDESTENS} Buchstaben)."
NEUE_TAGE_OHNE_ENTGELT = "Für die neuen Tage ist hier kein Entgelt mehr vereinbart; damit lässt sich nichts berechnen."
VERLAENGERT = "Verlängert bis {}, bisher bis {}."
SPAETER = "Gebucht ist schon bis zum {}. Bitte geben Sie einen späteren Tag an."


@transaction.atomic
def extend_buchung(
    *, buchung: Buchung, akteur: Akteur, letzter_tag: date, begruendung: str, gezeigt: Decimal | int | None = None
) -> Buchung:
    """Book the same place on until `letzter_tag`, and tell the provider. The days that are added have the rates of
    these days; what is planned for the others stays.

    `gezeigt`: the Soll-Kosten of the whole that were shown; others are refused. Raises `RegelVerletzt`
    (fields letzter_tag, begruendung); `Konflikt` when the state does not allow it, when the person is restricted, or
    when the place is not free that long: it says from which day on.
    """
    klient = lock_unrestricted(buchung.klient_id)
    rows = Buchung.objects.select_related(
        "angebot__einrichtung__gebietskoerperschaft",
        "einrichtung__gebietskoerperschaft",
        "fremdeinrichtung",
        "reservierung__hilfeart",
    )
    with (
        check_zugleich(),
        advance(rows, buchung.pk, VERLAENGERN, akteur=akteur, vorgang=Vorgang.BUCHUNG_VERLAENGERN) as schritt,
    ):
        buchung = schritt.row
        bisher = buchung.letzter_tag
        kriterien = _check(akteur, buchung, letzter_tag, begruendung)
        betraege, dazu = _compute(buchung, klient, kriterien)
        if gezeigt not in {None, betraege["soll_kosten"]}:
            raise Konflikt(ANDERER_BETRAG, code="entgelt_geaendert")
        lock_kette()
        if not buchung.ist_ausserhalb:
            extend_platz(bindung_id=buchung.bindung_id, ende=letzter_tag + EIN_TAG)
        zeitraum = DateRange(buchung.beginn, letzter_tag + EIN_TAG)
        schritt.set(zeitraum=zeitraum, soll_kosten=betraege["soll_kosten"])
        schritt.write()
        Reservierung.objects.filter(pk=buchung.reservierung_id).update(zeitraum=zeitraum, **betraege)
        create_nachtrag(
            akteur=akteur,
            reservierung=buchung.reservierung,
            begruendung=f"{VERLAENGERT.format(format_datum(letzter_tag), format_datum(bisher))} {begruendung.strip()}",
            kriterien=freeze_verlaengerung(
                bisher,
                letzter_tag,
                abweichungen=_list_abweichungen(buchung, klient, bisher + EIN_TAG),
                betraege=betraege,
                dazu=dazu.zeilen,
            ),
        )
        if not buchung.ist_ausserhalb:  # whoever runs it has no inbox here
            notify_once(
                **buchung.to_anbieter(), art=HinweisArt.VERLAENGERUNG, objekt_id=buchung.pk, beginn=buchung.beginn
            )
        schritt.mark(*Zeitraum(buchung.beginn, letzter_tag + EIN_TAG).monate())
    return buchung


def compute_verlaengerung(*, buchung: Buchung, akteur: Akteur, letzter_tag: date, begruendung: str) -> Buchung:
    """The booking as `extend_buchung` would leave it, with its Soll-Kosten. Nothing of it is kept, and what would be
    refused is refused."""
    with transaction.atomic():
        neu = extend_buchung(buchung=buchung, akteur=akteur, letzter_tag=letzter_tag, begruendung=begruendung)
        transaction.set_rollback(True)
    return neu


def _check(akteur: Akteur, buchung: Buchung, letzter_tag: date, begruendung: str) -> Kriterien:
    fehler = []
    if letzter_tag <= buchung.letzter_tag:
        fehler.append(RegelVerletzt(SPAETER.format(format_datum(buchung.letzter_tag)), feld="letzter_tag"))
    if count_letters(begruendung) < BEGRUENDUNG_MINDESTENS:
        fehler.append(RegelVerletzt(WARUM, feld="begruendung"))
    RegelVerletzt.refuse(fehler)
    kriterien = build_planung(buchung.reservierung, Zeitraum.from_inclusive(buchung.beginn, letzter_tag))
    try:
        kriterien.check()
    except RegelVerletzt as error:
        raise RegelVerletzt(error.message, feld="letzter_tag") from error
    tage = Zeitraum.from_inclusive(get_beginn(buchung), letzter_tag)
    check_tage(akteur=akteur, buchung=buchung, tage=tage, feld="letzter_tag")
    return kriterien


def _compute(buchung: Buchung, klient: Klient, kriterien: Kriterien) -> tuple[dict[str, Any], Preis]:
    """What is planned for the whole period from now on, and the price of the days that are added."""
    reservierung = buchung.reservierung
    dazu = get_zusatzpreis(reservierung, kriterien.ende)
    if dazu is None:
        raise Konflikt(NEUE_TAGE_OHNE_ENTGELT, code="ohne_entgelt")
    exakt = rules.soll_entgelt_verlaengert(reservierung.soll_entgelt_exakt, dazu.exakt)
    taschengeld = reservierung.taschengeld + _compute_taschengeld(buchung, klient, kriterien)
    soll = ceil_euro(exakt)
    return {
        "menge": dazu.menge,
        "soll_entgelt_exakt": exakt,
        "soll_entgelt": soll,
        "taschengeld": taschengeld,
        "soll_kosten": rules.soll_kosten(soll, taschengeld),
    }, dazu


def _compute_taschengeld(buchung: Buchung, klient: Klient, kriterien: Kriterien) -> Decimal:
    """Pocket money of the added days: of the whole less that of the days so far, because a month is rounded once."""
    angaben = {"land": buchung.land, "geburtsdatum": klient.geburtsdatum}
    ganz, unbekannt = compute_taschengeld(kriterien=kriterien, **angaben)
    if unbekannt:
        return NULL
    bisher, _ = compute_taschengeld(
        kriterien=build_planung(buchung.reservierung, Zeitraum.from_range(buchung.zeitraum)), **angaben
    )
    return ganz - bisher


def _list_abweichungen(buchung: Buchung, klient: Klient, ab: date) -> list[str]:
    """In what the person is by then outside of whom the offer takes."""
    angebot = buchung.angebot
    if angebot is None:  # whom a house outside of the register takes is not known here
        return []
    geschlecht, hilfeart = search_geschlecht(klient), buchung.reservierung.hilfeart
    alter = get_alter(klient, ab)
    return list(list_angebotsabweichungen(angebot, hilfeart, alter=alter, geschlecht=geschlecht, wann="dann"))
