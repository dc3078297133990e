"""The table of minutes at the end of a long run tells folders and single tests apart; the longest come first."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.times import FOLDERS, SLOWEST, Times, Unit, describe, order_of, read_longest, unit_of, write_longest


def test_folders_first_then_the_slowest_tests_and_nothing_is_lost():
    seconds = Counter(
        {"tests/a/test_x.py::test_1": 3.0, "tests/a/test_y.py::test_2[a/b]": 4.0, "tests/b/t.py::T::t": 5}
    )
    assert describe(seconds) == [
        "     7.0 s  tests/a",
        "     5.0 s  tests/b",
        "",
        "     5.0 s  tests/b/t.py::T::t",
        "     4.0 s  tests/a/test_y.py::test_2[a/b]",
        "     3.0 s  tests/a/test_x.py::test_1",
    ]


def test_seconds_of_a_subtest_are_those_of_its_test__counted_once():
    """pytest reports each subtest, and then the test with all of their time."""
    times, place = Times(), ("t.py", 1, "t")
    for kind, when, seconds in [
        (pytest.TestReport, "setup", 1.0), (pytest.SubtestReport, "call", 2.0), (pytest.SubtestReport, "call", 3.0),
        (pytest.TestReport, "call", 5.5), (pytest.TestReport, "teardown", 0.5),
    ]:  # fmt: skip
        times.pytest_runtest_logreport(kind("tests/t.py::t", place, {}, "passed", None, when, duration=seconds))
    assert times.seconds == {"tests/t.py::t": 7.0}


def test_small_folders_are_summed():
    lines = describe(Counter({f"tests/{n}/t.py::t": 1 + n for n in range(FOLDERS + 3)}))
    assert lines[FOLDERS] == "     6.0 s  3 other folders"
    assert len(lines) == FOLDERS + 1 + 1 + SLOWEST


def test_groups_and_tests_are_written_longest_first_and_read_again(tmp_path):
    seconds = Counter({"tests/a.py::x@cells": 5.0, "tests/a.py::y@cells": 4.5, "tests/b.py::z[a@b]": 7.2, "t.py::s": 1})
    write_longest(seconds, tmp_path / "longest.txt")
    assert (tmp_path / "longest.txt").read_text() == "10 cells\n7 tests/b.py::z[a@b]\n"
    assert read_longest(tmp_path / "longest.txt") == {"cells": 10, "tests/b.py::z[a@b]": 7}
    assert unit_of("tests/b.py::z[a@b]@e2e pages") == "e2e pages"


def test_the_second_worker_has_something_to_do_while_the_first_builds_the_template():
    longest = {"cells": 216, "world": 155, "walk": 90, "types": 30, "words": 8}
    units = [Unit("short", False), Unit("words", False), Unit("world", True), Unit("cells", True), Unit("types", False),
             Unit("cells", True), Unit("walk", False), Unit("walk", True)]  # fmt: skip
    names = [units[number].name for number in order_of(units, longest)]
    assert names == ["cells", "cells", "types", "words", "world", "walk", "walk", "short"]
    assert order_of([], longest) == []
