"""The invoice as the rules compute it: booking × days × rate valid on each day. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from shared_apps.catalogue.models import Einheit, Hilfeart
from shared_apps.core.clock import today
from shared_apps.core.geld import format_geld, format_zahl
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.providers.selectors.entgelte import list_saetze
from tenant_apps.billing import rules
from tenant_apps.billing.models import Leistungsnachweis, Rechnung
from tenant_apps.billing.states import RECHNUNG_FESTGESTELLT, RECHNUNG_LEBEND, RechnungZustand
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.faelle.selectors.vorgang import get_leistungszeitraum
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.search.selectors.preise import list_fremdsaetze
from tenants.context import require_schema

#: M-V's rule was not found (law.md 9.2): both days count, until an agreement says otherwise.
ZAEHLREGEL = rules.Zaehlregel.BEIDE_TAGE


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
    """Rates that this office pays for the booked offer with their validity, in the unit of the help."""
    if buchung.angebot_id is None:
        return list_fremdsaetze(buchung.fremdeinrichtung_id, buchung.hilfeart_id)
    einheit = buchung.hilfeart.einheit
    return list_saetze([buchung.angebot_id], einheit=einheit, schema=require_schema()).get(buchung.angebot_id, [])


def list_entgeltwechsel(buchung: Buchung, zaehltage: list[date]) -> list[date]:
    """Days among these, of one month, on which another rate of the booked offer comes into force."""
    if not zaehltage:
        return []
    return rules.list_entgeltwechsel(Zeitraum.from_inclusive(zaehltage[0], zaehltage[-1]), list_entgelte(buchung))


def list_nachgewiesene_tage(nachweis: Leistungsnachweis) -> list[date]:
    """Days of the proof of service as dates."""
    return [nachweis.monat.replace(day=tag) for tag in nachweis.tage]


def compute_rechnung(nachweis: Leistungsnachweis) -> Berechnung:
    """Lines of the month. Raises `AbrechnungError` (German) when a day has no rate."""
    buchung = nachweis.buchung
    entgelte = list_entgelte(buchung)
    if buchung.hilfeart.einheit == Einheit.TAG:
        positionen = rules.rechnungspositionen(list_nachgewiesene_tage(nachweis), entgelte)
        return Berechnung(tuple(positionen), Einheit.TAG)
    return Berechnung(_stundenpositionen(nachweis, entgelte), Einheit.STUNDE)


def list_leistungen(nachweis: Leistungsnachweis) -> dict[date, Decimal]:
    """Days of the proof with what was rendered on each: hours, or 1 for a day. Empty for hours without their days."""
    tage = list_nachgewiesene_tage(nachweis)
    if nachweis.buchung.hilfeart.einheit == Einheit.TAG:
        return dict.fromkeys(tage, Decimal(1))
    return dict(zip(tage, nachweis.tagesstunden, strict=True)) if nachweis.tagesstunden else {}


def _stundenpositionen(
    nachweis: Leistungsnachweis, entgelte: list[tuple[Zeitraum, Decimal]]
) -> tuple[rules.Rechnungsposition, ...]:
    """Each hour at the rate of its day; hours of a whole month only where no rate changes in it."""
    if leistungen := list_leistungen(nachweis):
        return tuple(rules.stundenpositionen(leistungen.items(), entgelte))
    teil = get_leistungszeitraum(nachweis.buchung).in_monat(nachweis.monat)
    if teil is None or not nachweis.stunden:
        return ()
    return (rules.stundenposition(nachweis.stunden, teil, entgelte),)


def check_berechnung(
    berechnung: Berechnung, nachweis: Leistungsnachweis, nummer: str, *, betrag: Decimal | None = None
) -> list[rules.Befund]:
    """Automatic check of an invoice: period, rate, days or hours, arithmetic, duplicates.

    `betrag`: the amount a stored invoice carries, in euro; the sum of its lines before there is one.
    """
    summe = berechnung.summe if betrag is None else betrag
    pruefling = rules.RechnungPruefling(nachweis.monat, nummer, berechnung.positionen, summe)
    if berechnung.einheit == Einheit.STUNDE:
        return _check_stunden(pruefling, nachweis)
    buchung = nachweis.buchung
    gezaehlt = set(list_zaehltage(buchung, nachweis.monat))
    abgerechnet, eingereicht = _list_belegte_tage(nachweis)
    return rules.pruefe_rechnung(
        pruefling,
        buchung=get_leistungszeitraum(buchung),
        zulaessig=[rules.Leistungstag(tag) for tag in list_nachgewiesene_tage(nachweis) if tag in gezaehlt],
        entgelte=list_entgelte(buchung),
        abgerechnete_tage=abgerechnet,
        eingereichte_tage=eingereicht,
    )


def _check_stunden(rechnung: rules.RechnungPruefling, nachweis: Leistungsnachweis) -> list[rules.Befund]:
    """The same for hours: they fall in the help, are those that were proven, at the agreed rate, and were agreed."""
    buchung, hilfe = nachweis.buchung, get_leistungszeitraum(nachweis.buchung)
    befunde = rules.pruefe_stunden(
        rechnung, buchung=hilfe, nachgewiesen=nachweis.stunden or Decimal(0), entgelte=list_entgelte(buchung)
    )
    je_woche, teil = buchung.reservierung.stunden_je_woche, hilfe.in_monat(nachweis.monat)
    if je_woche is None or teil is None or not nachweis.stunden:
        return befunde
    vereinbart = je_woche * teil.tage / 7
    if nachweis.stunden > vereinbart:
        meldung = (
            f"Berechnet sind {format_zahl(nachweis.stunden, 2)} Stunden, vereinbart für {anzahl_tage(teil.tage)}"
            f" {format_zahl(vereinbart, 2)}."
        )
        befunde.append(rules.Befund(rules.BefundCode.ZU_VIELE_TAGE, meldung))
    return befunde


def get_leistungskreis(hilfeart: Hilfeart) -> str:
    """Within which a day is paid once for one young person."""
    return rules.leistungskreis(hilfeart.form, hilfeart.code)


def list_andere_rechnungen(nachweis: Leistungsnachweis, unter: QuerySet[Rechnung] | None = None) -> QuerySet[Rechnung]:
    """Live invoices of the month for the same young person and `leistungskreis`.

    Not those of a sealed case that the reader may not open: the row rule is on the case, so the case is asked.
    `unter` narrows them to what a person may be shown.
    """
    art = nachweis.buchung.hilfeart
    gleich = (
        {"buchung__hilfeart__form": art.form}
        if get_leistungskreis(art) == rules.AUFENTHALT
        else {"buchung__hilfeart": art.pk}
    )
    rows = (Rechnung.objects.all() if unter is None else unter).filter(
        monat=nachweis.monat,
        zustand__in=RECHNUNG_LEBEND,
        buchung__klient_id=nachweis.buchung.klient_id,
        buchung__hilfefall__in=Hilfefall.objects.all(),
        **gleich,
    )
    return rows.exclude(leistungsnachweis_id=nachweis.pk).select_related("leistungsnachweis", "buchung")


def _list_belegte_tage(nachweis: Leistungsnachweis) -> tuple[frozenset[date], frozenset[date]]:
    """Days of this month that other invoices charge: those of certified ones, which block, and of others, which do not.

    A day outside of the other help as it really went is charged too much there and blocks nobody here.
    """
    abgerechnet: set[date] = set()
    eingereicht: set[date] = set()
    for rechnung in list_andere_rechnungen(nachweis):
        tage = abgerechnet if rechnung.zustand in RECHNUNG_FESTGESTELLT else eingereicht
        hilfe = get_leistungszeitraum(rechnung.buchung)
        tage.update(tag for tag in list_nachgewiesene_tage(rechnung.leistungsnachweis) if tag in hilfe)
    return frozenset(abgerechnet), frozenset(eingereicht)


def list_doppelte(rechnung: Rechnung, unter: QuerySet[Rechnung]) -> list[Rechnung]:
    """Other live invoices that charge a day of this one: for the office, which has to choose. Hours take no day."""
    if rechnung.buchung.hilfeart.einheit != Einheit.TAG:
        return []
    eigene = set(list_nachgewiesene_tage(rechnung.leistungsnachweis))
    andere = list_andere_rechnungen(rechnung.leistungsnachweis, unter).order_by("eingereicht_at")
    return [r for r in andere if eigene & set(list_nachgewiesene_tage(r.leistungsnachweis))]


def find_ueberzahlung(rechnung: Rechnung) -> rules.Ueberzahlung | None:
    """What a certified invoice charges outside of the help as it is recorded now, with the euros; None when nothing.

    Before it is certified the automatic check says so (`list_befunde`).
    """
    if rechnung.zustand not in RECHNUNG_FESTGESTELLT:
        return None
    return check_ueberzahlung(rechnung, get_leistungszeitraum(rechnung.buchung))


def check_ueberzahlung(rechnung: Rechnung, hilfe: Zeitraum) -> rules.Ueberzahlung | None:
    """What an invoice in any state charges outside of `hilfe`, the help as it went or is about to be recorded."""
    return rules.pruefe_ueberzahlung(_list_positionen(rechnung), list_leistungen(rechnung.leistungsnachweis), hilfe)


def describe_ueberzahlung(rechnung: Rechnung, *, ist_amt: bool) -> str:
    """The same for the page, to the office or to the provider; empty when there is nothing. It names no person."""
    zuviel = find_ueberzahlung(rechnung)
    if zuviel is None:
        return ""
    hilfe = get_leistungszeitraum(rechnung.buchung)
    wie_viel = "Die Stunden sind nicht je Tag erfasst: bitte prüfen Sie, an welchen Tagen sie geleistet wurden."
    if zuviel.betrag is not None:
        menge = f"{anzahl_tage(len(zuviel.tage))} und " if zuviel.tage else ""
        wie_viel = f"Das sind {menge}{format_geld(zuviel.betrag)} zu viel."
    folge = "Das Jugendamt sieht diesen Hinweis auch. Eine Rückforderung wird hier noch nicht gebucht."
    if ist_amt and rechnung.zustand == RechnungZustand.SACHLICH_RICHTIG:
        folge = "Noch ist nichts angeordnet: bitte beanstanden Sie die Rechnung."
    elif ist_amt:
        folge = "Bitte klären Sie den Ausgleich mit dem Anbieter. Eine Rückforderung wird hier noch nicht gebucht."
    return f"Die Hilfe lief vom {hilfe}, die Rechnung umfasst auch {zuviel.zeitraum}. {wie_viel} {folge}"


def _list_positionen(rechnung: Rechnung) -> tuple[rules.Rechnungsposition, ...]:
    return tuple(
        rules.Rechnungsposition(p.zeitraum.lower, p.letzter_tag, p.menge, p.satz, rules.HUNDERT, p.betrag)
        for p in rechnung.positionen.all()
    )


def describe_position(position: rules.Rechnungsposition, berechnung: Berechnung, buchung: Buchung) -> str:
    """Text of a line. It names the help, never the person."""
    einheit = "Tagesentgelt" if berechnung.einheit == Einheit.TAG else "Fachleistungsstunde"
    return f"{buchung.hilfeart.paragraf} {buchung.angebot or buchung.haus}, {einheit} {format_geld(position.satz)}"[
        :200
    ]


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
    if rechnung.zustand != RechnungZustand.EINGEREICHT:
        return rechnung.befunde
    nachweis = rechnung.leistungsnachweis
    berechnung = Berechnung(_list_positionen(rechnung), rechnung.buchung.hilfeart.einheit)
    befunde = check_berechnung(berechnung, nachweis, rechnung.nummer, betrag=rechnung.betrag)
    if (rechnung.monat, rechnung.buchung_id) != (nachweis.monat, nachweis.buchung_id):
        meldung = "Rechnung und Leistungsnachweis gehören nicht zum selben Monat derselben Buchung."
        befunde.append(rules.Befund(rules.BefundCode.AUSSERHALB_MONAT, meldung))
    return render_befunde(befunde)


def render_befunde(befunde: list[rules.Befund]) -> list[dict[str, Any]]:
    """Findings as they are stored with the invoice."""
    return [{"code": b.code.value, "meldung": b.meldung, "ist_hinweis": b.ist_hinweis} for b in befunde]
