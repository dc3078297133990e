"""CSV for German spreadsheets: semicolons, BOM, decimal commas, no formulas.

Built eagerly inside the view: a streamed answer would be read after the fence is closed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from shared_apps.core.zeitraum import format_datum

#: The full-width ones are the plain ones to a spreadsheet of some languages.
_GEFAEHRLICH = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
#: Where a cell would begin if the file were opened with another separator, or its lines were cut within a cell.
_TRENNER = (",", ";", "\t", "\r", "\n")
_ANFANG_ANDERSWO = re.compile(rf"([{''.join(_TRENNER)}])(?=[ \"]*[=+\-@|%＝＋－＠])")


def format_cell(value: Any) -> str:
    """Text of one cell. What a spreadsheet would take for a formula gets an apostrophe (ASVS 1.2.10), wherever a cell
    could begin: quotation marks alone do not help, for with another separator they are in the middle of a cell."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return format_datum(value)
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    text = "" if value is None else str(value)
    if any(map(text.__contains__, _TRENNER)):  # few have one, and to look for what follows takes ten times as long
        text = _ANFANG_ANDERSWO.sub(r"\1'", text)
    return f"'{text}" if text.lstrip(" ").startswith(_GEFAEHRLICH) else text


def build_csv(kopf: Sequence[str], zeilen: Iterable[Sequence[Any]]) -> str:
    """The whole table as text, with BOM."""
    puffer = io.StringIO()
    schreiber = csv.writer(puffer, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    schreiber.writerows([format_cell(wert) for wert in zeile] for zeile in (kopf, *zeilen))
    return "\ufeff" + puffer.getvalue()


def csv_response(dateiname: str, kopf: Sequence[str], zeilen: Iterable[Sequence[Any]]) -> HttpResponse:
    """A download. `dateiname` names no person and no case."""
    response = HttpResponse(build_csv(kopf, zeilen), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{dateiname}"'
    response["Cache-Control"] = "no-store"
    return response
