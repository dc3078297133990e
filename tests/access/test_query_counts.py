"""The file of statements is read as it is written, and a page that costs something else is named with the way out."""

from __future__ import annotations

from django.db import connection

from tests.access.query_counts import COMMAND, Cost, compare, counting, read_costs, write_costs

COSTS = {("amt", "home"): Cost(21, "ASD"), ("portal", "home"): Cost(9, "BETRIEB")}


def test_written_and_read_again(tmp_path):
    write_costs(COSTS, tmp_path / "counts.txt")
    assert read_costs(tmp_path / "counts.txt") == COSTS


def test_other_number_new_page_and_page_that_is_gone_are_named():
    assert compare(("amt", "home"), Cost(21, "ASD"), COSTS) == ""
    said = compare(("amt", "home"), Cost(22, "ASD"), COSTS)
    assert "22 statements as ASD" in said and "21 statements as ASD" in said and COMMAND in said
    assert "says no page" in compare(("amt", "new"), Cost(3, "ASD"), COSTS)
    assert "no page, and" in compare(("portal", "home"), None, COSTS)


def test_every_statement_inside_counts(db):
    with counting() as sent, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.execute("SELECT %s", [2])
    assert len(sent) == 2
