"""The arithmetic of an invoice: days of service, lines, automatic check, four eyes. No Django.

Not the planning figure of the screen (placements/rules): here calendar days of service are counted, each
at the rate of that day. Periods are half-open `Zeitraum`; the booking ends with the day of discharge as its
`letzter_tag`. Amounts are Decimal euro, each line rounded half up to cent once, the total is the sum of the
lines (law.md 5.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from uuid import UUID

from shared_apps.core.geld import als_decimal, format_geld, format_zahl, round_cent
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum, monatserster, naechster_monat
from shared_apps.core.zustand import Beschriftet

HUNDERT = Decimal(100)

Entgelte = Sequence[tuple[Zeitraum, Decimal]]


class AbrechnungError(ValueError):
    """Something that cannot be billed; the message is German and fit for the screen."""


class Zaehlregel(Beschriftet):
    """How the days of arrival and departure count; agreed in the LEQ-Vereinbarung. M-V rule not found
    (law.md 9.2).
    """

    BEIDE_TAGE = "beide_tage", "Aufnahme- und Entlassungstag zählen voll"
    NUR_AUFNAHMETAG = "nur_aufnahmetag", "Nur der Aufnahmetag zählt"
    NAECHTE = "naechte", "Es zählen die Nächte"


@dataclass(frozen=True, slots=True)
class Leistungstag:
    """One billable day and the share of the rate that is paid for it, in percent (0 < prozent <= 100)."""

    tag: date
    prozent: Decimal = HUNDERT
    abwesenheit: str | None = None


# --- days of service --------------------------------------------------------------------------------------


def aufenthaltstage(
    buchung: Zeitraum, monat: date, zaehlregel: Zaehlregel, *, endet_mit_entlassung: bool = True
) -> list[date]:
    """Countable days of a booking in the month of `monat`, ascending, absences not yet considered.

    BEIDE_TAGE counts arrival and departure. NUR_AUFNAHMETAG drops the day of departure, but a stay of a
    single day is one day. NAECHTE counts the night under the day on which it begins: a single day without a
    night counts nothing. `endet_mit_entlassung=False` for a booking that goes on in the next one: its last
    day is no departure.
    """
    im_monat = buchung.in_monat(monat)
    if im_monat is None:
        return []
    entlassung = buchung.letzter_tag if endet_mit_entlassung else None
    behalten = zaehlregel is Zaehlregel.BEIDE_TAGE or (
        zaehlregel is Zaehlregel.NUR_AUFNAHMETAG and entlassung == buchung.beginn
    )
    return [tag for tag in im_monat.einzelne_tage() if behalten or tag != entlassung]


def abrechenbar_ab(hilfe: Zeitraum, berechnet: Set[date]) -> date | None:
    """Last day of service in the first month of the help that no live invoice charges; None when there is none.

    `berechnet`: first days of the months that have one.
    """
    monat = monatserster(hilfe.beginn)
    while monat in berechnet:
        monat = naechster_monat(monat)
    teil = hilfe.in_monat(monat)
    return teil.letzter_tag if teil else None


# --- lines ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rechnungsposition:
    """One line: `menge` days at `satz` euro, `prozent` of it; `von` and `bis` are the first and last day
    billed.
    """

    von: date
    bis: date
    menge: Decimal
    satz: Decimal
    prozent: Decimal
    betrag: Decimal


def positionsbetrag(menge: Decimal, satz: Decimal, prozent: Decimal = HUNDERT) -> Decimal:
    """Amount of a line in euro: quantity × rate × percent, rounded half up to cent once."""
    return round_cent(als_decimal(menge) * als_decimal(satz) * als_decimal(prozent) / HUNDERT)


def entgelt_am(tag: date, entgelte: Entgelte) -> Decimal:
    """Rate in force on the day, in euro.

    The one that began last: after expiry it goes on until a new one comes into force (§ 78d Abs. 2 Satz 4
    SGB VIII), so only the beginnings count. Raises `AbrechnungError` before the first rate.
    """
    geltende = [(zeitraum.beginn, satz) for zeitraum, satz in entgelte if zeitraum.beginn <= tag]
    if not geltende:
        raise AbrechnungError(f"Für den {format_datum(tag)} ist kein Entgelt vereinbart.")
    return als_decimal(max(geltende, key=lambda entgelt: entgelt[0])[1])


def rechnungspositionen(tage: Iterable[date | Leistungstag], entgelte: Entgelte) -> list[Rechnungsposition]:
    """Lines of an invoice for days of service, ascending; a new line where rate or percentage changes.

    Plain dates are paid in full. A day without service inside a line only lowers `menge`. Raises
    `AbrechnungError` if a day is there twice or has no rate yet.
    """
    leistungen = sorted(
        (tag if isinstance(tag, Leistungstag) else Leistungstag(tag) for tag in tage),
        key=lambda leistung: leistung.tag,
    )
    for vorher, nachher in pairwise(leistungen):
        if vorher.tag == nachher.tag:
            raise AbrechnungError(f"Der {format_datum(vorher.tag)} ist doppelt erfasst.")
    positionen = []
    for (satz, prozent), gruppe in groupby(
        leistungen, key=lambda leistung: (entgelt_am(leistung.tag, entgelte), leistung.prozent)
    ):
        gruppentage = [leistung.tag for leistung in gruppe]
        menge = Decimal(len(gruppentage))
        betrag = positionsbetrag(menge, satz, prozent)
        positionen.append(Rechnungsposition(gruppentage[0], gruppentage[-1], menge, satz, prozent, betrag))
    return positionen


def stundenpositionen(leistungen: Iterable[tuple[date, Decimal]], entgelte: Entgelte) -> list[Rechnungsposition]:
    """Lines of an invoice for hours, each hour at the rate of its day of service; a new line where the rate changes.

    `leistungen` are days with their hours, each day once. Raises `AbrechnungError` if a day has no rate yet.
    """
    folge = sorted(leistungen)
    positionen = []
    for satz, gruppe in groupby(folge, key=lambda leistung: entgelt_am(leistung[0], entgelte)):
        teil = list(gruppe)
        menge = sum((stunden for _tag, stunden in teil), Decimal(0))
        betrag = positionsbetrag(menge, satz)
        positionen.append(Rechnungsposition(teil[0][0], teil[-1][0], menge, satz, HUNDERT, betrag))
    return positionen


def stundenposition(stunden: Decimal, zeitraum: Zeitraum, entgelte: Entgelte) -> Rechnungsposition:
    """The one line of hours that were recorded without their days; `zeitraum` is the month's part of the booking.

    Possible only where every day has the same rate. Raises `AbrechnungError`, which asks for the days, otherwise.
    """
    satz = entgelt_am(zeitraum.beginn, entgelte)
    if wechsel := list_entgeltwechsel(zeitraum, entgelte):
        raise AbrechnungError(
            f"Das Entgelt ändert sich am {' und am '.join(format_datum(tag) for tag in wechsel)}. Bitte erfassen Sie"
            " die Stunden je Tag: jede Stunde wird mit dem Entgelt ihres Tages berechnet."
        )
    return Rechnungsposition(
        zeitraum.beginn, zeitraum.letzter_tag or zeitraum.beginn, stunden, satz, HUNDERT, positionsbetrag(stunden, satz)
    )


def list_entgeltwechsel(zeitraum: Zeitraum, entgelte: Entgelte) -> list[date]:
    """Days inside the period on which another amount comes into force, ascending; the first day is none."""
    beginne = sorted({gueltig.beginn for gueltig, _satz in entgelte if gueltig.beginn in zeitraum})
    return [
        tag for tag in beginne
        if tag != zeitraum.beginn and entgelt_am(tag, entgelte) != entgelt_am(tag - EIN_TAG, entgelte)
    ]  # fmt: skip


def rechnungssumme(positionen: Iterable[Rechnungsposition]) -> Decimal:
    """Total in euro: the sum of the rounded lines, so that the invoice can be added up by hand."""
    return sum((position.betrag for position in positionen), Decimal("0.00"))


# --- automatic check --------------------------------------------------------------------------------------


class BefundCode(Beschriftet):
    """What the automatic check can find."""

    KEINE_POSITION = "keine_position", "Keine Position"
    AUSSERHALB_MONAT = "ausserhalb_monat", "Außerhalb des Abrechnungsmonats"
    AUSSERHALB_BUCHUNG = "ausserhalb_buchung", "Außerhalb der Buchung"
    UEBERSCHNEIDUNG = "ueberschneidung", "Positionen überschneiden sich"
    KEIN_ENTGELT = "kein_entgelt", "Kein Entgelt vereinbart"
    SATZ = "satz", "Abweichendes Entgelt"
    ZU_VIELE_TAGE = "zu_viele_tage", "Mehr Tage als zulässig"
    WENIGER_TAGE = "weniger_tage", "Weniger Tage als zulässig"
    BETRAG = "betrag", "Rechenfehler"
    SUMME = "summe", "Abweichende Rechnungssumme"
    DOPPELT = "doppelt", "Tage bereits abgerechnet"
    AUCH_EINGEREICHT = "auch_eingereicht", "Auch eine andere Rechnung berechnet diese Tage"
    NUMMER = "nummer", "Rechnungsnummer bereits verwendet"


# Findings that inform but do not stand in the way.
HINWEISE = frozenset({BefundCode.WENIGER_TAGE, BefundCode.AUCH_EINGEREICHT})


@dataclass(frozen=True, slots=True)
class Befund:
    """One finding with its German sentence; `ist_hinweis` findings do not block the confirmation."""

    code: BefundCode
    meldung: str

    @property
    def ist_hinweis(self) -> bool:
        return self.code in HINWEISE


@dataclass(frozen=True, slots=True)
class RechnungPruefling:
    """An invoice as submitted: month, number, lines and the total printed on it in euro."""

    monat: date
    nummer: str
    positionen: tuple[Rechnungsposition, ...]
    summe: Decimal


def pruefe_rechnung(
    rechnung: RechnungPruefling,
    *,
    buchung: Zeitraum,
    zulaessig: Sequence[Leistungstag],
    entgelte: Entgelte,
    abgerechnete_tage: Set[date] = frozenset(),
    eingereichte_tage: Set[date] = frozenset(),
    bekannte_nummern: Set[str] = frozenset(),
) -> list[Befund]:
    """Automatic check of an invoice against its booking: period, rate, days, arithmetic, duplicates.

    `zulaessig` are the days the confirmed Leistungsnachweis allows (`leistungstage`), `abgerechnete_tage`
    the days certified invoices of any facility already charge for this young person: they stand in the way.
    `eingereichte_tage` are charged by another one that nobody has looked at yet: which of the two is right is for
    the office to decide, so neither blocks the other. `bekannte_nummern` are the provider's earlier invoice
    numbers. Never raises for a wrong invoice; an empty list means nothing was found.
    """
    befunde: list[Befund] = []
    if not rechnung.positionen:
        befunde.append(Befund(BefundCode.KEINE_POSITION, "Die Rechnung enthält keine Position."))
    for nummer, position in enumerate(rechnung.positionen, start=1):
        befunde += _pruefe_position(nummer, position, rechnung.monat, buchung, entgelte)
    befunde += _pruefe_ueberschneidung(rechnung.positionen)
    befunde += _pruefe_tage(rechnung.positionen, zulaessig)
    befunde += _pruefe_doppelt(rechnung, zulaessig, abgerechnete_tage, eingereichte_tage, bekannte_nummern)
    return befunde + _pruefe_summe(rechnung)


def pruefe_stunden(
    rechnung: RechnungPruefling, *, buchung: Zeitraum, nachgewiesen: Decimal, entgelte: Entgelte
) -> list[Befund]:
    """The automatic check for hours: each line in month and booking and at its rate, all lines the proven hours.

    `nachgewiesen` are the month's hours. Never raises for a wrong invoice; an empty list means nothing was found.
    """
    if not rechnung.positionen:
        return [Befund(BefundCode.KEINE_POSITION, "Die Rechnung enthält keine Position.")]
    befunde: list[Befund] = []
    for nummer, position in enumerate(rechnung.positionen, start=1):
        befunde += _pruefe_position(nummer, position, rechnung.monat, buchung, entgelte)
    befunde += _pruefe_ueberschneidung(rechnung.positionen)
    berechnet = sum((position.menge for position in rechnung.positionen), Decimal(0))
    if berechnet != nachgewiesen:
        meldung = f"Berechnet sind {format_zahl(berechnet, 2)} Stunden, nachgewiesen {format_zahl(nachgewiesen, 2)}."
        befunde.append(
            Befund(BefundCode.ZU_VIELE_TAGE if berechnet > nachgewiesen else BefundCode.WENIGER_TAGE, meldung)
        )
    return befunde + _pruefe_summe(rechnung)


def _pruefe_summe(rechnung: RechnungPruefling) -> list[Befund]:
    summe = rechnungssumme(rechnung.positionen)
    if summe == rechnung.summe:
        return []
    meldung = f"Die Positionen ergeben {format_geld(summe)}, berechnet sind {format_geld(rechnung.summe)}."
    return [Befund(BefundCode.SUMME, meldung)]


def _positionszeitraum(position: Rechnungsposition) -> Zeitraum | None:
    return Zeitraum.from_inclusive(position.von, position.bis) if position.von <= position.bis else None


def _pruefe_position(
    nummer: int, position: Rechnungsposition, monat: date, buchung: Zeitraum, entgelte: Entgelte
) -> list[Befund]:
    befunde = []
    zeitraum = _positionszeitraum(position)
    if zeitraum is None or not Zeitraum.fuer_monat(monat).contains(zeitraum):
        meldung = f"Position {nummer} liegt nicht im Abrechnungsmonat {monat:%m/%Y}."
        befunde.append(Befund(BefundCode.AUSSERHALB_MONAT, meldung))
    if zeitraum is None or not buchung.contains(zeitraum):
        meldung = f"Position {nummer} liegt nicht im gebuchten Zeitraum ({buchung})."
        befunde.append(Befund(BefundCode.AUSSERHALB_BUCHUNG, meldung))
    befunde += _pruefe_satz(nummer, position, entgelte)
    betrag = positionsbetrag(position.menge, position.satz, position.prozent)
    if betrag != position.betrag:
        meldung = f"Position {nummer} ergibt {format_geld(betrag)}, berechnet sind {format_geld(position.betrag)}."
        befunde.append(Befund(BefundCode.BETRAG, meldung))
    return befunde


def _pruefe_satz(nummer: int, position: Rechnungsposition, entgelte: Entgelte) -> list[Befund]:
    try:
        vereinbart = {entgelt_am(tag, entgelte) for tag in _wechseltage(position, entgelte)}
    except AbrechnungError as fehler:
        return [Befund(BefundCode.KEIN_ENTGELT, f"Position {nummer}: {fehler}")]
    if vereinbart == {position.satz}:
        return []
    saetze = " bzw. ".join(format_geld(satz) for satz in sorted(vereinbart))
    meldung = f"Position {nummer} rechnet mit {format_geld(position.satz)}, vereinbart sind {saetze}."
    return [Befund(BefundCode.SATZ, meldung)]


def _wechseltage(position: Rechnungsposition, entgelte: Entgelte) -> list[date]:
    """First day of the line and every day inside on which a new rate begins: enough to know all its rates."""
    beginne = [zeitraum.beginn for zeitraum, _satz in entgelte]
    return [position.von, *(tag for tag in beginne if position.von < tag <= position.bis)]


def _pruefe_ueberschneidung(positionen: Sequence[Rechnungsposition]) -> list[Befund]:
    folge = sorted(positionen, key=lambda position: position.von)
    if any(nachher.von <= vorher.bis for vorher, nachher in pairwise(folge)):
        return [Befund(BefundCode.UEBERSCHNEIDUNG, "Zwei Positionen berechnen denselben Zeitraum.")]
    return []


def _pruefe_tage(positionen: Sequence[Rechnungsposition], zulaessig: Sequence[Leistungstag]) -> list[Befund]:
    """Days per percentage over the whole invoice, and for every line not more than its own period allows."""
    befunde = []
    for prozent in sorted({tag.prozent for tag in zulaessig} | {position.prozent for position in positionen}):
        erlaubt = sum(1 for tag in zulaessig if tag.prozent == prozent)
        berechnet = sum((p.menge for p in positionen if p.prozent == prozent), Decimal(0))
        je_position = any(
            p.menge > sum(1 for tag in zulaessig if tag.prozent == prozent and p.von <= tag.tag <= p.bis)
            for p in positionen
            if p.prozent == prozent
        )
        if berechnet > erlaubt or je_position:
            code = BefundCode.ZU_VIELE_TAGE
        elif berechnet < erlaubt:
            code = BefundCode.WENIGER_TAGE
        else:
            continue
        zu_prozent = "" if prozent == HUNDERT else f" zu {format_zahl(prozent, 0)} %"
        meldung = f"Berechnet sind {format_zahl(berechnet, 2)} Tage{zu_prozent}, nachgewiesen {erlaubt}."
        befunde.append(Befund(code, meldung))
    return befunde


def _pruefe_doppelt(
    rechnung: RechnungPruefling,
    zulaessig: Sequence[Leistungstag],
    abgerechnete_tage: Set[date],
    eingereichte_tage: Set[date],
    bekannte_nummern: Set[str],
) -> list[Befund]:
    befunde = []
    # Only proven days: a gap inside a line (day of change between two homes) may belong to the other facility.
    nachgewiesen = {leistung.tag for leistung in zulaessig}
    zeitraeume = [zeitraum for p in rechnung.positionen if (zeitraum := _positionszeitraum(p)) is not None]
    berechnet = {tag for tag in nachgewiesen if any(tag in zeitraum for zeitraum in zeitraeume)}
    if doppelt := sorted(abgerechnete_tage & berechnet):
        befunde.append(Befund(BefundCode.DOPPELT, f"Bereits abgerechnet: {_liste(doppelt)}."))
    if auch := sorted((eingereichte_tage - abgerechnete_tage) & berechnet):
        meldung = f"Auch eine andere eingereichte Rechnung berechnet: {_liste(auch)}. Bitte klären Sie, welche gilt."
        befunde.append(Befund(BefundCode.AUCH_EINGEREICHT, meldung))
    if rechnung.nummer in bekannte_nummern:
        meldung = f"Die Rechnungsnummer {rechnung.nummer} wurde bereits verwendet."
        befunde.append(Befund(BefundCode.NUMMER, meldung))
    return befunde


def _liste(tage: Sequence[date]) -> str:
    return ", ".join(format_datum(tag) for tag in tage)


# --- one child, one paid day --------------------------------------------------------------------------------

AUFENTHALT = "AUFENTHALT"


def leistungskreis(form: str, hilfeart: str) -> str:
    """What pays a day only once for one child: any help with stay by night is one kreis, of the others each its own.

    A child is in one home at a time, whatever the paragraph it is there by; a day group beside it is another service.
    """
    return AUFENTHALT if form == "STATIONAER" else hilfeart


def list_zeitraeume(tage: Iterable[date]) -> list[Zeitraum]:
    """The days as the fewest uninterrupted periods, ascending; each day counts once."""
    zeitraeume: list[Zeitraum] = []
    for tag in sorted(set(tage)):
        if zeitraeume and zeitraeume[-1].ende == tag:
            zeitraeume[-1] = Zeitraum(zeitraeume[-1].beginn, tag + EIN_TAG)
        else:
            zeitraeume.append(Zeitraum(tag, tag + EIN_TAG))
    return zeitraeume


# --- more paid than was rendered --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ueberzahlung:
    """What an invoice charges outside of the help as it really went.

    `zeitraum` is what is outside, `tage` the proven days in it, `betrag` the euros charged for them. Of hours that
    were recorded for a whole month nobody can tell the days: `tage` is then empty, and `betrag` None, unless the whole
    invoice is outside.
    """

    zeitraum: Zeitraum
    tage: tuple[date, ...] = ()
    betrag: Decimal | None = None


def pruefe_ueberzahlung(
    positionen: Sequence[Rechnungsposition], mengen: Mapping[date, Decimal], hilfe: Zeitraum
) -> Ueberzahlung | None:
    """What the lines charge before the first or after the last day of the help; None when nothing.

    `mengen` are the proven days with what was rendered on each: 1 for a day, else hours; empty when hours were not
    recorded by day. `hilfe` is the help as it really went. The amount is the difference to the invoice without these
    days, so that a corrected invoice and the difference add up to the cent.
    """
    aussen = [z for p in positionen if (z := _positionszeitraum(p)) is not None and not hilfe.contains(z)]
    if not aussen:
        return None
    zeitraum = Zeitraum(min(z.beginn for z in aussen), max(z.ende for z in aussen if z.ende))
    tage = tuple(sorted(tag for tag in mengen if tag not in hilfe and any(tag in z for z in aussen)))
    if mengen:
        if not tage:
            return None
        rest = [
            positionsbetrag(
                p.menge - sum((mengen[tag] for tag in tage if p.von <= tag <= p.bis), Decimal(0)), p.satz, p.prozent
            )
            for p in positionen
        ]
        betrag = sum((p.betrag for p in positionen), Decimal(0)) - sum(rest, Decimal(0))
        return Ueberzahlung(Zeitraum(tage[0], tage[-1] + EIN_TAG), tage, betrag)
    if not any(hilfe.overlaps(z) for p in positionen if (z := _positionszeitraum(p)) is not None):
        return Ueberzahlung(zeitraum, (), rechnungssumme(positionen))
    return Ueberzahlung(_ausserhalb(zeitraum, hilfe))


def _ausserhalb(zeitraum: Zeitraum, hilfe: Zeitraum) -> Zeitraum:
    """The part of a period after the help, or before it when nothing comes after."""
    if hilfe.ende is not None and zeitraum.ende is not None and zeitraum.ende > hilfe.ende:
        return Zeitraum(max(hilfe.ende, zeitraum.beginn), zeitraum.ende)
    return Zeitraum(zeitraum.beginn, hilfe.beginn)


# --- four eyes --------------------------------------------------------------------------------------------


def darf_anordnen(feststeller_id: UUID | None, anordner_id: UUID | None) -> bool:
    """True if this person may order the payment: somebody has confirmed the invoice, and it was somebody
    else.

    Four eyes, GemKVO-Doppik M-V (law.md 5.2, marked as common knowledge); the database enforces it as well.
    """
    return feststeller_id is not None and anordner_id is not None and feststeller_id != anordner_id
