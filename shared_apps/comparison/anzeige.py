"""How the cells of the comparison are written: decimals, units, marks, and the numbers of a bar. No Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared_apps.comparison.forms import format_monat
from shared_apps.comparison.modus import Modus
from shared_apps.comparison.rules import GEHEIM, KEINE_ANGABE, Anzeigeart, zeige
from shared_apps.comparison.tabelle import Spalte, Tabelle, Zeile, Zelle
from shared_apps.core.clock import today
from shared_apps.core.geld import KEIN_WERT
from shared_apps.core.zeitraum import monatserster

STUFEN = 5
#: Aggregates for which an empty cell means "makes no sense here", not "not reported".
LEER_STATT_KA = frozenset({"summe", "gesamt_gepoolt"})
_ART_DER_EINHEIT = {"EURO": Anzeigeart.EURO, "MONATE": Anzeigeart.MONATE, "PROZENT": Anzeigeart.PROZENT}


def choose_anzeigeart(einheit: str, modus: Modus, spalte: Spalte, zeile: str = "") -> Anzeigeart:
    """Rule 7: counts 0 to 1 decimals, rates 2, euro 0, percent 1. Means of counts get one."""
    if spalte is Spalte.VERAENDERUNG:
        return Anzeigeart.PROZENT
    if modus.ist_rate:
        return Anzeigeart.RATE
    if einheit in _ART_DER_EINHEIT:
        return _ART_DER_EINHEIT[einheit]
    if modus is Modus.FALL:
        return Anzeigeart.RATE
    ist_mittel = spalte in {Spalte.JAHR, Spalte.VORJAHR} or zeile in {"ew_gewichteter_durchschnitt", "median"}
    return Anzeigeart.ANZAHL_MITTEL if ist_mittel else Anzeigeart.ANZAHL


def write_zelle(zelle: Zelle, art: Anzeigeart, *, leer: str = KEINE_ANGABE) -> str:
    """German text of a cell: number, "k. A.", or the mark of a withheld one."""
    if zelle.geheim:
        return zeige(GEHEIM, art)
    if zelle.wert is None:
        return KEIN_WERT if art is Anzeigeart.PROZENT else leer
    return zeige(zelle.wert, art)


@dataclass(frozen=True, slots=True)
class Anzeigezeile:
    """A row as the template needs it: texts in the order of the columns, the bar's value or None."""

    key: str
    label: str
    eigen: bool
    texte: Sequence[str]
    wert: Decimal | None
    stufe: int = 0

    @property
    def text(self) -> str:
        return self.texte[0]


def name_spalte(spalte: Spalte, monat: date) -> str:
    """Head of a column. The first one is "Aktueller Monat" only while that month runs, else the month's name."""
    if spalte is Spalte.AKTUELL and monat != monatserster(today()):
        return format_monat(monat)
    return spalte.label


def write_zeile(zeile: Zeile, einheit: str, modus: Modus) -> Anzeigezeile:
    """Texts of one row."""
    leer = KEIN_WERT if zeile.key in LEER_STATT_KA else KEINE_ANGABE
    texte = [
        write_zelle(zeile.zellen[spalte], choose_anzeigeart(einheit, modus, spalte, zeile.key), leer=leer)
        for spalte in Spalte
    ]
    return Anzeigezeile(zeile.key, zeile.label, zeile.eigen, texte, zeile.zellen[Spalte.AKTUELL].wert)


def rank_stufen(tabelle: Tabelle) -> Mapping[str, int]:
    """Shade 0 to 4 of each tile by its place between the smallest and the largest value."""
    werte = {z.key: z.zellen[Spalte.AKTUELL].wert for z in tabelle.zeilen}
    gemeldet = {amt: wert for amt, wert in werte.items() if wert is not None}
    if not gemeldet:
        return {}
    unten, oben = min(gemeldet.values()), max(gemeldet.values())
    spanne = oben - unten
    if spanne == 0:
        return dict.fromkeys(gemeldet, STUFEN // 2)
    return {amt: min(STUFEN - 1, int((wert - unten) / spanne * STUFEN)) for amt, wert in gemeldet.items()}
