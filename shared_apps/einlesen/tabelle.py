"""A CSV or XLSX file as a head and lines of text, or a German message that says what to do.

The file comes from outside: a process that knows nothing takes it apart (`core.uploads.child`, ADR 0062), within these
bounds, and what it answers is looked at, too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from shared_apps.core.uploads.annahme import take_apart

#: Bytes of the file, and of everything an XLSX file unpacks to: ten thousand lines have a tenth of it.
GROESSE_MAX = 5_000_000
ENTPACKT_MAX = 60_000_000
ZEILEN_MAX = 10_000
SPALTEN_MAX = 80
ZELLE_MAX = 5_000
#: Characters of all cells together: a small workbook may name one text a million times.
TEXT_MAX = 8_000_000

ZU_GROSS = "Die Datei ist größer als 5 MB. Bitte teilen Sie die Liste in mehrere Dateien."
ZU_VIELE_ZEILEN = "Die Liste hat mehr als 10.000 Zeilen. Bitte teilen Sie sie in mehrere Dateien."
ZU_VIELE_SPALTEN = "Die Liste hat mehr als 80 Spalten. Bitte löschen Sie die Spalten, die nicht gebraucht werden."
ZELLE_ZU_LANG = "In Zeile {} steht ein Text mit mehr als 5.000 Zeichen. Bitte kürzen Sie ihn."
LEER = "Die Datei enthält keine Liste: Unter der Kopfzeile steht keine Zeile."
KEIN_KOPF = "In der ersten Zeile stehen keine Spaltennamen. Bitte speichern Sie die Musterliste und füllen Sie sie aus."
UNBEKANNT = "Das ist keine CSV- und keine Excel-Datei (.xlsx). Bitte speichern Sie die Liste in einer dieser Formen."
ALTES_EXCEL = "Das ist eine alte Excel-Datei (.xls). Bitte speichern Sie die Liste als „Excel-Arbeitsmappe (.xlsx)“."
KAPUTT = "Die Excel-Datei lässt sich nicht lesen. Bitte öffnen Sie sie in Excel und speichern Sie sie neu als .xlsx."
VERSCHLUESSELT = "Die Excel-Datei ist mit einem Kennwort geschützt. Bitte speichern Sie sie ohne Kennwort."
MAKROS = "Die Excel-Datei enthält Makros. Bitte speichern Sie sie als „Excel-Arbeitsmappe (.xlsx)“ ohne Makros."
VERWEISE = (
    "Die Excel-Datei holt Werte aus anderen Dateien. Bitte ersetzen Sie in Excel diese Verknüpfungen durch ihre Werte"
    " (Daten, Verknüpfungen bearbeiten, Verknüpfung löschen) und speichern Sie die Datei neu."
)
EINGEBETTET = "Die Excel-Datei enthält andere Dateien oder Programme. Bitte speichern Sie die Liste ohne sie."
ZU_VIELE_ZELLEN = (
    "Die Excel-Datei hat mehrere Millionen Zellen, auch leere. Bitte kopieren Sie nur die Liste in eine neue Datei."
)
ZU_VIEL_TEXT = "Die Liste enthält mehr als 8 Millionen Zeichen. Bitte teilen Sie sie in mehrere Dateien."
ZU_AUFWENDIG = (
    "Die Datei lässt sich nicht in vertretbarer Zeit lesen. Bitte speichern Sie die Liste als CSV, oder kopieren Sie"
    " nur die Liste in eine neue Excel-Datei."
)
KEINE_SCHRIFT = "Der Text der Datei lässt sich nicht lesen. Bitte speichern Sie sie als „CSV UTF-8“."
GRUENDE = {
    "zu_gross": ZU_GROSS, "zu_viele_zeilen": ZU_VIELE_ZEILEN, "zu_viele_spalten": ZU_VIELE_SPALTEN,
    "zelle_zu_lang": ZELLE_ZU_LANG, "keine_liste": LEER, "kein_kopf": KEIN_KOPF, "keine_tabelle": UNBEKANNT,
    "altes_excel": ALTES_EXCEL, "kennwort": VERSCHLUESSELT, "makros": MAKROS, "verweise": VERWEISE,
    "eingebettet": EINGEBETTET, "zu_viel_text": ZU_VIEL_TEXT, "zu_viele_zellen": ZU_VIELE_ZELLEN,
    "keine_schrift": KEINE_SCHRIFT, "kaputt": KAPUTT, "zu_aufwendig": ZU_AUFWENDIG,
}  # fmt: skip


class TabelleFehler(ValueError):
    """The file cannot be read; the message is German and says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Tabelle:
    """The head, and the lines that are not empty, each with its number in the file."""

    kopf: list[str]
    zeilen: list[tuple[int, list[str]]]


def read_tabelle(inhalt: bytes) -> Tabelle:
    """The table of a file. What it is, is read from its first bytes, never from its name. `TabelleFehler` says why it
    is none; `Konflikt` when many files are being read at once."""
    if len(inhalt) > GROESSE_MAX:
        raise TabelleFehler(ZU_GROSS)
    grenzen = {
        "entpackt": ENTPACKT_MAX, "zeilen": ZEILEN_MAX, "spalten": SPALTEN_MAX, "zelle": ZELLE_MAX, "text": TEXT_MAX,
    }  # fmt: skip
    antwort = take_apart("liste", inhalt, dict(grenzen))
    if antwort.grund:
        raise TabelleFehler(GRUENDE.get(antwort.grund, KAPUTT).format(antwort.stelle))
    try:
        return _build(json.loads(antwort.teile[0]))
    except (ValueError, TypeError, IndexError) as error:  # the child is not believed either
        raise TabelleFehler(KAPUTT) from error


def _build(gelesen: Any) -> Tabelle:
    kopf, zeilen = gelesen  # whatever else it is, the caller says so
    found = Tabelle([*map(str, kopf)], [(int(nummer), [*map(str, werte)]) for nummer, werte in zeilen])
    alle = [found.kopf, *(werte for _, werte in found.zeilen)]
    if len(found.zeilen) > ZEILEN_MAX or any(len(werte) > SPALTEN_MAX for werte in alle):
        raise ValueError
    return found
