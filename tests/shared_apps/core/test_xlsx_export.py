"""A spreadsheet that shows what is there and computes nothing that somebody typed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from shared_apps.core.xlsx_export import ZELLE_MAX, Blatt, build_xlsx
from tests.shared_apps.core.sheets import read_cells, read_xlsx

BOESE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    '=HYPERLINK("http://x")',
    "{=1}",
    "http://example.org",
    "0017",
    "a\x0bb",
]


def test_nothing_typed_is_a_formula_a_link_or_a_number():
    content = build_xlsx([Blatt("Böse", ["Text"], [[text] for text in BOESE])])
    cells = [row[0] for row in read_cells(content)["Böse"][1:]]
    assert {kind for kind, _ in cells} == {"s"}
    assert [text for _, text in cells][:5] == BOESE[:5] and ("s", "0017") in cells
    assert b"hyperlink" not in content and b"externalLink" not in content


def test_days_amounts_moments_and_what_is_missing():
    zeile = [
        date(2026, 11, 30), Decimal("112.70"), datetime(2026, 7, 1, 10, 0, tzinfo=UTC), None, True, 3, "ü" * 40_000,
    ]  # fmt: skip
    (row,) = read_cells(build_xlsx([Blatt("Eins", list("ABCDEFG"), [zeile])]))["Eins"][1:]
    assert row[0] == ("n", "46356") and row[1] == ("n", "112.7"), "a day is a day, an amount can be summed up"
    assert row[2] == ("n", "46204.5"), "noon in Germany"
    assert row[3] == ("", "") and row[4] == ("s", "ja") and row[5] == ("n", "3")
    assert len(row[6][1]) == ZELLE_MAX and row[6][1].endswith("…")


def test_sheets_in_their_order_and_an_empty_one_with_its_heads():
    content = build_xlsx([Blatt("Zwei", ["Name"], [["Möwe"]]), Blatt("x" * 40, ["Leer"], [])])
    found = read_xlsx(content)
    assert list(found) == ["Zwei", "x" * 31] and found["Zwei"] == [{"Name": "Möwe"}]
    assert [text for _, text in read_cells(content)["x" * 31][0]] == ["Leer"]
