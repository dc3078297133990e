"""The invoice as the rules compute it: booking × days × rate valid on each day. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shared_apps.catalogue.models import Einheit
from shared_apps.core.clock import today
from shared_apps.core.geld import format_geld, format_zahl
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.billing import rules
from tenant_apps.billing.models import Leistungsnachweis, Rechnung
from tenant_apps.billing.states import RECHNUNG_LEBEND
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.selectors.faelle import get_leistungszeitraum

#: M-V's rule was not found (domain 9.2): both days count, until an agreement says otherwise.
ZAEHLREGEL = rules.Zaehlregel.BEIDE_TAGE
LEBEND = tuple(zustand.value for zustand in RECHNUNG_LEBEND)


@dataclass(frozen=True, slots=True)
class Berechnung:
    """Lines and total of a month; `einheit` is Einheit.TAG or Einheit.STUNDE."""

    positionen: tuple[rules.Rechnungsposition, ...]
    einheit: str

    @property
    def summe(self) -> Decimal:
        """The total of the invoice."""
        return rules.rechnungssumme(self.positionen)


def list_zaehltage(buchung: Buchung, monat: date) -> list[date]:
    """Days of the month that can be billed for this booking."""
    return rules.aufenthaltstage(get_leistungszeitraum(buchung), monat, ZAEHLREGEL)


def get_letzter_leistungstag(buchung: Buchung, monat: date) -> date | None:
    """Last day of service in the month; None when the booking does not touch it."""
    teil = get_leistungszeitraum(buchung).in_monat(monat)
    return teil.letzter_tag if teil else None


def list_entgelte(buchung: Buchung) -> list[tuple[Zeitraum, Decimal]]:
    """Rates of the booked offer with their validity, in the unit of the help."""
    entgelte = buchung.angebot.entgelte.filter(einheit=buchung.hilfeart.einheit).order_by("gueltig")
    return [(Zeitraum.from_range(entgelt.gueltig), entgelt.betrag) for entgelt in entgelte]


def list_nachgewiesene_tage(nachweis: Leistungsnachweis) -> list[date]:
    """Days of the proof of service as dates."""
    return [nachweis.monat.replace(day=tag) for tag in sorted(nachweis.tage)]


def compute_rechnung(nachweis: Leistungsnachweis) -> Berechnung:
    """Lines of the month. Raises `AbrechnungError` (German) when a day has no rate."""
    buchung = nachweis.buchung
    entgelte = list_entgelte(buchung)
    if buchung.hilfeart.einheit == Einheit.TAG:
        positionen = rules.rechnungspositionen(list_nachgewiesene_tage(nachweis), entgelte)
        return Berechnung(tuple(positionen), Einheit.TAG)
    return Berechnung(_stunden_position(nachweis, entgelte), Einheit.STUNDE)


def _stunden_position(
    nachweis: Leistungsnachweis, entgelte: list[tuple[Zeitraum, Decimal]]
) -> tuple[rules.Rechnungsposition, ...]:
    """Hours are recorded per month: they are paid at the rate of the month's first day of service."""
    teil = get_leistungszeitraum(nachweis.buchung).in_monat(nachweis.monat)
    if teil is None or not nachweis.stunden:
        return ()
    satz = rules.entgelt_am(teil.beginn, entgelte)
    betrag = rules.positionsbetrag(nachweis.stunden, satz)
    return (rules.Rechnungsposition(teil.beginn, teil.letzter_tag, nachweis.stunden, satz, rules.HUNDERT, betrag),)


def check_berechnung(berechnung: Berechnung, nachweis: Leistungsnachweis, nummer: str) -> list[rules.Befund]:
    """Automatic check of what is to be submitted: period, rate, days, arithmetic, duplicates."""
    if berechnung.einheit == Einheit.STUNDE:
        return _check_stunden(berechnung, nachweis)
    buchung = nachweis.buchung
    pruefling = rules.RechnungPruefling(nachweis.monat, nummer, berechnung.positionen, berechnung.summe)
    gezaehlt = set(list_zaehltage(buchung, nachweis.monat))
    return rules.pruefe_rechnung(
        pruefling,
        buchung=get_leistungszeitraum(buchung),
        zulaessig=[rules.Leistungstag(tag) for tag in list_nachgewiesene_tage(nachweis) if tag in gezaehlt],
        entgelte=list_entgelte(buchung),
        abgerechnete_tage=_list_abgerechnete_tage(nachweis),
    )


def _check_stunden(berechnung: Berechnung, nachweis: Leistungsnachweis) -> list[rules.Befund]:
    """More hours than were agreed for the month's weeks is a finding; everything else is computed by us."""
    if not berechnung.positionen:
        return [rules.Befund(rules.BefundCode.KEINE_POSITION, "Die Rechnung enthält keine Position.")]
    je_woche = nachweis.buchung.reservierung.stunden_je_woche
    teil = get_leistungszeitraum(nachweis.buchung).in_monat(nachweis.monat)
    if je_woche is None or teil is None:
        return []
    vereinbart = je_woche * teil.tage / 7
    if nachweis.stunden <= vereinbart:
        return []
    meldung = (
        f"Berechnet sind {format_zahl(nachweis.stunden, 2)} Stunden, vereinbart für {anzahl_tage(teil.tage)}"
        f" {format_zahl(vereinbart, 2)}."
    )
    return [rules.Befund(rules.BefundCode.ZU_VIELE_TAGE, meldung)]


def _list_abgerechnete_tage(nachweis: Leistungsnachweis) -> frozenset[date]:
    """Days of this month that live invoices of any facility charge for the same young person already."""
    andere = Rechnung.objects.filter(
        monat=nachweis.monat, zustand__in=LEBEND, buchung__klient_id=nachweis.buchung.klient_id,
        buchung__hilfeart_id=nachweis.buchung.hilfeart_id,
    ).exclude(leistungsnachweis_id=nachweis.pk)  # fmt: skip
    tage = andere.values_list("leistungsnachweis__tage", flat=True)
    return frozenset(nachweis.monat.replace(day=tag) for liste in tage for tag in liste)


def describe_position(position: rules.Rechnungsposition, berechnung: Berechnung, buchung: Buchung) -> str:
    """Text of a line. It names the help, never the person."""
    einheit = "Tagesentgelt" if berechnung.einheit == Einheit.TAG else "Fachleistungsstunde"
    return f"{buchung.hilfeart.paragraf} {buchung.angebot.name}, {einheit} {format_geld(position.satz)}"[:200]


def is_monat_fertig(buchung: Buchung, monat: date) -> bool:
    """Whether the last day of service in the month has come."""
    letzter = get_letzter_leistungstag(buchung, monat)
    return letzter is not None and letzter <= today()


def describe_zeilen(berechnung: Berechnung, buchung: Buchung) -> list[dict[str, Any]]:
    """Lines of the preview, with the same names as those of a stored invoice."""
    return [
        {
            "von": position.von,
            "bis": position.bis,
            "bezeichnung": describe_position(position, berechnung, buchung),
            "menge": position.menge,
            "satz": position.satz,
            "betrag": position.betrag,
        }
        for position in berechnung.positionen
    ]


def list_zeilen(rechnung: Rechnung) -> list[dict[str, Any]]:
    """Lines of a stored invoice."""
    return [
        {
            "von": p.zeitraum.lower,
            "bis": p.letzter_tag,
            "bezeichnung": p.bezeichnung,
            "menge": p.menge,
            "satz": p.satz,
            "betrag": p.betrag,
        }
        for p in rechnung.positionen.all()
    ]


def list_befunde(rechnung: Rechnung) -> list[dict[str, Any]]:
    """Findings of the automatic check as of now: an end recorded after the invoice was sent counts, too.

    Once certified the findings are those of that moment.
    """
    if rechnung.zustand != "EINGEREICHT":
        return rechnung.befunde
    positionen = tuple(
        rules.Rechnungsposition(p.zeitraum.lower, p.letzter_tag, p.menge, p.satz, rules.HUNDERT, p.betrag)
        for p in rechnung.positionen.all()
    )
    berechnung = Berechnung(positionen, rechnung.buchung.hilfeart.einheit)
    return render_befunde(check_berechnung(berechnung, rechnung.leistungsnachweis, rechnung.nummer))


def render_befunde(befunde: list[rules.Befund]) -> list[dict[str, Any]]:
    """Findings as they are stored with the invoice."""
    return [{"code": b.code.value, "meldung": b.meldung, "ist_hinweis": b.ist_hinweis} for b in befunde]
