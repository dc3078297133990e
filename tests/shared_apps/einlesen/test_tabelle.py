"""Files as offices have them, and as nobody should."""

from __future__ import annotations

import io
import json
import re
import zipfile
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

import pytest

from shared_apps.core.csv_export import build_csv
from shared_apps.core.errors import Konflikt
from shared_apps.core.uploads import annahme, child
from shared_apps.core.xlsx_export import Blatt, build_xlsx
from shared_apps.einlesen import tabelle
from shared_apps.einlesen.tabelle import TabelleFehler, read_tabelle
from tests.shared_apps.einlesen.lists import xlsx_of

KOPF, ZEILE = ["Träger-Nr.", "Träger"], ["T-1", "Größe; „Ähre“"]


@pytest.mark.parametrize("trenner", [";", ",", "\t"])
@pytest.mark.parametrize("schrift", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_of_every_spreadsheet(trenner, schrift):
    text = f'Träger-Nr.{trenner}"Trä{trenner}ger"\r\n\r\nT-1{trenner}"Größe; „Ähre“, ""so""\t\nzweite"\r\n'
    gelesen = read_tabelle(text.encode(schrift))
    assert gelesen.kopf == ["Träger-Nr.", f"Trä{trenner}ger"]
    assert gelesen.zeilen == [(4, ["T-1", 'Größe; „Ähre“, "so"\t\nzweite'])] or gelesen.zeilen[0][1][0] == "T-1"


def test_xlsx__as_somebody_would_have_typed_it():
    rows = [KOPF, [17489, 98.5], [date(2026, 1, 1), datetime(2026, 2, 3, 4, 5)], [True, None], ["=1+1", 7.0]]
    werte = [zeile for _, zeile in read_tabelle(xlsx_of(rows)).zeilen]
    assert werte == [["17489", "98,5"], ["01.01.2026", "03.02.2026"], ["ja"], ["", "7"]], (
        "a formula without a value is empty"
    )
    assert read_tabelle(build_xlsx([Blatt("A", KOPF, [ZEILE], zum_ausfuellen=True)])).zeilen == [(2, ZEILE)]


def test_line_that_was_downloaded_comes_back_as_it_was():
    werte = ["+49 3834 1", "-1", "@x", "Haus,=1+1;- x\n+1", "'n Haus", "|x", "＝1+1"]
    assert read_tabelle(build_csv(["Eine", "b", "c", "d", "e", "f", "g"], [werte]).encode()).zeilen[0][1] == werte
    roh = build_csv(["a"], [["=cmd|' /C calc'!A0"]])
    assert "\r\n'=cmd" in roh, "a spreadsheet takes it for a text"


def _zip(**teile: bytes) -> bytes:
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w", zipfile.ZIP_DEFLATED) as archiv:
        for name, inhalt in teile.items():
            archiv.writestr(name.replace("__", "/"), inhalt)
    return puffer.getvalue()


def _with(inhalt: bytes, name: str, teil: bytes) -> bytes:
    """A workbook with one part replaced."""
    alt, neu = zipfile.ZipFile(io.BytesIO(inhalt)), io.BytesIO()
    with zipfile.ZipFile(neu, "w", zipfile.ZIP_DEFLATED) as archiv:
        for info in alt.infolist():
            archiv.writestr(info.filename, teil if info.filename == name else alt.read(info))
        if name not in alt.namelist():
            archiv.writestr(name, teil)
    return neu.getvalue()


GUT = xlsx_of([KOPF, ZEILE])
BLATT = "xl/worksheets/sheet1.xml"
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
ROWS = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
FAR = (
    ROWS + b'<row r="1"><c r="A1" t="str"><v>Name</v></c></row>'
    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
#: Ten million cells, and still smaller than what is unpacked.
MILLIONS = ROWS + (b"<row>" + b"<c/>" * 5_000 + b"</row>") * 2_000 + b"</sheetData></worksheet>"
#: Unpacked it is half of what may be, and four times as much text.
REPEATED = xlsx_of([["x" * 4_900] * 40] * 150)
DEEP = ROWS + b"<x>" * 200_000 + b"</x>" * 200_000 + b"</sheetData></worksheet>"
BOMB = _with(GUT, "xl/media/x.bin", b"\0" * 70_000_000)


@pytest.mark.parametrize(
    ("inhalt", "meldung"),
    [
        (b"", tabelle.LEER),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", tabelle.UNBEKANNT),
        (b"%PDF-1.4\n\x00", tabelle.UNBEKANNT),
        (b"\x81\x8d\x8f;\x90", tabelle.KEINE_SCHRIFT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook", tabelle.ALTES_EXCEL),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), tabelle.VERSCHLUESSELT),
        (b"x" * 5_000_001, tabelle.ZU_GROSS),
        (b"Name;Ort\n", tabelle.LEER),
        (("Name;Ort\n" + "a;b\n" * 10_001).encode(), tabelle.ZU_VIELE_ZEILEN),
        (("Name\n" + "a;" * 90 + "b").encode(), tabelle.ZU_VIELE_SPALTEN),
        (("Name\n" + "a" * 5_001).encode(), tabelle.ZELLE_ZU_LANG.format(2)),
        (_zip(a=b"x"), tabelle.UNBEKANNT),
        (GUT[:-40], tabelle.KAPUTT),
        (_with(GUT, BLATT, ENTITY), tabelle.KAPUTT),
        (_with(GUT, BLATT, ENTITY.decode().encode("utf-16")), tabelle.KAPUTT),
        (_with(GUT, BLATT, b"<worksheet"), tabelle.KAPUTT),
        (_with(GUT, BLATT, FAR), tabelle.ZU_VIELE_ZEILEN),
        (_with(GUT, "xl/vbaProject.bin", b"x"), tabelle.MAKROS),
        (BOMB, tabelle.ZU_GROSS),
        (_with(GUT, "xl/macrosheets/sheet1.xml", b"<x/>"), tabelle.MAKROS),
        (_with(GUT, "xl/externalLinks/externalLink1.xml", b"<x/>"), tabelle.VERWEISE),
        (_with(GUT, "xl/embeddings/oleObject1.bin", b"x"), tabelle.EINGEBETTET),
        (_with(GUT, BLATT, MILLIONS), tabelle.ZU_VIELE_ZELLEN),
        (REPEATED, tabelle.ZU_VIEL_TEXT),
        (_with(GUT, BLATT, DEEP), tabelle.LEER),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[:30],
)
def test_what_is_no_list_is_refused__with_what_to_do(inhalt, meldung):
    with pytest.raises(TabelleFehler) as gesagt:
        read_tabelle(inhalt)
    assert gesagt.value.message == meldung


def test_bomb_is_small():
    assert len(BOMB) < 200_000


def test_what_takes_too_long_ends_with_its_process__and_is_said(monkeypatch):
    monkeypatch.setattr(annahme, "SECONDS", 0.01)
    with pytest.raises(TabelleFehler) as gesagt:
        read_tabelle(GUT)
    assert gesagt.value.message == tabelle.ZU_AUFWENDIG


def test_too_many_at_once__come_again(monkeypatch):
    monkeypatch.setattr(annahme, "TURN_SECONDS", 0.01)
    with ExitStack() as besetzt:
        for _ in range(annahme.AT_ONCE):
            besetzt.enter_context(annahme._turn)
        with pytest.raises(Konflikt, match="in einer Minute noch einmal"):
            read_tabelle(GUT)


@pytest.mark.parametrize("answer", [[["a"]], [["a"], [[1]]], [["a"], 7], {}, [["a" for _ in range(90)], [[1, ["b"]]]]])
def test_a_child_that_was_taken_over__is_not_believed(monkeypatch, answer):
    teile = [json.dumps(answer).encode()]
    monkeypatch.setattr(tabelle, "take_apart", lambda *_: annahme.Antwort("", 0, teile))
    with pytest.raises(TabelleFehler) as gesagt:
        read_tabelle(GUT)
    assert gesagt.value.message == tabelle.KAPUTT


def test_the_process_with_the_keys_opens_no_workbook__and_says_every_refusal():
    quelle = Path(tabelle.__file__).read_text(encoding="utf-8")
    assert "openpyxl" not in quelle and "zipfile" not in quelle
    listen = Path(child.__file__).read_text(encoding="utf-8").partition("# --- lists")[2].partition("def main")[0]
    worte = set(re.findall(r'"(\w+)"(?: if | else |\)|, nummer)', "".join(re.findall(r"Refused\(.*", listen))))
    assert len(worte) > 12 and set(tabelle.GRUENDE) >= worte
