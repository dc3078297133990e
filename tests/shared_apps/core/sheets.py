"""Reads an XLSX file as a spreadsheet does, by the standard library: sheet → rows by their heads."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def read_cells(content: bytes) -> dict[str, list[list[tuple[str, str]]]]:
    """Each cell as its kind ("s", "n", "f" for a formula) and its text; a cell that is left out is ("", "")."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        book = ElementTree.fromstring(file.read("xl/workbook.xml"))
        names = [str(sheet.get("name")) for sheet in book.iterfind("m:sheets/m:sheet", _NS)]
        return {
            name: _rows(ElementTree.fromstring(file.read(f"xl/worksheets/sheet{n}.xml")))
            for n, name in enumerate(names, start=1)
        }


def _rows(sheet: ElementTree.Element) -> list[list[tuple[str, str]]]:
    rows = []
    for row in sheet.iterfind("m:sheetData/m:row", _NS):
        cells: list[tuple[str, str]] = []
        for cell in row.iterfind("m:c", _NS):
            column = _number(re.sub(r"\d", "", str(cell.get("r"))))
            cells += [("", "")] * (column - len(cells))
            formula, text = cell.find("m:f", _NS), cell.find("m:is/m:t", _NS)
            value = text if text is not None else cell.find("m:v", _NS)
            kind = "f" if formula is not None else "s" if text is not None else "n"
            cells.append((kind, (value.text if value is not None else "") or ""))
        rows.append(cells)
    return rows


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def read_xlsx(content: bytes) -> dict[str, list[dict[str, str]]]:
    """Rows of each sheet by the heads of its columns."""
    found = {}
    for name, (kopf, *rows) in read_cells(content).items():
        heads = [text for _, text in kopf]
        found[name] = [dict(zip(heads, [text for _, text in row] + [""] * len(heads), strict=False)) for row in rows]
    return found
