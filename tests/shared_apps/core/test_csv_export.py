"""CSV that a German spreadsheet opens without harm."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.csv_export import build_csv, format_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 1", "-2", "@SUM(A1)", "\tx", " =1", "%0A", "|calc", "＝1+1", "＋49", "－2", "＠A1"]
)
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


_text = st.text(alphabet=",;\t\r\n =+-@|%\"'1aZ＝＠", max_size=12)


@given(kopf=st.lists(_text, min_size=2, max_size=2), zeilen=st.lists(st.lists(_text, min_size=2, max_size=2)))
@pytest.mark.parametrize("trenner", [";", ",", "\t"])
def test_build_csv__no_cell_is_a_formula__whatever_it_is_opened_with(trenner, kopf, zeilen) -> None:
    inhalt = build_csv(kopf, zeilen).removeprefix("\ufeff")
    for zeile in csv.reader(io.StringIO(inhalt, newline=""), delimiter=trenner):
        assert not [
            zelle for zelle in zeile if zelle.lstrip(" ").startswith(("=", "+", "-", "@", "|", "%", "＝", "＠"))
        ], zeile


def test_build_csv__a_name_with_a_comma_and_a_formula() -> None:
    assert build_csv(["A", "B"], [["x", "Haus,=1+1"]]).endswith("x;Haus,'=1+1\r\n")
