"""Start, end, termination and cancellation of a booked help."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum, monatserster
from shared_apps.inbox.models import HinweisArt
from shared_apps.inbox.services import notify_anbieter, settle_hinweis
from shared_apps.occupancy.services import release_platz
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.notifications.services import mark_monate
from tenant_apps.placements.enums import ABBRUCHGRUENDE, Beendigungsgrund, Vorgang
from tenant_apps.placements.faelle.selectors.vorgang import get_beginn, get_zustand_heute
from tenant_apps.placements.hooks import get_berechnetes
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.states import BUCHUNG, BuchungAktion, BuchungZustand

BITTE_BESTAETIGEN = "Bitte sehen Sie sich das an und bestätigen Sie, dass der Tag dennoch richtig ist."


def _lock_buchung(buchung: Buchung) -> Buchung:
    return Buchung.objects.select_for_update(of=("self",)).select_related("angebot").get(pk=buchung.pk)


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
    buchung = _lock_buchung(buchung)
    if buchung.beginn_tatsaechlich is not None or buchung.zustand != BuchungZustand.GEBUCHT:
        raise Konflikt("Die Aufnahme ist bereits bestätigt oder die Hilfe ist schon beendet.", code="zustand")
    if beginn > today():
        raise RegelVerletzt("Die Aufnahme kann nicht in der Zukunft liegen.", feld="beginn")
    if beginn not in Zeitraum.from_range(buchung.zeitraum):
        raise RegelVerletzt(
            f"Bitte geben Sie einen Tag vom {format_datum(buchung.beginn)} bis {format_datum(buchung.letzter_tag)} an:"
            " nur so lange ist der Platz gebucht.",
            feld="beginn",
        )
    hilfe = Zeitraum.from_inclusive(beginn, buchung.letzter_tag)
    _check_berechnetes(akteur, buchung, hilfe, trotz_rechnung=trotz_rechnung)
    BUCHUNG.advance(buchung, BuchungAktion.BEGINNEN)
    buchung.beginn_tatsaechlich = beginn
    buchung.save(update_fields=["zustand", "beginn_tatsaechlich"])
    record_access(
        akteur=akteur,
        aktion=Aktion.AENDERN,
        vorgang=Vorgang.BUCHUNG_BEGINNEN,
        objekt=buchung,
        felder=("zustand", "beginn_tatsaechlich"),
    )
    mark_monate(monate=Zeitraum(buchung.beginn, beginn + EIN_TAG).monate())
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
    buchung = _lock_buchung(buchung)
    abbruch = grund in ABBRUCHGRUENDE
    BUCHUNG.advance(
        buchung, BuchungAktion.ABBRECHEN if abbruch else BuchungAktion.BEENDEN, von=get_zustand_heute(buchung)
    )
    _check_end(buchung, letzter_tag, grund, text)
    hilfe = Zeitraum.from_inclusive(get_beginn(buchung), letzter_tag)
    _check_berechnetes(akteur, buchung, hilfe, trotz_rechnung=trotz_rechnung)
    if buchung.beginn_tatsaechlich is None:
        buchung.beginn_tatsaechlich = buchung.beginn
    buchung.ende_tatsaechlich = letzter_tag
    buchung.beendigungsgrund = Beendigungsgrund(grund)
    buchung.beendigung_text = text
    felder = ("zustand", "beginn_tatsaechlich", "ende_tatsaechlich", "beendigungsgrund", "beendigung_text")
    buchung.save(update_fields=felder)
    if letzter_tag < buchung.letzter_tag:
        release_platz(bindung_id=buchung.platzbindung_id, ab=letzter_tag + EIN_TAG)
    _tell_anbieter(buchung)
    record_access(
        akteur=akteur,
        aktion=Aktion.AENDERN,
        vorgang=Vorgang.BUCHUNG_BEENDEN,
        objekt=buchung,
        felder=felder,
        grund=str(grund),
    )
    rest = Zeitraum(letzter_tag, buchung.letzter_tag + EIN_TAG)
    mark_monate(monate=[*rest.monate(), monatserster(today())])
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
        raise RegelVerletzt("Bitte erläutern Sie den Grund.", feld="text")


def _tell_anbieter(buchung: Buchung) -> None:
    settle_hinweis(art=HinweisArt.BUCHUNG, objekt_id=buchung.pk)
    notify_anbieter(
        angebot=buchung.angebot, anbieter_id=buchung.anbieter_id, art=HinweisArt.BEENDIGUNG, objekt_id=buchung.pk
    )


@transaction.atomic
def cancel_buchung(*, buchung: Buchung, akteur: Akteur, text: str) -> Buchung:
    """Cancel a booking whose help has not begun. The whole place is free again."""
    if not text.strip():
        raise RegelVerletzt("Bitte geben Sie an, warum die Buchung storniert wird.", feld="text")
    buchung = _lock_buchung(buchung)
    BUCHUNG.advance(buchung, BuchungAktion.STORNIEREN, von=get_zustand_heute(buchung))
    buchung.beendigung_text = text.strip()
    buchung.save(update_fields=["zustand", "beendigung_text"])
    release_platz(bindung_id=buchung.platzbindung_id)
    _tell_anbieter(buchung)
    record_access(
        akteur=akteur,
        aktion=Aktion.AENDERN,
        vorgang=Vorgang.BUCHUNG_STORNIEREN,
        objekt=buchung,
        felder=("zustand", "beendigung_text"),
    )
    mark_monate(monate=[*Zeitraum.from_range(buchung.zeitraum).monate(), monatserster(today())])
    return buchung
