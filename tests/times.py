"""Where the minutes of a run went, and the longest first (a pytest plugin).

Printed at the end of a run: seconds per folder and the slowest tests. Seconds of a test are those of its fixtures, too:
whoever is first in a module pays for the module's world.

Workers begin with what takes longest, so that none is left with it at the end: `longest.txt` has the seconds of what
xdist hands out as one (a test, or a group). SOJUS_WRITE_TIMES=1 makes a whole run write it. It only sets the order:
what is missing there comes afterwards, what no longer exists does no harm. The second worker begins with what needs no
database, while the first one builds the template that everything else is cloned from.

Whoever hands them out (`HandingOut`) is on the same two cores, and forgets what is done.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest
from xdist.scheduler import LoadGroupScheduling

#: Shorter runs are somebody's ten tests: no table then.
FROM_SECONDS = 60.0
FOLDERS, SLOWEST = 15, 10
#: What takes this long is worth a place in the order.
LONG_SECONDS = 4.0
LONGEST = Path(__file__).with_name("longest.txt")


def unit_of(nodeid: str) -> str:
    """What xdist hands out as one: the group that it writes behind an @, or the test itself."""
    return nodeid.rpartition("@")[2] if nodeid.rfind("@") > nodeid.rfind("]") else nodeid


def unit_of_item(item: pytest.Item) -> str:
    """The same before xdist has written it."""
    marker = item.get_closest_marker("xdist_group")
    return marker.args[0] if marker else item.nodeid


@cache
def read_longest(path: Path = LONGEST) -> dict[str, float]:
    """Seconds by unit."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {unit: float(seconds) for seconds, _, unit in (line.strip().partition(" ") for line in lines if line)}


def write_longest(seconds: Counter[str], path: Path = LONGEST) -> None:
    """The units of a run that are worth a place, the longest first."""
    units: Counter[str] = Counter()
    for nodeid, spent in seconds.items():
        units[unit_of(nodeid)] += spent
    lines = [f"{spent:.0f} {unit}" for unit, spent in units.most_common() if spent >= LONG_SECONDS]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


@pytest.hookimpl(trylast=True)  # when the browser tests have their groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker: the longest first, everything else as it was found."""
    if hasattr(config, "workerinput"):
        units = [Unit(unit_of_item(item), "django_db_setup" in item.fixturenames) for item in items]
        items[:] = [items[number] for number in order_of(units, read_longest())]


class Unit(NamedTuple):
    """What a collected test is handed out with, and whether it waits for the template."""

    name: str
    needs_database: bool


def order_of(units: list[Unit], longest: dict[str, float]) -> list[int]:
    """Tests by number, in the order they run in: the longest unit, long ones without a database, all others."""
    first = max((unit.name for unit in units), key=lambda name: longest.get(name, 0), default="")
    with_database = {unit.name for unit in units if unit.needs_database}

    def rank(number: int) -> tuple[bool, bool, float]:
        name = units[number].name
        return name != first, name in with_database or name not in longest, -longest.get(name, 0)

    return sorted(range(len(units)), key=rank)


class HandingOut(LoadGroupScheduling):
    """As xdist's own, which goes through everything that was ever handed out at the end of each test: ten seconds of
    processor for fifteen thousand."""

    def _pending_of(self, workload: dict[str, dict[str, bool]]) -> int:
        for name in [name for name, tests in workload.items() if all(tests.values())]:
            del workload[name]
        return super()._pending_of(workload)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> HandingOut | None:
    return HandingOut(config, log) if config.getoption("dist") == "loadgroup" else None


def folder_of(nodeid: str) -> str:
    """tests/tenant_apps/cases/test_views.py::test_x → tests/tenant_apps/cases"""
    return str(PurePosixPath(nodeid.partition("::")[0]).parent)


def describe(seconds: Counter[str]) -> list[str]:
    """Lines for a person: folders by their sum, then single tests; `seconds` by node id."""
    folders: Counter[str] = Counter()
    for nodeid, spent in seconds.items():
        folders[folder_of(nodeid)] += spent
    lines = [f"{spent:8.1f} s  {name}" for name, spent in folders.most_common(FOLDERS)]
    rest = sum(folders.values()) - sum(spent for _, spent in folders.most_common(FOLDERS))
    lines += [f"{rest:8.1f} s  {len(folders) - FOLDERS} other folders"] if len(folders) > FOLDERS else []
    return [*lines, "", *(f"{spent:8.1f} s  {nodeid}" for nodeid, spent in seconds.most_common(SLOWEST))]


class Times:
    """Sums what the workers report."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not isinstance(report, pytest.SubtestReport):  # its seconds are among those of its test
            self.seconds[report.nodeid] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if os.environ.get("SOJUS_WRITE_TIMES"):
            write_longest(self.seconds)
        if sum(self.seconds.values()) >= FROM_SECONDS:
            terminalreporter.section("seconds, all workers together")
            for line in describe(self.seconds):
                terminalreporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Times())
