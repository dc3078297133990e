"""The table as CSV for spreadsheets: semicolon, BOM, German decimals, nothing that a spreadsheet would execute."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from shared_apps.comparison.anzeige import name_spalte, write_zeile
from shared_apps.comparison.forms import format_monat
from shared_apps.comparison.selectors import Ergebnis
from shared_apps.comparison.tabelle import Spalte
from shared_apps.core.geld import MINUS

BOM = "\ufeff"
_GEFAEHRLICH = ("=", "+", "-", "@", "\t", "\r", "\n")


def defuse(text: str) -> str:
    """A text that a spreadsheet takes as text (CSV injection, ASVS 1.2.10). A plain number stays one."""
    text = text.replace("\u00a0", " ").replace(MINUS, "-")
    kern = text.lstrip()
    if kern.startswith(_GEFAEHRLICH) and not _ist_zahl(kern):
        return f"'{text}"
    return text


def _ist_zahl(text: str) -> bool:
    ziffern = text.removeprefix("-").replace(".", "").replace(",", "", 1)
    return ziffern.isdigit() and ziffern.isascii()


def write_csv(ergebnis: Ergebnis) -> str:
    """Whole table with its definition, coverage, inhabitants and time of computation below."""
    puffer = StringIO()
    ausgabe = csv.writer(puffer, delimiter=";", lineterminator="\r\n")
    for zeile in _rows(ergebnis):
        ausgabe.writerow([defuse(feld) for feld in zeile])
    return BOM + puffer.getvalue()


def _rows(ergebnis: Ergebnis) -> Iterable[list[str]]:
    tabelle, einheit = ergebnis.tabelle, ergebnis.kennzahl.einheit
    yield [ergebnis.kennzahl.name, tabelle.modus.label, format_monat(ergebnis.monat)]
    yield [
        "Hilfeart",
        ergebnis.auswahl.hilfeart or "alle",
        "Spezialisierung",
        ergebnis.auswahl.spezialisierung or "alle",
    ]
    yield ["Kürzel", "Jugendamt", *(name_spalte(spalte, ergebnis.monat) for spalte in Spalte)]
    for zeile in tabelle.zeilen:
        yield [zeile.key, zeile.label, *write_zeile(zeile, einheit, tabelle.modus).texte]
    for zeile in tabelle.aggregate.values():
        yield ["", zeile.label, *write_zeile(zeile, einheit, tabelle.modus).texte]
    yield []
    yield ["Definition", ergebnis.kennzahl.definition]
    yield ["Quelle", ergebnis.kennzahl.quelle]
    for spalte, kopf in tabelle.spalten.items():
        yield [name_spalte(spalte, ergebnis.monat), str(kopf.abdeckung), str(kopf.einwohner.jahrgang)]
