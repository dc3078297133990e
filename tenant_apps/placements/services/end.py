"""Start, end, termination and cancellation of a booked help.

Held in this order: person, booking, place. The nights that a stay gives up are of whatever lay over it (ADR 0084).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum
from shared_apps.inbox.models import Ausgang, HinweisArt
from shared_apps.inbox.services import notify_anbieter, settle_hinweis
from shared_apps.occupancy.services import release_platz
from tenant_apps.audit.services import Schritt, Vorhaben, advance
from tenant_apps.cases.services.klient import lock_klient
from tenant_apps.placements.enums import ERLAEUTERN, Beendigungsgrund, Vorgang
from tenant_apps.placements.faelle.selectors.vorgang import get_beginn
from tenant_apps.placements.hooks import get_berechnetes
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.policies import ABBRECHEN, BEENDEN, BEGINNEN, SCHON_BEGONNEN, STORNIEREN
from tenant_apps.placements.rules import ist_abbruch
from tenant_apps.placements.services.aufenthalt import check_tage, check_zugleich
from tenant_apps.placements.states import BuchungAktion, BuchungZustand

BITTE_BESTAETIGEN = "Bitte sehen Sie sich das an und bestätigen Sie, dass der Tag dennoch richtig ist."


def _advance(
    buchung: Buchung,
    vorhaben: Vorhaben[BuchungZustand, BuchungAktion],
    akteur: Akteur,
    vorgang: Vorgang,
    grund: str = "",
) -> AbstractContextManager[Schritt[Buchung]]:
    rows = Buchung.objects.select_related("angebot")
    return advance(rows, buchung.pk, vorhaben, akteur=akteur, vorgang=vorgang, grund=grund)


def _check_berechnetes(akteur: Akteur, buchung: Buchung, hilfe: Zeitraum, *, trotz_rechnung: bool) -> None:
    """Days that are charged already are cut off only by somebody who was told how many, and what they cost."""
    if trotz_rechnung:
        return
    if berechnetes := get_berechnetes(akteur=akteur, buchung=buchung, hilfe=hilfe):
        raise RegelVerletzt(f"{berechnetes.text} {BITTE_BESTAETIGEN}", feld="trotz_rechnung")


@transaction.atomic
def begin_buchung(*, buchung: Buchung, akteur: Akteur, beginn: date, trotz_rechnung: bool = False) -> Buchung:
    """Record the day on which the young person really came. Without it the planned day counts.

    `trotz_rechnung`: who records it knows that days before it are charged. Raises `RegelVerletzt` (field beginn or
    trotz_rechnung) and `Konflikt`.
    """
    lock_klient(buchung.klient_id)
    with check_zugleich(), _advance(buchung, BEGINNEN, akteur, Vorgang.BUCHUNG_BEGINNEN) as schritt:
        buchung = schritt.row
        if buchung.beginn_tatsaechlich is not None:
            raise Konflikt(SCHON_BEGONNEN, code="zustand")
        if beginn > today():
            raise RegelVerletzt("Die Aufnahme kann nicht in der Zukunft liegen.", feld="beginn")
        if beginn not in Zeitraum.from_range(buchung.zeitraum):
            raise RegelVerletzt(
                f"Bitte geben Sie einen Tag vom {format_datum(buchung.beginn)} bis"
                f" {format_datum(buchung.letzter_tag)} an: nur so lange ist der Platz gebucht.",
                feld="beginn",
            )
        hilfe = Zeitraum.from_inclusive(beginn, buchung.letzter_tag)
        check_tage(akteur=akteur, buchung=buchung, tage=hilfe, feld="beginn")
        _check_berechnetes(akteur, buchung, hilfe, trotz_rechnung=trotz_rechnung)
        schritt.set(beginn_tatsaechlich=beginn)
        schritt.mark(*Zeitraum(buchung.beginn, beginn + EIN_TAG).monate())
    return buchung


@transaction.atomic
def end_buchung(
    *,
    buchung: Buchung,
    akteur: Akteur,
    letzter_tag: date,
    grund: Beendigungsgrund,
    text: str = "",
    trotz_rechnung: bool = False,
) -> Buchung:
    """End a help as planned or break it off (reason code). The place is free from the next day at once.

    `trotz_rechnung`: who ends it knows that days after the last one are charged. Raises `RegelVerletzt` (field
    letzter_tag, text or trotz_rechnung) and `Konflikt`.
    """
    text = text.strip()
    vorhaben = ABBRECHEN if ist_abbruch(grund) else BEENDEN
    lock_klient(buchung.klient_id)
    with check_zugleich(), _advance(buchung, vorhaben, akteur, Vorgang.BUCHUNG_BEENDEN, str(grund)) as schritt:
        buchung = schritt.row
        _check_end(buchung, letzter_tag, grund, text)
        hilfe = Zeitraum.from_inclusive(get_beginn(buchung), letzter_tag)
        check_tage(akteur=akteur, buchung=buchung, tage=hilfe, feld="letzter_tag")
        _check_berechnetes(akteur, buchung, hilfe, trotz_rechnung=trotz_rechnung)
        schritt.set(
            beginn_tatsaechlich=get_beginn(buchung),
            ende_tatsaechlich=letzter_tag,
            beendigungsgrund=Beendigungsgrund(grund),
            beendigung_text=text,
            beendet_von_id=akteur.user_id,
            beendet_at=now(),
        )
        schritt.write()
        if letzter_tag < buchung.letzter_tag and not buchung.ist_ausserhalb:
            release_platz(bindung_id=buchung.bindung_id, ab=letzter_tag + EIN_TAG)
        _tell_anbieter(buchung, HinweisArt.BEENDIGUNG, Ausgang.BEENDET)
        schritt.mark(*Zeitraum(letzter_tag, buchung.letzter_tag + EIN_TAG).monate(), today())
    return buchung


def _check_end(buchung: Buchung, letzter_tag: date, grund: Beendigungsgrund, text: str) -> None:
    beginn = get_beginn(buchung)
    if not beginn <= letzter_tag <= buchung.letzter_tag:
        raise RegelVerletzt(
            f"Der letzte Tag muss zwischen dem {format_datum(beginn)} und dem"
            f" {format_datum(buchung.letzter_tag)} liegen.",
            feld="letzter_tag",
        )
    if grund == Beendigungsgrund.SONSTIGE and not text:
        raise RegelVerletzt(ERLAEUTERN, feld="text")


def _tell_anbieter(buchung: Buchung, art: HinweisArt, ausgang: Ausgang) -> None:
    if buchung.ist_ausserhalb:  # whoever runs it has no inbox here
        return
    settle_hinweis(art=HinweisArt.BUCHUNG, objekt_id=buchung.pk, ausgang=ausgang)
    notify_anbieter(
        **buchung.to_anbieter(),
        art=art,
        objekt_id=buchung.pk,
        beginn=buchung.beginn,
    )


@transaction.atomic
def cancel_buchung(*, buchung: Buchung, akteur: Akteur, text: str) -> Buchung:
    """Cancel a booking whose help has not begun. The whole place is free again."""
    if not text.strip():
        raise RegelVerletzt("Bitte geben Sie an, warum die Buchung storniert wird.", feld="text")
    lock_klient(buchung.klient_id)
    with check_zugleich(), _advance(buchung, STORNIEREN, akteur, Vorgang.BUCHUNG_STORNIEREN) as schritt:
        buchung = schritt.row
        schritt.set(beendigung_text=text.strip(), beendet_von_id=akteur.user_id, beendet_at=now())
        schritt.write()
        if not buchung.ist_ausserhalb:
            release_platz(bindung_id=buchung.bindung_id)
        _tell_anbieter(buchung, HinweisArt.STORNIERUNG, Ausgang.STORNIERT)
        schritt.mark(*Zeitraum.from_range(buchung.zeitraum).monate(), today())
    return buchung
