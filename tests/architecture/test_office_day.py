"""A day is the office's day. A moment from the database is in UTC: between midnight and two its day is yesterday."""

from __future__ import annotations

import ast
import re

from django.conf import settings

from tests.architecture.tree import nodes_of, parsed, python_files, text

#: SQL that takes the session's day, which is that of UTC.
UTC_DAY = re.compile(r"current_date|localtimestamp|\bnow\(\)::date|_at\)?::date", re.IGNORECASE)

#: How this house names points in time.
MOMENT = re.compile(r"(_at|\bstand|\bvalue|\bmoment|\bjetzt)$")


def test_no_day_is_cut_out_of_a_moment():
    found = [
        f"{path}:{node.lineno}"
        for path in python_files()
        for node in nodes_of(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and not node.args
        and isinstance(node.func.value, ast.Attribute | ast.Name)
        and MOMENT.search(ast.unparse(node.func.value))
        and "demo" not in path.parts
    ]
    assert found == [], "use shared_apps.core.clock.local_date"


def test_no_sql_asks_the_session_for_the_day():
    found = [str(path) for path in python_files(migrations=True) if UTC_DAY.search(text(path))]
    assert found == [], "use (… AT TIME ZONE {zone})::date"


def test_the_offices_time_zone_stands_in_the_settings_alone():
    """Migrations are records of their day."""
    assert [str(path) for path in python_files() if settings.TIME_ZONE in text(path)] == ["config/settings/base.py"]
