"""The provider's proof of service: draft and submission."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Einheit
from shared_apps.core.clock import now, today
from shared_apps.core.eingabe import STUNDEN_AM_TAG_MAX
from shared_apps.core.errors import NICHT_SICHTBAR, Fehlt, Konflikt, RegelVerletzt
from shared_apps.core.geld import format_zahl
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.liste import related
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import format_datum, monatserster
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import Vorhaben, advance, record_access
from tenant_apps.billing.enums import Vorgang
from tenant_apps.billing.models import Leistungsnachweis
from tenant_apps.billing.policies import SCHRITTE_NACHWEIS
from tenant_apps.billing.selectors.berechnung import get_letzter_leistungstag, is_monat_fertig, list_zaehltage
from tenant_apps.billing.states import (
    LEISTUNGSNACHWEIS_BEARBEITBAR,
    LeistungsnachweisAktion,
    LeistungsnachweisZustand,
)
from tenant_apps.placements.faelle.selectors.vorgang import get_zustand_heute
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.states import BUCHUNG_ABRECHENBAR


def _with_buchung() -> QuerySet[Leistungsnachweis]:
    mit = ("buchung__angebot", "buchung__hilfeart", "buchung__reservierung")
    return related(*mit)(Leistungsnachweis.objects.all())


def lock_nachweis(nachweis: Leistungsnachweis) -> Leistungsnachweis:
    """The row as it is now, held until the end of the transaction; its state stays as it is. `Fehlt` when it is hidden
    meanwhile: a provider no longer sees what was of a person who is restricted."""
    found = _with_buchung().select_for_update(of=("self",)).filter(pk=nachweis.pk).first()
    if found is None:
        raise Fehlt(NICHT_SICHTBAR)
    return found


@transaction.atomic
def record_leistungsnachweis(
    *,
    buchung: Buchung,
    monat: date,
    akteur: Akteur,
    tage: Iterable[int] = (),
    stunden: Decimal | None = None,
    tagesstunden: Iterable[Decimal] = (),
    bemerkung: str = "",
    gelesen: Gelesen | None = None,
) -> Leistungsnachweis:
    """Save the month's days or hours as a draft; it can be changed until it is submitted.

    Hours come as the month's total `stunden`, or by day: `tagesstunden` are those of `tage`, in the same order.
    Both together must agree. Raises `RegelVerletzt` (German) or, when it is handed in, `Konflikt`; `Veraltet` when a
    colleague's entry would be overwritten that the form had not shown (`gelesen`; None: a program sets all of it).
    """
    monat = monatserster(monat)
    if get_zustand_heute(buchung) not in BUCHUNG_ABRECHENBAR:
        raise Konflikt("Für diese Buchung kann noch keine Leistung erfasst werden: sie läuft nicht.", code="zustand")
    _, ist_neu = Leistungsnachweis.objects.get_or_create(
        buchung_id=buchung.pk, monat=monat, defaults={"erfasst_von_id": akteur.user_id}
    )
    nachweis = lock_nachweis(Leistungsnachweis.objects.get(buchung_id=buchung.pk, monat=monat))
    if LeistungsnachweisZustand(nachweis.zustand) not in LEISTUNGSNACHWEIS_BEARBEITBAR:
        raise Konflikt("Der Leistungsnachweis ist eingereicht und kann nicht mehr geändert werden.", code="zustand")
    zuvor = _describe(nachweis)
    if buchung.hilfeart.einheit == Einheit.TAG:
        if stunden is not None or list(tagesstunden):
            raise RegelVerletzt("Diese Hilfe wird nach Tagen abgerechnet.", feld="stunden")
        nachweis.tage, nachweis.stunden, nachweis.tagesstunden = _check_tage(buchung, monat, tage), None, []
    else:
        je_tag = _check_tagesstunden(buchung, monat, list(tage), list(tagesstunden))
        nachweis.tage, nachweis.tagesstunden = list(je_tag), list(je_tag.values())
        nachweis.stunden = _check_stunden(buchung, monat, stunden, je_tag)
    nachweis.bemerkung = bemerkung.strip()
    if gelesen is not None and not ist_neu:
        gelesen.check(jetzt=zuvor, neu=_describe(nachweis))
    nachweis.erfasst_von_id = akteur.user_id
    felder = ("tage", "stunden", "tagesstunden", "bemerkung", "erfasst_von")
    nachweis.save(update_fields=felder)
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.NACHWEIS_ERFASSEN, objekt=nachweis, felder=felder
    )
    return nachweis


def _describe(nachweis: Leistungsnachweis) -> dict[str, Any]:
    """As the form shows it: days, or the total, or the hours of each day (then the total is their sum)."""
    angaben: dict[str, Any] = {"bemerkung": nachweis.bemerkung}
    if nachweis.stunden is None:
        return angaben | {"tage": nachweis.tage}
    je_tag = dict(zip(nachweis.tage, nachweis.tagesstunden, strict=True)) if nachweis.tagesstunden else {}
    tage = list_zaehltage(nachweis.buchung, nachweis.monat)  # the form has no others, so nobody has read them
    angaben |= {f"tag_{tag.day}": je_tag.get(tag.day) for tag in tage}
    return angaben | {"stunden": None if je_tag else nachweis.stunden}


def _check_tage(buchung: Buchung, monat: date, tage: Iterable[int]) -> list[int]:
    erlaubt = {tag.day for tag in list_zaehltage(buchung, monat) if tag <= today()}
    gewaehlt = set(tage)
    if fremd := sorted(gewaehlt - erlaubt):
        nummern = ", ".join(f"{tag}." for tag in fremd)
        raise RegelVerletzt(
            f"Nicht im gebuchten Zeitraum oder noch in der Zukunft: {nummern}{monat:%m.%Y}.", feld="tage"
        )
    return sorted(gewaehlt)


def _check_tagesstunden(
    buchung: Buchung, monat: date, tage: list[int], tagesstunden: list[Decimal]
) -> dict[int, Decimal]:
    """Day of the month → hours, ascending; days without an hour are left out."""
    if len(tage) != len(tagesstunden) or len(set(tage)) != len(tage):
        raise RegelVerletzt("Bitte geben Sie zu jedem Tag einmal die Stunden an.", feld="tagesstunden")
    je_tag = {tag: stunden for tag, stunden in sorted(zip(tage, tagesstunden, strict=True)) if stunden}
    _check_tage(buchung, monat, je_tag)
    if falsch := [tag for tag, stunden in je_tag.items() if not 0 < stunden <= STUNDEN_AM_TAG_MAX]:
        raise RegelVerletzt(
            f"Am {falsch[0]}.{monat:%m.%Y} sind höchstens {anzahl(STUNDEN_AM_TAG_MAX, 'Stunde', 'Stunden')} möglich.",
            feld="tagesstunden",
        )
    return je_tag


def _check_stunden(buchung: Buchung, monat: date, stunden: Decimal | None, je_tag: dict[int, Decimal]) -> Decimal:
    """The month's hours: as typed, or the sum of the days."""
    if get_letzter_leistungstag(buchung, monat) is None:
        raise RegelVerletzt("In diesem Monat bestand keine Buchung.", feld="stunden")
    summe = sum(je_tag.values(), Decimal(0))
    if stunden is None and je_tag:
        return summe
    if stunden is None or stunden <= 0:
        raise RegelVerletzt("Bitte geben Sie die geleisteten Stunden an.", feld="stunden")
    if je_tag and summe != stunden:
        raise RegelVerletzt(
            f"Die Tage ergeben {format_zahl(summe, 2)} Stunden, eingetragen sind {format_zahl(stunden, 2)}."
            " Lassen Sie das Feld leer, dann gilt die Summe der Tage.",
            feld="stunden",
        )
    return stunden


@transaction.atomic
def submit_leistungsnachweis(*, nachweis: Leistungsnachweis, akteur: Akteur) -> Leistungsnachweis:
    """Hand the proof of service in. Only when the month's service is over, and never empty."""
    with advance(
        _with_buchung(), nachweis.pk, Vorhaben(SCHRITTE_NACHWEIS, LeistungsnachweisAktion.EINREICHEN),
        akteur=akteur, vorgang=Vorgang.NACHWEIS_EINREICHEN,
    ) as schritt:  # fmt: skip
        nachweis = schritt.row
        if not nachweis.tage and not nachweis.stunden:
            raise RegelVerletzt("Bitte erfassen Sie mindestens einen Tag oder eine Stunde.", feld="tage")
        if not is_monat_fertig(nachweis.buchung, nachweis.monat):
            letzter = get_letzter_leistungstag(nachweis.buchung, nachweis.monat)
            wann = f" am {format_datum(letzter)}" if letzter else ""
            raise RegelVerletzt(f"Der Monat kann erst eingereicht werden, wenn die Leistung beendet ist{wann}.")
        schritt.set(eingereicht_at=now())
        schritt.mark(nachweis.monat)
    return nachweis
