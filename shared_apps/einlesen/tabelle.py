"""A CSV or XLSX file as a head and lines of text, or a German message that says what to do. No Django, no database.

The file comes from outside: what it unpacks to, how many lines and columns it has is bounded before anything is built
of it, nothing in it is executed, and of a formula only the value that was stored with it is read.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from shared_apps.core.zeitraum import format_datum

#: Bytes of the file, and of everything an XLSX file unpacks to: ten thousand lines have a tenth of it.
GROESSE_MAX = 5_000_000
ENTPACKT_MAX = 60_000_000
ZEILEN_MAX = 10_000
SPALTEN_MAX = 80
ZELLE_MAX = 5_000

ZU_GROSS = "Die Datei ist größer als 5 MB. Bitte teilen Sie die Liste in mehrere Dateien."
ZU_VIELE_ZEILEN = "Die Liste hat mehr als 10.000 Zeilen. Bitte teilen Sie sie in mehrere Dateien."
ZU_VIELE_SPALTEN = "Die Liste hat mehr als 80 Spalten. Bitte löschen Sie die Spalten, die nicht gebraucht werden."
ZELLE_ZU_LANG = "In Zeile {} steht ein Text mit mehr als 5.000 Zeichen. Bitte kürzen Sie ihn."
LEER = "Die Datei enthält keine Liste: Unter der Kopfzeile steht keine Zeile."
KEIN_KOPF = (
    "In der ersten Zeile stehen keine Spaltennamen. Bitte laden Sie die Vorlage und tragen Sie die Liste dort ein."
)
UNBEKANNT = "Das ist keine CSV- und keine Excel-Datei (.xlsx). Bitte speichern Sie die Liste in einer dieser Formen."
ALTES_EXCEL = "Das ist eine alte Excel-Datei (.xls). Bitte speichern Sie die Liste als „Excel-Arbeitsmappe (.xlsx)“."
KAPUTT = "Die Excel-Datei lässt sich nicht lesen. Bitte öffnen Sie sie in Excel und speichern Sie sie neu als .xlsx."
VERSCHLUESSELT = "Die Excel-Datei ist mit einem Kennwort geschützt. Bitte speichern Sie sie ohne Kennwort."
MAKROS = "Die Excel-Datei enthält Makros. Bitte speichern Sie sie als „Excel-Arbeitsmappe (.xlsx)“ ohne Makros."
KEINE_SCHRIFT = "Der Text der Datei lässt sich nicht lesen. Bitte speichern Sie sie als „CSV UTF-8“."

_ALT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What `csv_export` puts an apostrophe before; a line that was downloaded to be corrected comes back as it was.
_ENTSCHAERFT = re.compile(r"'(?=\s*[=+\-@\t\r\n|%])")


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
    """The table of a file. What it is, is read from its first bytes, never from its name."""
    if len(inhalt) > GROESSE_MAX:
        raise TabelleFehler(ZU_GROSS)
    if inhalt.startswith(b"PK\x03\x04"):
        return _build(_read_xlsx(inhalt))
    if inhalt.startswith(_ALT):
        raise TabelleFehler(VERSCHLUESSELT if b"E\x00n\x00c\x00r\x00y\x00p\x00t" in inhalt else ALTES_EXCEL)
    return _build(_read_csv(inhalt))


def _build(zeilen: Iterable[tuple[int, list[str]]]) -> Tabelle:
    kopf: list[str] = []
    inhalt: list[tuple[int, list[str]]] = []
    for nummer, roh in zeilen:
        werte = [wert.strip() for wert in roh]
        while werte and not werte[-1]:
            werte.pop()
        if len(werte) > SPALTEN_MAX:
            raise TabelleFehler(ZU_VIELE_SPALTEN)
        if any(len(wert) > ZELLE_MAX for wert in werte):
            raise TabelleFehler(ZELLE_ZU_LANG.format(nummer))
        if not werte:
            continue
        if not kopf:
            kopf = werte
            continue
        if len(inhalt) == ZEILEN_MAX:
            raise TabelleFehler(ZU_VIELE_ZEILEN)
        inhalt.append((nummer, [_ENTSCHAERFT.sub("", wert, count=1) if wert[:1] == "'" else wert for wert in werte]))
    if not any(len(name) > 1 for name in kopf):
        raise TabelleFehler(KEIN_KOPF if kopf else LEER)
    if not inhalt:
        raise TabelleFehler(LEER)
    return Tabelle(kopf, inhalt)


# --- CSV ------------------------------------------------------------------------------------------------------------


def _read_csv(inhalt: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decode(inhalt)
    trenner = _find_trenner(text)
    leser = csv.reader(io.StringIO(text, newline=""), delimiter=trenner)
    try:
        for zeile in leser:
            yield leser.line_num, zeile
    except csv.Error as error:
        raise TabelleFehler(KEINE_SCHRIFT) from error


def _decode(inhalt: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one ("Unicode-Text"), else what Excel writes on a German Windows."""
    if inhalt.startswith((b"\xff\xfe", b"\xfe\xff")):
        schriften = ["utf-16"]
    else:
        schriften = ["utf-8-sig", "cp1252"]
    for schrift in schriften:
        try:
            text = inhalt.decode(schrift)
        except UnicodeError:
            continue
        if "\0" in text or any(zeichen < " " and zeichen not in "\t\r\n" for zeichen in text[:4_000]):
            raise TabelleFehler(UNBEKANNT)
        return text
    raise TabelleFehler(KEINE_SCHRIFT)


def _find_trenner(text: str) -> str:
    """What parts the names of the first line that holds any; what is in quotation marks parts nothing."""
    kopf = next((zeile for zeile in text.splitlines() if zeile.strip(";,\t ")), "")
    frei = re.sub(r'"[^"]*"', "", kopf)
    return max(";\t,", key=frei.count)


# --- XLSX -----------------------------------------------------------------------------------------------------------


def _read_xlsx(inhalt: bytes) -> Iterator[tuple[int, list[str]]]:
    _check_archiv(inhalt)
    try:
        mappe = load_workbook(io.BytesIO(inhalt), read_only=True, data_only=True, keep_links=False)
        try:
            yield from _read_blatt(mappe.worksheets[0])
        finally:
            mappe.close()
    except TabelleFehler:
        raise
    except Exception as error:  # whatever a broken or hostile file makes the library raise, it is the file's fault
        raise TabelleFehler(KAPUTT) from error


def _read_blatt(blatt: Any) -> Iterator[tuple[int, list[str]]]:
    blatt.reset_dimensions()  # what the file says of its size is not believed
    rows = blatt.iter_rows(max_col=SPALTEN_MAX + 1, values_only=True)
    for nummer, zeile in enumerate(rows, 1):
        if nummer > 3 * ZEILEN_MAX:  # empty lines count here: a file may name line 1,048,576 alone
            raise TabelleFehler(ZU_VIELE_ZEILEN)
        yield nummer, [_text(wert) for wert in zeile]


def _check_archiv(inhalt: bytes) -> None:
    """Nothing is unpacked beyond a bound, whatever the archive says of itself; `zipfile` reads no more than that."""
    try:
        archiv = zipfile.ZipFile(io.BytesIO(inhalt))
    except (zipfile.BadZipFile, ValueError) as error:
        raise TabelleFehler(KAPUTT) from error
    teile = archiv.infolist()
    if sum(teil.file_size for teil in teile) > ENTPACKT_MAX or len(teile) > 500:
        raise TabelleFehler(ZU_GROSS)
    namen = {teil.filename for teil in teile}
    if any(name.lower().endswith("vbaproject.bin") for name in namen):
        raise TabelleFehler(MAKROS)
    if "xl/workbook.xml" not in namen:
        raise TabelleFehler(UNBEKANNT)
    try:
        for teil in teile:
            if teil.filename.lower().endswith((".xml", ".rels")) and _declares_entities(archiv.read(teil)):
                raise TabelleFehler(KAPUTT)
    except TabelleFehler:
        raise
    except Exception as error:  # wrong sums, unknown or encrypted parts
        raise TabelleFehler(KAPUTT) from error


def _declares_entities(teil: bytes) -> bool:
    """No Excel writes a document type; with one come entities, which grow or point outside."""
    return b"<!" in (flach := teil.replace(b"\0", b"")) and bool(
        re.search(rb"<!(DOCTYPE|ENTITY)", flach, re.IGNORECASE)
    )


def _text(wert: object) -> str:
    """A cell as somebody would have typed it."""
    if wert is None:
        return ""
    if isinstance(wert, bool):
        return "ja" if wert else "nein"
    if isinstance(wert, datetime):
        return format_datum(wert.date())
    if isinstance(wert, date):
        return format_datum(wert)
    if isinstance(wert, float):
        return (
            str(int(wert)) if wert.is_integer() and abs(wert) < 1e15 else f"{Decimal(repr(wert)):f}".replace(".", ",")
        )
    return str(wert)
