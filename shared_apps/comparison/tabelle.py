"""The table of the comparison, computed from published facts (law.md 3.3). No Django, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from shared_apps.comparison import rules
from shared_apps.comparison.bevoelkerung import Bevoelkerung
from shared_apps.comparison.modus import Modus
from shared_apps.comparison.rules import Abdeckung, StichtagWahl, Werte
from shared_apps.core.zeitraum import vormonat


class Spalte(Enum):
    """The five columns of the slide, in its order."""

    AKTUELL = ("aktueller_monat", "Aktueller Monat", "Monat")
    VORMONAT = ("vormonat", "Vormonat", "Vor\u00admonat")
    JAHR = ("monatsdurchschnitt_jahr", "Monatsdurchschnitt im Jahr", "Ø Jahr")
    VORJAHR = ("monatsdurchschnitt_vorjahr", "Monatsdurchschnitt im Vorjahr", "Ø Vorjahr")
    VERAENDERUNG = ("veraenderung_prozent", "Veränderung in %", "± %")

    @property
    def key(self) -> str:
        return self.value[0]

    @property
    def label(self) -> str:
        return self.value[1]

    @property
    def kurz(self) -> str:
        """For the narrow head on the phone."""
        return self.value[2]


WERTSPALTEN = (Spalte.AKTUELL, Spalte.VORMONAT, Spalte.JAHR, Spalte.VORJAHR)


@dataclass(frozen=True, slots=True)
class Fakt:
    """What one office published for one month. `wert` None: nothing to report (no Hilfe ended)."""

    wert: Decimal | None
    zaehler: Decimal | None = None
    nenner: Decimal | None = None
    faelle: int = 0


Monatsfakten = Mapping[date, Fakt]


@dataclass(frozen=True, slots=True)
class Zelle:
    """One figure of the table. `geheim`: withheld. None and not `geheim`: not reported."""

    wert: Decimal | None = None
    geheim: bool = False


@dataclass(frozen=True, slots=True)
class Zeile:
    """One row: an office or an aggregate, a cell for every column."""

    key: str
    label: str
    zellen: Mapping[Spalte, Zelle]
    eigen: bool = False


@dataclass(frozen=True, slots=True)
class Spaltenkopf:
    """Months and inhabitants behind a column, and who reported."""

    monate: tuple[date, ...]
    einwohner: StichtagWahl
    geschaetzt: bool
    abdeckung: Abdeckung
    unvollstaendig: bool


@dataclass(frozen=True, slots=True)
class Tabelle:
    """Rows in the order of the register, then the aggregates in the order of the screen."""

    modus: Modus
    zeilen: Sequence[Zeile]
    aggregate: Mapping[str, Zeile]
    spalten: Mapping[Spalte, Spaltenkopf]

    @property
    def abdeckung(self) -> Abdeckung:
        return self.spalten[Spalte.AKTUELL].abdeckung


@dataclass(frozen=True, slots=True)
class Sperren:
    """Withheld (office, month) cells of what is shown, the same for every viewer."""

    zellen: frozenset[tuple[str, date]] = frozenset()

    def of(self, monate: tuple[date, ...]) -> frozenset[str]:
        """Offices withheld in a column: a mean over several months is, as soon as one of its months is."""
        return frozenset(amt for amt, m in self.zellen if m in monate)


@dataclass(frozen=True)
class Vergleich:
    """Everything the table is made of. `amt_namen` fixes the rows and their order."""

    monat: date
    letzter_abgeschlossener: date
    modus: Modus
    ist_verhaeltnis: bool
    amt_namen: Mapping[str, str]
    fakten: Mapping[str, Monatsfakten]
    bestand: Mapping[str, Monatsfakten]
    bevoelkerung: Bevoelkerung
    sperren: Sperren = field(default_factory=Sperren)
    eigen: str | None = None


@dataclass(frozen=True)
class _Spaltenwerte:
    monate: tuple[date, ...]
    wahl: StichtagWahl
    gewichte: dict[str, Decimal]
    absolut: dict[str, Decimal | None]
    gezeigt: dict[str, Decimal | None]
    geheim: frozenset[str]


def list_monate(vergleich: Vergleich, spalte: Spalte) -> tuple[date, ...]:
    """Months a column is made of (rule 5: closed months up to the chosen one; all of the previous year)."""
    monat = vergleich.monat
    if spalte is Spalte.AKTUELL:
        return (monat,)
    if spalte is Spalte.VORMONAT:
        return (vormonat(monat),)
    jahr, letzter = (monat.year, 12) if spalte is Spalte.JAHR else (monat.year - 1, 12)
    bis = min(monat, vergleich.letzter_abgeschlossener)
    return tuple(m for m in (date(jahr, n, 1) for n in range(1, letzter + 1)) if spalte is Spalte.VORJAHR or m <= bis)


def _mittel(vergleich: Vergleich, amt: str, monate: tuple[date, ...]) -> Decimal | None:
    """One office's value of a column: mean of its reported months, or payments through mean Bestand."""
    fakten = vergleich.fakten.get(amt, {})
    gemeldet = {m: fakten[m].wert for m in monate if m in fakten and fakten[m].wert is not None}
    if not gemeldet:
        return None
    if vergleich.modus is Modus.FALL:
        faelle = vergleich.bestand.get(amt, {})
        paare = {m: faelle[m].wert for m in gemeldet if m in faelle}
        return rules.gepoolt({str(m): gemeldet[m] for m in paare}, {str(m): n for m, n in paare.items()})
    return rules.monatsdurchschnitt(gemeldet, monate[0].year).wert


def _compute_spalte(vergleich: Vergleich, spalte: Spalte) -> _Spaltenwerte:
    monate = list_monate(vergleich, spalte)
    monat = vergleich.monat
    beginn = {Spalte.JAHR: date(monat.year, 1, 1), Spalte.VORJAHR: date(monat.year - 1, 1, 1)}.get(spalte) or monate[0]
    alter = vergleich.modus.alter_bis
    wahl = vergleich.bevoelkerung.choose(beginn, alter)
    gewichte = vergleich.bevoelkerung.count(wahl, alter)
    absolut = {amt: _mittel(vergleich, amt, monate) for amt in vergleich.amt_namen}
    return _Spaltenwerte(
        monate=monate,
        wahl=wahl,
        gewichte=gewichte,
        absolut=absolut,
        gezeigt=_rates(absolut, gewichte) if vergleich.modus.ist_rate else absolut,
        geheim=vergleich.sperren.of(monate),
    )


def _rates(absolut: Werte, einwohner: Mapping[str, Decimal]) -> dict[str, Decimal | None]:
    return {amt: rules.rate_je(wert, einwohner[amt]) for amt, wert in absolut.items()}


def _summe(vergleich: Vergleich, s: _Spaltenwerte) -> Decimal | None:
    """Sum of absolute figures; the rate of all together in rate modes; blank for ratios (rule 4)."""
    if vergleich.ist_verhaeltnis or vergleich.modus is Modus.FALL:
        return None
    if vergleich.modus.ist_rate:
        return rules.gepoolt(s.absolut, s.gewichte, 1000)
    return rules.summe(s.absolut).wert


def _total(fakten: Monatsfakten, monate: tuple[date, ...], name: str) -> Decimal | None:
    werte = [getattr(fakten[m], name) for m in monate if m in fakten]
    gemeldet = [wert for wert in werte if wert is not None]
    return sum(gemeldet, Decimal(0)) if gemeldet else None


def _gepoolt(vergleich: Vergleich, s: _Spaltenwerte, aemter: Sequence[str]) -> Decimal | None:
    """Σ numerator / Σ denominator over all offices and months of the column (candidate D)."""
    oben, unten = {}, {}
    for amt in aemter:
        fakten = vergleich.fakten.get(amt, {})
        if vergleich.modus is Modus.FALL:
            faelle = vergleich.bestand.get(amt, {})
            gemeinsam = tuple(m for m in s.monate if m in fakten and m in faelle)
            oben[amt], unten[amt] = _total(fakten, gemeinsam, "wert"), _total(faelle, gemeinsam, "wert")
        else:
            oben[amt], unten[amt] = _total(fakten, s.monate, "zaehler"), _total(fakten, s.monate, "nenner")
    return rules.gepoolt(oben, unten)


AGGREGATE = {
    "summe": "Summe",
    "ew_gewichteter_durchschnitt": "EW-gewichteter Durchschnitt",
    "gesamt_gepoolt": "Gesamt (gepoolt)",
    "minimum": "Minimum",
    "maximum": "Maximum",
    "median": "Median",
}


def _aggregate(vergleich: Vergleich, s: _Spaltenwerte) -> dict[str, Zelle]:
    """Rows over the offices. Each is an equation over exact cells, so one withheld cell withholds them all."""
    werte = {
        "summe": _summe(vergleich, s),
        "ew_gewichteter_durchschnitt": rules.ew_gewichteter_durchschnitt(s.gezeigt, s.gewichte),
        "gesamt_gepoolt": _gepoolt(vergleich, s, list(vergleich.amt_namen)),
        "minimum": rules.minimum(s.gezeigt),
        "maximum": rules.maximum(s.gezeigt),
        "median": rules.median(s.gezeigt),
    }
    return {name: _zelle(wert, geheim=bool(s.geheim)) for name, wert in werte.items()}


def _zelle(wert: Decimal | None, *, geheim: bool) -> Zelle:
    return Zelle(None, geheim=True) if geheim else Zelle(wert)


def _aenderungen(vergleich: Vergleich, s: Mapping[Spalte, _Spaltenwerte]) -> tuple[dict[str, Zelle], dict[str, Zelle]]:
    """Column "Veränderung in %": rows and aggregates. Both years on the same inhabitants, so that a new census shows
    no change where there is none (law.md 4).
    """
    jahr, vorjahr = s[Spalte.JAHR], s[Spalte.VORJAHR]
    geheim = jahr.geheim | vorjahr.geheim
    alt = _rates(vorjahr.absolut, jahr.gewichte) if vergleich.modus.ist_rate else vorjahr.gezeigt
    prozent = {amt: rules.veraenderung_prozent(jahr.gezeigt[amt], alt[amt]) for amt in vergleich.amt_namen}
    zeilen = {amt: _zelle(wert, geheim=amt in geheim - {vergleich.eigen}) for amt, wert in prozent.items()}
    beide, _ = rules.in_beiden_jahren(jahr.absolut, vorjahr.absolut)
    ohne_summe = vergleich.ist_verhaeltnis or vergleich.modus is Modus.FALL
    werte = {
        "summe": None if ohne_summe else rules.veraenderung_summe(jahr.absolut, vorjahr.absolut),
        "ew_gewichteter_durchschnitt": rules.veraenderung_durchschnitt(jahr.gezeigt, alt, jahr.gewichte),
        "gesamt_gepoolt": rules.veraenderung_prozent(
            _gepoolt(vergleich, jahr, list(beide)), _gepoolt(vergleich, vorjahr, list(beide))
        ),
        "minimum": rules.minimum(prozent),
        "maximum": rules.maximum(prozent),
        "median": rules.median(prozent),
    }
    return zeilen, {name: _zelle(wert, geheim=bool(geheim)) for name, wert in werte.items()}


def build_tabelle(vergleich: Vergleich) -> Tabelle:
    """Compute every row and column. Raises `VergleichError` without inhabitants on one census basis."""
    s = {spalte: _compute_spalte(vergleich, spalte) for spalte in WERTSPALTEN}
    aenderung, aenderung_aggregat = _aenderungen(vergleich, s)
    zeilen = []
    for amt, name in vergleich.amt_namen.items():
        zellen = {spalte: _zelle(w.gezeigt[amt], geheim=amt in w.geheim - {vergleich.eigen}) for spalte, w in s.items()}
        zeilen.append(Zeile(amt, name, zellen | {Spalte.VERAENDERUNG: aenderung[amt]}, eigen=amt == vergleich.eigen))
    spaltenaggregate = {spalte: _aggregate(vergleich, w) for spalte, w in s.items()}
    spaltenaggregate[Spalte.VERAENDERUNG] = aenderung_aggregat
    mit_pool = vergleich.ist_verhaeltnis or vergleich.modus is Modus.FALL
    aggregate = {
        name: Zeile(name, label, {spalte: zellen[name] for spalte, zellen in spaltenaggregate.items()})
        for name, label in AGGREGATE.items()
        if mit_pool or name != "gesamt_gepoolt"
    }
    koepfe = {spalte: _kopf(vergleich, w) for spalte, w in s.items()}
    return Tabelle(vergleich.modus, zeilen, aggregate, koepfe)


def _kopf(vergleich: Vergleich, s: _Spaltenwerte) -> Spaltenkopf:
    abdeckung = rules.abdeckung(s.gezeigt, s.gewichte)
    return Spaltenkopf(
        monate=s.monate,
        einwohner=s.wahl,
        geschaetzt=vergleich.bevoelkerung.is_estimated(s.wahl, vergleich.modus.alter_bis),
        abdeckung=abdeckung,
        unvollstaendig=abdeckung.gemeldet < abdeckung.gesamt,
    )
