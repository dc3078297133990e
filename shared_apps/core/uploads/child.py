"""The process in which a file from outside is taken apart.

Started by path, with an empty environment, for one file: it knows no key, no database, no setting. Before it looks at a
byte it limits itself: memory, seconds, no file it could write, no process it could start. What goes wrong in here is
that file's trouble and nobody else's. It reads the file from stdin and writes one line of JSON, then what is kept.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

MEMORY = 1024 * 1024 * 1024
SECONDS = 15
#: What may be kept of one file, in bytes; the parent reads no more.
ANSWER_MAX = 12 * 1024 * 1024


class Refused(Exception):
    """Carries why, as a word that `annahme.GRUENDE` says in German, and of a list perhaps the line."""


def limit() -> None:
    """From here on it can neither fill the machine nor leave anything on it."""
    import resource  # not on every system that only reads this module

    for name, wert in (
        ("RLIMIT_AS", MEMORY), ("RLIMIT_CPU", SECONDS), ("RLIMIT_FSIZE", 0), ("RLIMIT_NPROC", 0), ("RLIMIT_CORE", 0),
    ):  # fmt: skip
        resource.setrlimit(getattr(resource, name), (wert, wert))


def reencode(daten: bytes, *, pixel: int, seiten: tuple[int, ...]) -> list[bytes]:
    """The picture as WebP, once for each longest side: its pixels on new canvas, so nothing else of it comes along."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # asked below, as an answer and not as a warning
    with Image.open(BytesIO(daten), formats=("JPEG", "PNG", "WEBP")) as bild:
        if bild.width * bild.height > pixel:
            raise Refused("zu_viele_pixel")
        # The further pictures in a phone's JPEG (MPO) are depths and brightness, no film.
        if bild.format in {"PNG", "WEBP"} and getattr(bild, "n_frames", 1) > 1:
            raise Refused("bewegt")
        bild.draft("RGB", (2 * max(seiten), 2 * max(seiten)))
        bild.thumbnail((max(seiten), max(seiten)))
        aufrecht = ImageOps.exif_transpose(bild).convert("RGBA")
    teile = []
    for seite in seiten:
        kopie = aufrecht.copy()
        kopie.thumbnail((seite, seite))
        neu = Image.new("RGB", kopie.size, "white")
        neu.paste(kopie, mask=kopie.getchannel("A"))
        datei = BytesIO()
        neu.save(datei, "WEBP", quality=82, method=4)
        teile.append(datei.getvalue())
    return teile


#: Names of a PDF that make it do something, carry something or look for something elsewhere.
_KEYS = {"/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/RichMediaSettings"}
_VALUES = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/EmbeddedFile", "/RichMedia",
    "/FileAttachment", "/Movie", "/Sound", "/Screen", "/3D",
}  # fmt: skip
#: The same where no reader finds them any more, because a table leaves them out.
_RAW = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia|FileAttachment|SubmitForm)\b")
_HEAD = re.compile(rb"%PDF-[12]\.\d[\r\n \t]")
_MARKUP = (b"<html", b"<script", b"<!doctype", b"<svg", b"<?php", b"<?xml", b"pk\x03\x04")


def check_pdf(daten: bytes, *, seiten: int) -> list[bytes]:
    """Whether it is a PDF and nothing else, and one that only shows pages. Kept as it is: it may be signed."""
    from pypdf import PdfReader
    from pypdf.generic import IndirectObject

    if not _HEAD.match(daten):
        raise Refused("kaputt")
    if any(word in daten[:1024].lower() for word in _MARKUP) or b"PK\x05\x06" in daten[-70_000:]:
        raise Refused("mehrdeutig")
    if not daten.rstrip(b"\r\n\t \x00").endswith(b"%%EOF"):
        raise Refused("mehrdeutig" if b"%%EOF" in daten else "kaputt")
    if _RAW.search(daten):
        raise Refused("aktiv")
    leser = PdfReader(BytesIO(daten), strict=False)
    if leser.is_encrypted:
        raise Refused("verschluesselt")
    _look(leser.trailer)
    for generation, nummern in list(leser.xref.items()):
        for nummer in list(nummern):
            _look(leser.get_object(IndirectObject(nummer, generation, leser)))
    for nummer in list(leser.xref_objStm):
        _look(leser.get_object(IndirectObject(nummer, 0, leser)))
    if not 1 <= len(leser.pages) <= seiten:
        raise Refused("zu_viele_seiten" if leser.pages else "kaputt")
    for seite in leser.pages:
        if not isinstance(seite.get("/Type"), str):
            raise Refused("kaputt")
    return []


def _look(obj: Any) -> None:
    """One object, without following its references: each is looked at by itself."""
    offen = [obj]
    while offen:
        teil = offen.pop()
        if isinstance(teil, dict):
            if _KEYS & set(teil):
                raise Refused("aktiv")
            offen += [dict.__getitem__(teil, name) for name in teil]
        elif isinstance(teil, list):
            offen += list(list.__iter__(teil))
        elif isinstance(teil, str) and teil in _VALUES and type(teil).__name__ == "NameObject":
            raise Refused("aktiv")


# --- lists ----------------------------------------------------------------------------------------------------------

#: Beginnings of other files: an old Excel workbook or one with a password, an archive.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What `csv_export` puts an apostrophe before; a line that was downloaded to be corrected comes back as it was.
_ENTSCHAERFT = re.compile(r"""^'(?=\s*[=+\-@\t\r\n|%＝＋－＠])|(?<=[,;\t\r\n])'(?=[ "]*[=+\-@|%＝＋－＠])""")
Zeilen = Iterator[tuple[int, list[str]]]


def read_liste(daten: bytes, *, entpackt: int, zeilen: int, spalten: int, zelle: int, text: int) -> list[bytes]:
    """The head and the lines of a CSV or XLSX file as JSON: [head, [[number, cells], …]]. Nothing in it is executed;
    of a formula only the value that was stored with it is read. `text`: characters of all cells together, which a
    workbook may name a million times over and store once."""
    if daten.startswith(b"PK\x03\x04"):
        roh = _read_xlsx(daten, entpackt=entpackt, zeilen=zeilen, spalten=spalten)
    elif daten.startswith(_OLE):
        raise Refused("kennwort" if b"E\x00n\x00c\x00r\x00y\x00p\x00t" in daten else "altes_excel")
    else:
        roh = _read_csv(daten)
    kopf: list[str] = []
    inhalt: list[tuple[int, list[str]]] = []
    for nummer, werte in _within(roh, spalten=spalten, zelle=zelle, text=text):
        if not kopf:
            kopf = werte
            continue
        if len(inhalt) == zeilen:
            raise Refused("zu_viele_zeilen")
        inhalt.append((nummer, [_ENTSCHAERFT.sub("", wert) if "'" in wert else wert for wert in werte]))
    if not any(len(name) > 1 for name in kopf):
        raise Refused("kein_kopf" if kopf else "keine_liste")
    if not inhalt:
        raise Refused("keine_liste")
    return [json.dumps([kopf, inhalt], ensure_ascii=False).encode("utf-8", "replace")]


def _within(roh: Zeilen, *, spalten: int, zelle: int, text: int) -> Zeilen:
    """Lines that hold something, without what is empty at their end."""
    zeichen = 0
    for nummer, ungeputzt in roh:
        werte = [wert.strip() for wert in ungeputzt]
        while werte and not werte[-1]:
            werte.pop()
        if len(werte) > spalten:
            raise Refused("zu_viele_spalten")
        if any(len(wert) > zelle for wert in werte):
            raise Refused("zelle_zu_lang", nummer)
        zeichen += sum(map(len, werte))
        if zeichen > text:
            raise Refused("zu_viel_text")
        if werte:
            yield nummer, werte


def _read_csv(daten: bytes) -> Zeilen:
    text = _decode(daten)
    kopf = next((zeile for zeile in text.splitlines() if zeile.strip(";,\t ")), "")
    trenner = max(";\t,", key=re.sub(r'"[^"]*"', "", kopf).count)  # what is in quotation marks parts nothing
    leser = csv.reader(StringIO(text, newline=""), delimiter=trenner)
    try:
        for zeile in leser:
            yield leser.line_num, zeile
    except csv.Error as error:
        raise Refused("keine_schrift") from error


def _decode(daten: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one ("Unicode-Text"), else what Excel writes on a German Windows."""
    if daten.startswith((b"\xff\xfe", b"\xfe\xff")):
        schriften = ["utf-16"]
    else:
        schriften = ["utf-8-sig", "cp1252"]
    for schrift in schriften:
        try:
            text = daten.decode(schrift)
        except UnicodeError:
            continue
        if "\0" in text or any(zeichen < " " and zeichen not in "\t\r\n" for zeichen in text[:4_000]):
            raise Refused("keine_tabelle")
        return text
    raise Refused("keine_schrift")


def _read_xlsx(daten: bytes, *, entpackt: int, zeilen: int, spalten: int) -> Zeilen:
    from openpyxl import load_workbook

    _check_archiv(daten, entpackt, 3 * zeilen * spalten)
    mappe = load_workbook(BytesIO(daten), read_only=True, data_only=True, keep_links=False)
    blatt: Any = mappe.worksheets[0]
    blatt.reset_dimensions()  # what the file says of its size is not believed
    for nummer, zeile in enumerate(blatt.iter_rows(max_col=spalten + 1, values_only=True), 1):
        if nummer > 3 * zeilen:  # empty lines count here: a file may name line 1,048,576 alone
            raise Refused("zu_viele_zeilen")
        yield nummer, [_text(wert) for wert in zeile]


_CELL = (b"<c ", b"<c>", b"<c/")


def _check_archiv(daten: bytes, entpackt: int, zellen: int) -> None:
    """Nothing is unpacked beyond a bound, whatever the archive says of itself; `zipfile` reads no more than that."""
    archiv = ZipFile(BytesIO(daten))
    teile = archiv.infolist()
    if sum(teil.file_size for teil in teile) > entpackt or len(teile) > 500:
        raise Refused("zu_gross")
    namen = {teil.filename.lower() for teil in teile}
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in namen):
        raise Refused("makros")
    if any("/externallinks/" in name for name in namen):
        raise Refused("verweise")
    if any("/embeddings/" in name or "/activex/" in name for name in namen):
        raise Refused("eingebettet")
    if "xl/workbook.xml" not in namen:
        raise Refused("keine_tabelle")
    for teil in teile:
        if not teil.filename.lower().endswith((".xml", ".rels")):
            continue
        inhalt = archiv.read(teil)
        if _declares_entities(inhalt):
            raise Refused("kaputt")
        if sum(map(inhalt.count, _CELL)) > zellen:  # written otherwise they cost the seconds there are
            raise Refused("zu_viele_zellen")


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
    if isinstance(wert, date):  # a moment is one, too
        return f"{wert.day:02}.{wert.month:02}.{wert.year:04}"
    if isinstance(wert, float):
        ganz = wert.is_integer() and abs(wert) < 1e15
        return str(int(wert)) if ganz else f"{Decimal(repr(wert)):f}".replace(".", ",")
    return str(wert)


def main() -> None:
    """`child.py bild|pdf|liste {"pixel": …}`."""
    limit()
    grund, stelle, teile = "", 0, []
    try:
        work: Any = {"bild": reencode, "pdf": check_pdf, "liste": read_liste}[sys.argv[1]]
        teile = work(sys.stdin.buffer.read(), **json.loads(sys.argv[2]))
        if sum(map(len, teile)) > ANSWER_MAX:
            grund, teile = "zu_aufwendig", []
    except Refused as refused:
        grund, stelle = refused.args[0], next(iter(refused.args[1:]), 0)
    except MemoryError:
        grund = "zu_aufwendig"
    except Exception:
        grund = "kaputt"
    head = json.dumps({"grund": grund, "stelle": stelle, "teile": [len(teil) for teil in teile]})
    sys.stdout.buffer.write(b"".join((head.encode(), b"\n", *teile)))


if __name__ == "__main__":
    main()
