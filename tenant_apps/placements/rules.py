"""The arithmetic of a placement: planned amounts, choice of the cheaper offers, fit, deadlines. No Django.

Every amount here is a plan value ("Planwert") of HzE-Auswahl and reservation. The day count of an invoice
is another function on purpose (billing/rules.py): the screen counts end minus start, an invoice counts days
of service. Amounts are Decimal euro; periods are half-open `Zeitraum`, single dates are the inclusive ones
of the screen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from shared_apps.core.geld import als_decimal, ceil_euro, format_zahl, round_cent, round_stellen
from shared_apps.core.zahlwort import anzahl, anzahl_jahre
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum, tage_im_monat

TAGE_JE_WOCHE = Decimal(7)
# Finer than any true fraction (amount in cents, sevenths of a week), coarser than the 28 digits of Decimal.
STELLEN_EXAKT = 6

Entgelte = Sequence[tuple[Zeitraum, Decimal]]


class PlanwertError(ValueError):
    """A planned amount that cannot be computed; the message is German and fit for the screen."""


# --- duration and quantity --------------------------------------------------------------------------------


def dauer_in_tagen(beginn: date, ende: date, *, soll_tage_exklusiv: bool = True) -> int:
    """Planned duration in days of the help-plan period; both dates as on the screen.

    Default is the exclusive difference `ende - beginn` of the slide: 01.06.2017 to 30.11.2017 gives 182,
    although 183 calendar days are touched (law.md 0.1). `soll_tage_exklusiv=False` counts both ends. Raises
    `PlanwertError` if `ende` is before `beginn`.
    """
    if ende < beginn:
        raise PlanwertError("Das Ende des Hilfeplanzeitraums liegt vor dem Beginn.")
    return (ende - beginn).days + (0 if soll_tage_exklusiv else 1)


def planzeitraum(beginn: date, ende: date, *, soll_tage_exklusiv: bool = True) -> Zeitraum:
    """The days that are planned with, so that `planzeitraum(…).tage == dauer_in_tagen(…)`.

    In the exclusive convention the last day of the screen is not planned. Raises `PlanwertError` if no day
    is left.
    """
    tage = dauer_in_tagen(beginn, ende, soll_tage_exklusiv=soll_tage_exklusiv)
    if tage == 0:
        raise PlanwertError("Der Hilfeplanzeitraum umfasst keinen ganzen Tag.")
    return Zeitraum(beginn, beginn + tage * EIN_TAG)


def dauer_in_wochen(tage: int) -> Decimal:
    """Duration in weeks, two decimals, half up: 182 days are 26.00 weeks (slide)."""
    return round_stellen(als_decimal(tage) / TAGE_JE_WOCHE, 2)


def stationaere_tage(tage: int, tage_je_woche: Decimal) -> Decimal:
    """Days of care planned: weeks times days per week. 182 days at 7.00 give 182, at 5.00 give 130 (slide).

    Computed from the days, not from the rounded weeks, and not rounded: 100 days at 5 stay 71.428571…; show
    it with `format_zahl(…, 2)`, compute on with the value. Raises `PlanwertError` unless 0 < tage_je_woche
    <= 7.
    """
    return als_decimal(tage) * _tage_je_woche(tage_je_woche) / TAGE_JE_WOCHE


def _tage_je_woche(wert: Decimal) -> Decimal:
    if not 0 < als_decimal(wert) <= TAGE_JE_WOCHE:
        raise PlanwertError("Die Tage je Woche müssen zwischen 0 und 7 liegen.")
    return als_decimal(wert)


def fachleistungsstunden(wochen: Decimal, stunden_je_woche: Decimal) -> Decimal:
    """Planned hours of an ambulant help: weeks as shown (two decimals) times hours per week; two decimals."""
    if als_decimal(stunden_je_woche) < 0:
        raise PlanwertError("Die Stunden je Woche dürfen nicht negativ sein.")
    return round_stellen(als_decimal(wochen) * stunden_je_woche, 2)


# --- amounts ----------------------------------------------------------------------------------------------


def soll_entgelt_exakt(menge: Decimal | int, satz: Decimal) -> Decimal:
    """Quantity (days or hours) times rate in euro, not rounded to cents: the value to store beside the
    shown one.

    Six decimals, which only removes the last digit of an inexact seventh (100 days at 5 per week at 7.00 €
    are 500 €, not 500.00…01, which would be shown as 501 €). Raises `PlanwertError` for negative input.
    """
    if als_decimal(menge) < 0 or als_decimal(satz) < 0:
        raise PlanwertError("Menge und Entgelt dürfen nicht negativ sein.")
    return _exakt(als_decimal(menge) * als_decimal(satz))


def soll_entgelt(menge: Decimal | int, satz: Decimal) -> Decimal:
    """Soll-Entgelt of the overview: quantity times rate, up to the full euro. 182 × 90.42 = 16,456.44 →
    16,457 €.
    """
    return ceil_euro(soll_entgelt_exakt(menge, satz))


def _exakt(betrag: Decimal) -> Decimal:
    return round_stellen(betrag, STELLEN_EXAKT)


@dataclass(frozen=True, slots=True)
class SollZeile:
    """One stretch of days with one daily rate; `betrag` is exact (six decimals), never rounded up by
    itself.
    """

    zeitraum: Zeitraum
    menge: Decimal
    satz: Decimal
    betrag: Decimal


@dataclass(frozen=True, slots=True)
class SollAufteilung:
    """Lines of a Soll-Entgelt, its exact sum and the sum up to the full euro as shown."""

    zeilen: tuple[SollZeile, ...]
    summe_exakt: Decimal
    summe: Decimal


def entgelte_im_zeitraum(zeitraum: Zeitraum, entgelte: Entgelte) -> list[tuple[Zeitraum, Decimal]]:
    """The rates of a closed period, cut to it, ascending, without gap.

    Only the beginning of each agreement counts: after it has expired its rate goes on until the next comes
    into force (§ 78d Abs. 2 Satz 4 SGB VIII). Raises `PlanwertError` if no rate is in force on the first
    day or two rates begin on the same day.
    """
    folge = sorted(entgelte, key=lambda entgelt: entgelt[0].beginn)
    beginne = [gueltig.beginn for gueltig, _satz in folge]
    if len(set(beginne)) < len(beginne):
        raise PlanwertError("Zwei Entgelte gelten ab demselben Tag.")
    if not beginne or zeitraum.beginn < beginne[0]:
        raise PlanwertError(f"Für den {format_datum(zeitraum.beginn)} ist kein Entgelt vereinbart.")
    segmente = []
    for (gueltig, satz), naechster in zip(folge, [*beginne[1:], None], strict=True):
        schnitt = Zeitraum(gueltig.beginn, naechster).intersect(zeitraum)
        if schnitt is not None:
            segmente.append((schnitt, als_decimal(satz)))
    return segmente


def soll_entgelt_aufgeteilt(segmente: Entgelte, *, tage_je_woche: Decimal = TAGE_JE_WOCHE) -> SollAufteilung:
    """Soll-Entgelt of a planned period in which the daily rate changes.

    `segmente` are consecutive closed periods with their rate, as `entgelte_im_zeitraum` returns them. Each
    stretch counts its calendar days × tage_je_woche / 7 (the service days are taken as spread evenly over
    the week). The exact amounts are summed first and rounded up to the full euro **once**: a rate change
    never costs an extra euro, and one segment gives the same as `soll_entgelt`. Raises `PlanwertError` for
    gaps, overlaps or nothing to sum.
    """
    _pruefe_lueckenlos(segmente)
    faktor = Fraction(_tage_je_woche(tage_je_woche)) / 7
    zeilen = []
    summe = Fraction(0)
    for zeitraum, satz in segmente:
        menge = stationaere_tage(zeitraum.tage, tage_je_woche)
        zeilen.append(SollZeile(zeitraum, menge, als_decimal(satz), soll_entgelt_exakt(menge, satz)))
        summe += zeitraum.tage * faktor * Fraction(satz)
    summe_exakt = _exakt(Decimal(summe.numerator) / Decimal(summe.denominator))
    return SollAufteilung(tuple(zeilen), summe_exakt, ceil_euro(summe_exakt))


def _pruefe_lueckenlos(segmente: Entgelte) -> None:
    if not segmente:
        raise PlanwertError("Für den Hilfeplanzeitraum ist kein Entgelt vereinbart.")
    for (vorher, _), (nachher, _) in pairwise(segmente):
        if vorher.ende != nachher.beginn:
            raise PlanwertError("Die Entgelte schließen nicht lückenlos aneinander an.")


def differenz(soll: Decimal, guenstigstes: Decimal) -> Decimal:
    """Difference to the best price. Both are the amounts **as shown** (full euro), so that the table adds
    up.
    """
    return als_decimal(soll) - als_decimal(guenstigstes)


def soll_kosten(soll_entgelt: Decimal, taschengeld: Decimal) -> Decimal:
    """Soll-Kosten of the detail page: Soll-Entgelt plus pocket money, in euro and cent."""
    return als_decimal(soll_entgelt) + als_decimal(taschengeld)


def taschengeld_summe(zeitraum: Zeitraum, barbetraege: Entgelte) -> Decimal:
    """Pocket money (Barbetrag, § 39 Abs. 2 SGB VIII) of a closed period, in euro and cent.

    `zeitraum` is the real stay (both ends of the screen included), `barbetraege` the monthly amounts with
    their validity (age step, new table). A part of a month counts days / actual days of that month, like
    partial months of the Kostenbeitrag (VG Frankfurt (Oder) 6 K 332/11); each month is rounded half up to
    cent once, as it is paid. Raises `PlanwertError` if a day has no amount; an amount of zero must be
    entered as zero.
    """
    summe = Decimal(0)
    for monat in zeitraum.monate():
        teil = zeitraum.in_monat(monat)
        assert teil is not None  # a month of the period has a day in it
        tageswerte = sum((_barbetrag_am(tag, barbetraege) for tag in teil.einzelne_tage()), Decimal(0))
        summe += round_cent(tageswerte / tage_im_monat(monat))
    return summe


def _barbetrag_am(tag: date, barbetraege: Entgelte) -> Decimal:
    gueltige = [als_decimal(betrag) for gueltig, betrag in barbetraege if tag in gueltig]
    if len(gueltige) != 1:
        raise PlanwertError(f"Für den {format_datum(tag)} ist kein eindeutiger Barbetrag hinterlegt.")
    return gueltige[0]


def restbudget_im_monat(monatsanteil: Decimal, gebunden: Decimal) -> Decimal:
    """Budget left in the month: month share of the budget minus what is committed; negative = overspent."""
    return als_decimal(monatsanteil) - als_decimal(gebunden)


# --- the cheapest third -----------------------------------------------------------------------------------


def raenge(preise: Sequence[Decimal]) -> list[int]:
    """Rank of every price, 1 = cheapest, in the order given; equal prices share the better rank (1, 2, 2,
    4).
    """
    folge = sorted(als_decimal(preis) for preis in preise)
    return [folge.index(preis) + 1 for preis in preise]


def drittel_grenze(n: int) -> int:
    """How many of `n` suitable offers make up the cheapest third: n/3 rounded up, 14 offers give 5.

    Social workers are asked to choose among the cheapest third or to write down why not (screens.md "The cheapest
    third").
    """
    if n < 0:
        raise PlanwertError("Die Anzahl der Angebote ist negativ.")
    return -(-n // 3)


def im_guenstigsten_drittel(rang: int, n: int) -> bool:
    """True if the offer with this rank (see `raenge`) is in the cheapest third of `n` suitable offers.

    Equal prices share a rank, so an offer tied with the last one inside is inside too.
    """
    if not 1 <= rang <= n:
        raise PlanwertError("Der Rang liegt außerhalb der geeigneten Angebote.")
    return rang <= drittel_grenze(n)


def braucht_begruendung(rang: int, n: int) -> bool:
    """True if the choice must be justified in writing: the offer is not in the cheapest third."""
    return not im_guenstigsten_drittel(rang, n)


# --- age and place ----------------------------------------------------------------------------------------

ALTERSGRUPPEN: tuple[tuple[int, int], ...] = ((0, 2), (3, 5), (6, 11), (12, 17), (18, 20), (21, 26))


def alter_am(geburtsdatum: date, stichtag: date) -> int:
    """Completed years of life on `stichtag`. § 187 Abs. 2 S. 2, § 188 Abs. 2 BGB: born 29 February, one
    year older on 1 March.
    """
    if stichtag < geburtsdatum:
        raise PlanwertError("Der Stichtag liegt vor der Geburt.")
    hatte_geburtstag = (stichtag.month, stichtag.day) >= (geburtsdatum.month, geburtsdatum.day)
    return stichtag.year - geburtsdatum.year - (not hatte_geburtstag)


def altersgruppe(geburtsdatum: date, stichtag: date) -> str:
    """Age group label of the planning tables, e.g. `12–17`. Raises `PlanwertError` from 27 on (§ 7 Abs. 1
    Nr. 4).
    """
    alter = alter_am(geburtsdatum, stichtag)
    for von, bis in ALTERSGRUPPEN:
        if von <= alter <= bis:
            return f"{von}\u2013{bis}"
    raise PlanwertError("Hilfen nach dem SGB VIII enden mit Vollendung des 27. Lebensjahres.")


def entfernung_km(von: tuple[float, float], nach: tuple[float, float]) -> Decimal:
    """Great-circle distance in km, one decimal; points are (latitude, longitude) in degrees. Not the road
    distance.

    Raises `PlanwertError` for coordinates off the globe.
    """
    for breite, laenge in (von, nach):
        if not (-90 <= breite <= 90 and -180 <= laenge <= 180):
            raise PlanwertError("Die Koordinaten sind ungültig.")
    breite_1, laenge_1, breite_2, laenge_2 = (math.radians(grad) for grad in (*von, *nach))
    sehne = (
        math.sin((breite_2 - breite_1) / 2) ** 2
        + math.cos(breite_1) * math.cos(breite_2) * math.sin((laenge_2 - laenge_1) / 2) ** 2
    )
    return round_stellen(Decimal(2 * 6371.0088 * math.asin(math.sqrt(min(1.0, sehne)))), 1)


def ist_auswaertig(standort_ags: str, tenant_ags: str) -> bool:
    """True if the facility is outside the district: its AGS (5 or 8 digits) does not begin with the
    tenant's 5.

    law.md 3.2: "Auswärtige Buchung". Raises `PlanwertError` for keys of another shape.
    """
    for ags, laengen in ((standort_ags, (5, 8)), (tenant_ags, (5,))):
        if not (ags.isascii() and ags.isdigit() and len(ags) in laengen):
            raise PlanwertError(f"„{ags}“ ist kein gültiger Gemeinde- oder Kreisschlüssel.")
    return not standort_ags.startswith(tenant_ags)


def reservierung_ablauf(jetzt: datetime, tage: int) -> datetime:
    """When a reservation made now lapses without the provider's consent. `jetzt` must carry a time zone."""
    if jetzt.tzinfo is None:
        raise TypeError("an aware datetime is required")
    if tage < 1:
        raise PlanwertError("Eine Reservierung gilt mindestens einen Tag.")
    return jetzt + timedelta(days=tage)


# --- fit --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PassungGewichte:
    """Weights of the components and the points where they reach full and zero; data, not law (our
    proposal).
    """

    spezialisierungen: int = 40
    alter: int = 20
    geschlecht: int = 15
    entfernung: int = 15
    aktualitaet: int = 10
    entfernung_voll_km: Decimal = Decimal(10)
    entfernung_null_km: Decimal = Decimal(100)
    aktualitaet_voll_tage: int = 7
    aktualitaet_null_tage: int = 60


@dataclass(frozen=True, slots=True)
class PassungBedarf:
    """What the young person needs. Nothing in it identifies her; `geschlecht` is `m`, `w`, `d` or None
    (unknown).
    """

    spezialisierungen: frozenset[str] = frozenset()
    alter: int | None = None
    geschlecht: str | None = None


@dataclass(frozen=True, slots=True)
class PassungAngebot:
    """What the offer has. Ages in completed years, both included; empty `geschlechter` = open to all."""

    spezialisierungen: frozenset[str] = frozenset()
    alter_von: int = 0
    alter_bis: int = 26
    geschlechter: frozenset[str] = frozenset()
    entfernung_km: Decimal | None = None
    tage_seit_aktualisierung: int | None = None


@dataclass(frozen=True, slots=True)
class PassungBestandteil:
    """One component: `erfuellung` 0 to 1, or None if it could not be judged and has no part in the score."""

    kuerzel: str
    titel: str
    gewicht: int
    erfuellung: Fraction | None
    grund: str


@dataclass(frozen=True, slots=True)
class Passung:
    """Score 0 to 100 with its components."""

    punkte: int
    bestandteile: tuple[PassungBestandteil, ...]

    @property
    def gruende(self) -> list[str]:
        """One German sentence per component, heaviest first."""
        return [teil.grund for teil in sorted(self.bestandteile, key=lambda teil: -teil.gewicht)]


def passung(bedarf: PassungBedarf, angebot: PassungAngebot, gewichte: PassungGewichte | None = None) -> Passung:
    """How well an offer fits, 0 to 100: weighted mean of the components that can be judged, half up.

    A help for ordering, explained sentence by sentence; it excludes nothing and decides nothing (Wunsch- und
    Wahlrecht § 5, Steuerungsverantwortung § 36a SGB VIII). What is unknown is neither rewarded nor punished.
    """
    gewichte = gewichte or PassungGewichte()
    teile = (
        _passung_spezialisierungen(bedarf, angebot, gewichte.spezialisierungen),
        _passung_alter(bedarf, angebot, gewichte.alter),
        _passung_geschlecht(bedarf, angebot, gewichte.geschlecht),
        _passung_entfernung(angebot, gewichte),
        _passung_aktualitaet(angebot, gewichte),
    )
    bewertet = [(teil.gewicht, teil.erfuellung) for teil in teile if teil.erfuellung is not None]
    gesamt = sum(gewicht for gewicht, _ in bewertet)
    if gesamt == 0:
        return Passung(0, teile)
    mittel = sum((gewicht * erfuellung for gewicht, erfuellung in bewertet), Fraction(0)) / gesamt
    return Passung(math.floor(100 * mittel + Fraction(1, 2)), teile)


def _passung_spezialisierungen(bedarf: PassungBedarf, angebot: PassungAngebot, gewicht: int) -> PassungBestandteil:
    gesucht = len(bedarf.spezialisierungen)
    fehlend = sorted(bedarf.spezialisierungen - angebot.spezialisierungen)
    if gesucht == 0:
        erfuellung, grund = None, "Es wurde keine Spezialisierung gesucht."
    elif not fehlend:
        erfuellung, grund = Fraction(1), "Alle gesuchten Spezialisierungen sind vorhanden."
    else:
        erfuellung = Fraction(gesucht - len(fehlend), gesucht)
        grund = (
            f"{gesucht - len(fehlend)} von {gesucht} Spezialisierungen sind vorhanden; es fehlt: {', '.join(fehlend)}."
        )
    return PassungBestandteil("spezialisierungen", "Spezialisierungen", gewicht, erfuellung, grund)


def _passung_alter(bedarf: PassungBedarf, angebot: PassungAngebot, gewicht: int) -> PassungBestandteil:
    von, bis, alter = angebot.alter_von, angebot.alter_bis, bedarf.alter
    erfuellung: Fraction | None
    if alter is None:
        erfuellung, grund = None, "Das Alter ist nicht bekannt."
    elif not von <= alter <= bis:
        erfuellung, grund = Fraction(0), f"{anzahl_jahre(alter)} liegt außerhalb der Altersspanne {von} bis {bis}."
    else:
        abstand = Fraction(abs(2 * alter - von - bis), max(1, bis - von))
        erfuellung = 1 - abstand / 2
        lage = "in der Mitte" if abstand <= Fraction(1, 2) else "am Rand"
        grund = f"{anzahl_jahre(alter)} liegt {lage} der Altersspanne {von} bis {bis}."
    return PassungBestandteil("alter", "Alter", gewicht, erfuellung, grund)


def _passung_geschlecht(bedarf: PassungBedarf, angebot: PassungAngebot, gewicht: int) -> PassungBestandteil:
    erfuellung: Fraction | None
    if not angebot.geschlechter:
        erfuellung, grund = Fraction(1), "Das Angebot steht allen Geschlechtern offen."
    elif bedarf.geschlecht is None:
        erfuellung, grund = None, "Das Geschlecht ist nicht angegeben."
    elif bedarf.geschlecht in angebot.geschlechter:
        erfuellung, grund = Fraction(1), "Das Angebot nimmt junge Menschen dieses Geschlechts auf."
    else:
        erfuellung, grund = Fraction(0), "Das Angebot richtet sich an ein anderes Geschlecht."
    return PassungBestandteil("geschlecht", "Geschlecht", gewicht, erfuellung, grund)


def _passung_entfernung(angebot: PassungAngebot, gewichte: PassungGewichte) -> PassungBestandteil:
    erfuellung: Fraction | None = None
    grund = "Die Entfernung ist nicht bekannt."
    if angebot.entfernung_km is not None:
        erfuellung = _linear(angebot.entfernung_km, gewichte.entfernung_voll_km, gewichte.entfernung_null_km)
        grund = f"{format_zahl(angebot.entfernung_km, 0)} km Entfernung (Luftlinie)."
    return PassungBestandteil("entfernung", "Entfernung", gewichte.entfernung, erfuellung, grund)


def _passung_aktualitaet(angebot: PassungAngebot, gewichte: PassungGewichte) -> PassungBestandteil:
    erfuellung: Fraction | None = None
    grund = "Der Stand der freien Plätze ist nicht bekannt."
    tage = angebot.tage_seit_aktualisierung
    if tage is not None:
        erfuellung = _linear(tage, gewichte.aktualitaet_voll_tage, gewichte.aktualitaet_null_tage)
        stand = "heute" if tage == 0 else "gestern" if tage == 1 else f"vor {anzahl(tage, 'Tag', 'Tagen')}"
        grund = f"Die freien Plätze wurden {stand} bestätigt."
    return PassungBestandteil("aktualitaet", "Aktualität", gewichte.aktualitaet, erfuellung, grund)


def _linear(wert: Decimal | int, voll: Decimal | int, null: Decimal | int) -> Fraction:
    """1 up to `voll`, 0 from `null` on, straight between."""
    anteil = (Fraction(null) - Fraction(wert)) / (Fraction(null) - Fraction(voll))
    return max(Fraction(0), min(Fraction(1), anteil))


# --- one child, one bed -------------------------------------------------------------------------------------


def naechte(zeitraum: Zeitraum) -> Zeitraum:
    """The nights of a stay, each named by the day it begins on: the last day has none, a stay of one day has one."""
    letzter = zeitraum.letzter_tag
    return zeitraum if letzter is None or letzter == zeitraum.beginn else Zeitraum(zeitraum.beginn, letzter)


def teilen_naechte(eins: Zeitraum, zwei: Zeitraum) -> bool:
    """Whether two stays have a night in common; the day of a move, on which one ends and the other begins, is none."""
    return naechte(eins).overlaps(naechte(zwei))


# --- who an offer takes -------------------------------------------------------------------------------------


def list_abweichungen(
    *, alter: int, geschlecht: str, alter_von: int, alter_bis: int, nur_geschlecht: str
) -> tuple[str, ...]:
    """In what respect a young person is outside of whom an offer takes, as German sentences; empty when all fits.

    `alter` on the first day, both ends of the range belong to it; `geschlecht` is m, w, d or empty (no entry),
    `nur_geschlecht` m, w or empty (takes everybody). The provider decides in the end: it is no prohibition.
    """
    gefunden = []
    if nur_geschlecht and geschlecht and geschlecht != nur_geschlecht:
        wen = {"w": "Mädchen und junge Frauen", "m": "Jungen und junge Männer"}[nur_geschlecht]
        gefunden.append(f"Das Angebot nimmt nur {wen} auf.")
    if not alter_von <= alter <= alter_bis:
        gefunden.append(
            f"Das Aufnahmealter ist {alter_von} bis {anzahl_jahre(alter_bis)}; die Person ist bei Beginn {alter}."
        )
    return tuple(gefunden)
