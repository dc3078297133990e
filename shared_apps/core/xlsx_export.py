"""XLSX for spreadsheets: one row after the other, no formula, no link, nothing that says who wrote it.

A text is always a text, whatever it begins with: nothing that somebody typed is ever computed by a spreadsheet. Built
inside the view, as CSV is; rows leave the memory as they are written.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

MEDIENTYP = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: As much as one cell holds.
ZELLE_MAX = 32_767
#: As much as the name of a sheet holds.
TITEL_MAX = 31
#: The same rows are the same bytes; when a file was taken is nobody's business in it.
_GEMACHT = datetime(2000, 1, 1)
_OPTIONEN = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class Blatt:
    """One sheet: a name without signs that a spreadsheet forbids, the heads of its columns, its rows."""

    titel: str
    kopf: Sequence[str]
    zeilen: Iterable[Sequence[Any]]
    #: What is typed into it stays as it is typed: 01097 a postcode, 1/2 no date.
    zum_ausfuellen: bool = False


def build_xlsx(blaetter: Iterable[Blatt]) -> bytes:
    """The whole file."""
    puffer = io.BytesIO()
    with Workbook(puffer, _OPTIONEN) as mappe:
        mappe.set_properties({"created": _GEMACHT})
        kopf = mappe.add_format({"bold": True, "bottom": 1})
        tag = mappe.add_format({"num_format": "dd.mm.yyyy"})
        zeitpunkt = mappe.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        betrag = mappe.add_format({"num_format": "#,##0.00"})
        wortlaut = mappe.add_format({"num_format": "@"})
        for blatt in blaetter:
            seite = mappe.add_worksheet(blatt.titel[:TITEL_MAX])
            seite.freeze_panes(1, 0)
            seite.set_column(0, max(len(blatt.kopf) - 1, 0), 20, wortlaut if blatt.zum_ausfuellen else None)
            for spalte, text in enumerate(blatt.kopf):
                seite.write_string(0, spalte, text, kopf)
            for nummer, zeile in enumerate(blatt.zeilen, start=1):
                for spalte, wert in enumerate(zeile):
                    _write(seite, nummer, spalte, wert, tag=tag, zeitpunkt=zeitpunkt, betrag=betrag)
    return puffer.getvalue()


def _write(seite: Worksheet, nummer: int, spalte: int, wert: Any, **formate: Any) -> None:
    if wert is None or wert == "":
        return
    if isinstance(wert, bool):
        seite.write_string(nummer, spalte, "ja" if wert else "nein")
    elif isinstance(wert, datetime):
        lokal = timezone.localtime(wert).replace(tzinfo=None)
        seite.write_datetime(nummer, spalte, lokal, formate["zeitpunkt"])
    elif isinstance(wert, date):
        seite.write_datetime(nummer, spalte, wert, formate["tag"])
    elif isinstance(wert, Decimal):
        seite.write_number(nummer, spalte, float(wert), formate["betrag"])
    elif isinstance(wert, int | float):
        seite.write_number(nummer, spalte, wert)
    else:
        text = str(wert)
        seite.write_string(nummer, spalte, text if len(text) <= ZELLE_MAX else f"{text[: ZELLE_MAX - 1]}…")


def xlsx_response(dateiname: str, blaetter: Iterable[Blatt]) -> HttpResponse:
    """A download. `dateiname` names no person and no case."""
    response = HttpResponse(build_xlsx(blaetter), content_type=MEDIENTYP)
    response["Content-Disposition"] = f'attachment; filename="{dateiname}"'
    response["Cache-Control"] = "no-store"
    return response
