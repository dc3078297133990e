"""The table of minutes at the end of a long run tells folders and single tests apart; the longest come first."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadGroupScheduling

from tests.times import (
    FOLDERS,
    SLOWEST,
    HandingOut,
    Times,
    Unit,
    describe,
    order_of,
    read_longest,
    unit_of,
    write_longest,
)  # fmt: skip


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


class Worker:
    """A worker as whoever hands out sees it: which tests it has by number, and whether it has been sent home."""

    def __init__(self) -> None:
        self.waiting: list[int] = []
        self.done: list[int] = []
        self.shutting_down = False
        self.gateway = SimpleNamespace(id="gw")

    def send_runtest_some(self, numbers: list[int]) -> None:
        self.waiting += numbers

    def shutdown(self) -> None:
        self.shutting_down = True


TESTS = [f"t.py::t{n}@g{n // 4}" if n < 12 else f"t.py::t{n}" for n in range(60)]


def _handing_out(kind: type[LoadGroupScheduling], workers: list[Worker]) -> LoadGroupScheduling:
    options = SimpleNamespace(loadscopereorder=False, tx=["popen"] * len(workers), verbose=0)
    scheduler = kind(
        SimpleNamespace(option=options, getvalue=lambda name: options.tx), Producer("tests", enabled=False)
    )
    for worker in workers:
        scheduler.add_node(worker)
        scheduler.add_node_collection(worker, TESTS)
    scheduler.schedule()
    return scheduler


def _work(scheduler: LoadGroupScheduling, worker: Worker, number: int) -> None:
    for _ in range(min(number, len(worker.waiting))):
        worker.done.append(worker.waiting.pop(0))
        scheduler.mark_test_complete(worker, worker.done[-1])


def test_tests_are_handed_out_as_by_xdist__and_what_is_done_is_forgotten():
    found = []
    for kind in (LoadGroupScheduling, HandingOut):
        fast, slow = workers = [Worker(), Worker()]
        scheduler = _handing_out(kind, workers)
        while fast.waiting or slow.waiting:
            _work(scheduler, fast, 3)
            _work(scheduler, slow, 1)
        assert sorted(fast.done + slow.done) == list(range(len(TESTS)))
        assert scheduler.tests_finished and fast.shutting_down and slow.shutting_down
        found.append((fast.done, slow.done))
        kept = sum(map(len, scheduler.assigned_work.values()))
    assert found[0] == found[1]
    assert kept <= 8, "or each test costs as much as all before it"


def test_worker_that_dies__what_it_had_not_done_goes_to_the_other():
    one, other = workers = [Worker(), Worker()]
    scheduler = _handing_out(HandingOut, workers)
    _work(scheduler, one, 9)
    died_in = one.waiting[0]
    assert scheduler.remove_node(one) == TESTS[died_in]
    while other.waiting:
        _work(scheduler, other, 5)
    assert sorted(one.done + other.done) == list(range(len(TESTS)))
