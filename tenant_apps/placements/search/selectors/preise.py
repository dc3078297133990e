"""What an offer costs in a planned period: the rates in force, split where they change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from shared_apps.core.geld import ceil_euro, round_stellen
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.providers.selectors.entgelte import list_saetze
from tenant_apps.placements import rules
from tenant_apps.placements.models import Fremdentgelt, Reservierung
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenants.context import require_schema

#: What a line of amounts says that ends before the period does.
LETZTER_TAG_FEHLT = "der letzte Tag wird nicht gezählt"


@dataclass(frozen=True, slots=True)
class Preis:
    """Planned price: `satz` on the first day, the lines, the exact sum and the sum in full euro."""

    satz: Decimal
    menge: Decimal
    zeilen: tuple[rules.SollZeile, ...]
    exakt: Decimal
    soll: Decimal

    def describe_ende(self, letzter_tag: date) -> str:
        """Why the lines end a day before the period does (ADR 0008); empty where they do not."""
        gezaehlt = self.zeilen[-1].zeitraum.letzter_tag if self.zeilen else None
        return LETZTER_TAG_FEHLT if gezaehlt is not None and gezaehlt < letzter_tag else ""


def get_preis(kriterien: Kriterien, angebot_id: UUID) -> Preis | None:
    """Price of one offer for the open office, whose own rate goes before that of all (§ 77 SGB VIII). One query."""
    saetze = list_saetze([angebot_id], einheit=kriterien.hilfeart.einheit, schema=require_schema())
    return compute_preis(kriterien, saetze.get(angebot_id, []))


def get_zeilenpreis(kriterien: Kriterien, zeile: Trefferzeile) -> Preis | None:
    """The price that a line of a result has, which is that of `get_preis` without its parts. No query."""
    if zeile.tagesentgelt is None or zeile.soll_entgelt_exakt is None or zeile.soll_entgelt is None:
        return None
    return Preis(zeile.tagesentgelt, kriterien.menge, (), zeile.soll_entgelt_exakt, zeile.soll_entgelt)


def list_fremdsaetze(fremdeinrichtung_id: UUID | None, hilfeart_id: UUID) -> list[tuple[Zeitraum, Decimal]]:
    """The rates of a facility of the office's own list for a kind of help. One query."""
    ids = [] if fremdeinrichtung_id is None else [fremdeinrichtung_id]
    return list_fremdsaetze_je_haus(ids, [hilfeart_id]).get((fremdeinrichtung_id, hilfeart_id), [])


def list_fremdsaetze_je_haus(
    fremdeinrichtung_ids: Collection[UUID], hilfeart_ids: Collection[UUID]
) -> dict[tuple[UUID | None, UUID], list[tuple[Zeitraum, Decimal]]]:
    """The same of several facilities and kinds of help, by both, in the shape of `list_saetze`. One query."""
    saetze: dict[tuple[UUID | None, UUID], list[tuple[Zeitraum, Decimal]]] = defaultdict(list)
    rows = Fremdentgelt.objects.filter(fremdeinrichtung__in=fremdeinrichtung_ids, hilfeart__in=hilfeart_ids)
    for haus_id, art_id, gueltig, betrag in rows.values_list("fremdeinrichtung_id", "hilfeart_id", "gueltig", "betrag"):
        saetze[haus_id, art_id].append((Zeitraum.from_range(gueltig), betrag))
    return saetze


def compute_preis(kriterien: Kriterien, saetze: list[tuple[Zeitraum, Decimal]]) -> Preis | None:
    """Price of an offer with these rates; None when no rate is agreed on for the first day."""
    try:
        segmente = rules.entgelte_im_zeitraum(kriterien.planzeitraum, saetze)
    except rules.PlanwertError:
        return None
    return _sum(kriterien, segmente)


def _sum(kriterien: Kriterien, segmente: list[tuple[Zeitraum, Decimal]]) -> Preis:
    if kriterien.hilfeart.ist_stationaer:
        soll = rules.soll_entgelt_aufgeteilt(segmente, tage_je_woche=kriterien.tage_je_woche_oder_ueblich)
        return Preis(segmente[0][1], kriterien.menge, soll.zeilen, soll.summe_exakt, soll.summe)
    return _stunden(kriterien.menge, segmente)


def build_planung(reservierung: Reservierung, tage: Zeitraum) -> Kriterien:
    """What a reservation's amounts are computed from, for these days."""
    return Kriterien(
        hilfeart=reservierung.hilfeart,
        region="",
        beginn=tage.beginn,
        ende=tage.letzter_tag or tage.beginn,
        tage_je_woche=reservierung.tage_je_woche,
        stunden_je_woche=reservierung.stunden_je_woche,
    )


def compute_reservierungspreis(reservierung: Reservierung) -> Preis | None:
    """The lines that make up what was agreed with a reservation: the search's arithmetic, with today's rates.

    None when they no longer give the amount that was fixed: a rate was corrected since, and the fixed amount stands.
    One query.
    """
    preis = get_reservierungspreis(reservierung, reservierung.letzter_tag)
    return (
        preis if preis and round_stellen(preis.exakt, 2) == round_stellen(reservierung.soll_entgelt_exakt, 2) else None
    )


def get_reservierungspreis(reservierung: Reservierung, letzter_tag: date) -> Preis | None:
    """What it costs to this last day at today's rates, those of the register or of the office's own list. One query."""
    kriterien = build_planung(reservierung, Zeitraum.from_inclusive(reservierung.beginn, letzter_tag))
    return compute_preis(kriterien, _list_saetze(reservierung))


def get_zusatzpreis(reservierung: Reservierung, letzter_tag: date) -> Preis | None:
    """What is added when it goes on to this last day: the planned days that are not planned yet, at the rates of these
    days; of hours those that the longer plan has more, spread evenly over them. `menge` is that of the whole plan.

    None when no rate is agreed on for the first of them. One query.
    """
    bisher = build_planung(reservierung, Zeitraum.from_range(reservierung.zeitraum))
    ganz = build_planung(reservierung, Zeitraum.from_inclusive(reservierung.beginn, letzter_tag))
    beginn = bisher.planzeitraum.ende
    assert beginn is not None  # what is planned has an end
    tage = Zeitraum(beginn, ganz.planzeitraum.ende)
    try:
        segmente = rules.entgelte_im_zeitraum(tage, _list_saetze(reservierung))
    except rules.PlanwertError:
        return None
    if ganz.hilfeart.ist_stationaer:
        return _sum(ganz, segmente)
    return replace(_stunden(max(ganz.menge - reservierung.menge, Decimal(0)), segmente), menge=ganz.menge)


def _list_saetze(reservierung: Reservierung) -> list[tuple[Zeitraum, Decimal]]:
    """Today's rates of where it is, those of the register or of the office's own list."""
    if reservierung.angebot_id is None:
        return list_fremdsaetze(reservierung.fremdeinrichtung_id, reservierung.hilfeart_id)
    saetze = list_saetze([reservierung.angebot_id], einheit=reservierung.hilfeart.einheit, schema=require_schema())
    return saetze.get(reservierung.angebot_id, [])


def shorten_preis(kriterien: Kriterien, preis: Preis) -> Preis:
    """The same rates for fewer days: those of `kriterien`, all of them days of the price. `PlanwertError` when no
    whole day is left."""
    tage = kriterien.planzeitraum
    teile = ((tage.intersect(zeile.zeitraum), zeile.satz) for zeile in preis.zeilen)
    return _sum(kriterien, [(teil, satz) for teil, satz in teile if teil is not None])


def _stunden(stunden: Decimal, segmente: list[tuple[Zeitraum, Decimal]]) -> Preis:
    """Hours are spread evenly over the days; the parts are summed exactly and rounded up once."""
    tage = sum(zeitraum.tage for zeitraum, _ in segmente)
    zeilen = []
    summe = Fraction(0)
    for zeitraum, satz in segmente:
        anteil = Fraction(stunden) * zeitraum.tage / tage
        menge = _decimal(anteil)
        zeilen.append(rules.SollZeile(zeitraum, menge, satz, _decimal(anteil * Fraction(satz))))
        summe += anteil * Fraction(satz)
    exakt = _decimal(summe)
    return Preis(segmente[0][1], stunden, tuple(zeilen), exakt, ceil_euro(exakt))


def _decimal(wert: Fraction) -> Decimal:
    return round_stellen(Decimal(wert.numerator) / Decimal(wert.denominator), rules.STELLEN_EXAKT)
