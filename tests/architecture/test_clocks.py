"""Two clocks and no third: `now()` may stand still with `today()`, `real_now()` never does (ADR 0038).

Who asks Django or Python for the time has not decided which of them is meant.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import nodes_of, parsed, python_files

CLOCK = Path("shared_apps/core/clock.py")

#: The time as Django and Python tell it.
ASKED = {"now", "utcnow", "today"}
#: These turn a moment that they are given; without one they ask for the time, too.
ASKED_WITHOUT_A_MOMENT = {"localdate", "localtime"}
THEIRS = {"timezone", "datetime", "date"}

#: A field's default is named in its migration, word for word.
DEFAULTS = {Path("shared_apps/accounts/models/signin.py"): 1}


def _asked(tree: ast.Module) -> Iterator[int]:
    """Lines in which another clock is asked, or handed on."""
    for node in nodes_of(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
                if owner in THEIRS and name in ASKED:
                    yield node.lineno
            case ast.ImportFrom(module="django.utils.timezone", names=names):
                yield from (node.lineno for alias in names if alias.name in ASKED)
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[], keywords=[]):
                if name in ASKED_WITHOUT_A_MOMENT:
                    yield node.lineno


def test_only_the_clock_of_the_house_is_asked():
    """`tenants` cannot import it and knows no fixed day: there the real clock is the only one."""
    found = {
        path: list(_asked(parsed(path))) for path in python_files() if path.parts[0] != "tenants" and path != CLOCK
    }
    assert {path: lines for path, lines in found.items() if len(lines) != DEFAULTS.get(path, 0)} == {}, (
        "use shared_apps.core.clock: real_now() for what runs out or has been noted, now() for an act of the day shown"
    )


def test_the_lowest_floor_has_no_day_that_stands_still():
    assert [
        path for path in python_files() if path.parts[0] == "tenants" and "FIXED_TODAY" in (ast.dump(parsed(path)))
    ] == []


@pytest.mark.parametrize(
    "line",
    [
        "timezone.now()", "x = timezone.now", "django.utils.timezone.now()", "datetime.now(UTC)",
        "datetime.datetime.now()", "date.today()", "timezone.localdate()", "localtime()",
        "from django.utils.timezone import now",
    ],
)  # fmt: skip
def test_another_clock_is_found(line):
    assert list(_asked(ast.parse(line))) == [1]


@pytest.mark.parametrize(
    "line", ["real_now()", "now()", "today()", "timezone.localtime(moment)", "localtime(row.stand)"]
)
def test_the_two_clocks_and_turning_a_moment_are_not(line):
    assert list(_asked(ast.parse(line))) == []
