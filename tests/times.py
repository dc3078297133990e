"""Where the minutes of a run went: seconds per folder and the slowest tests, printed at its end (a pytest plugin).

Seconds of a test are those of its fixtures, too: whoever is first in a module pays for the module's world.
"""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath

import pytest

#: Shorter runs are somebody's ten tests: no table then.
FROM_SECONDS = 60.0
FOLDERS, SLOWEST = 15, 10


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
        self.seconds[report.nodeid] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if sum(self.seconds.values()) >= FROM_SECONDS:
            terminalreporter.section("seconds, all workers together")
            for line in describe(self.seconds):
                terminalreporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Times())
