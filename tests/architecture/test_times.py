"""The table of minutes at the end of a long run tells folders and single tests apart."""

from __future__ import annotations

from collections import Counter

from tests.times import FOLDERS, SLOWEST, describe


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


def test_small_folders_are_summed():
    lines = describe(Counter({f"tests/{n}/t.py::t": 1 + n for n in range(FOLDERS + 3)}))
    assert lines[FOLDERS] == "     6.0 s  3 other folders"
    assert len(lines) == FOLDERS + 1 + 1 + SLOWEST
