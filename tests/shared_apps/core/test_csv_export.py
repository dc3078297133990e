"""CSV that a German spreadsheet opens without harm."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from shared_apps.core.csv_export import build_csv, format_cell


@pytest.mark.parametrize("text", ["=1+1", "+49 1", "-2", "@SUM(A1)", "\tx", " =1", "%0A", "|calc"])
def test_format_cell__formulas_become_text(text: str) -> None:
    assert format_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("wert", "text"),
    [
        (None, ""), (Decimal("1234.50"), "1234,50"), (Decimal("-3.00"), "-3,00"), (7, "7"),
        (date(2017, 6, 1), "01.06.2017"), ("Haus Möwennest", "Haus Möwennest"),
    ],
)  # fmt: skip
def test_format_cell__values_in_german(wert: object, text: str) -> None:
    assert format_cell(wert) == text


def test_build_csv__bom_semicolon_and_quotes() -> None:
    assert build_csv(["A", "B"], [["x;y", 'sagt "ja"']]) == '\ufeffA;B\r\n"x;y";"sagt ""ja"""\r\n'
