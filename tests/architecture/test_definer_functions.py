"""Functions that run with the owner's rights: pinned search_path, and callable only by those who need them."""

from __future__ import annotations

import pytest
from django.db import connection

from tenants import roles

pytestmark = pytest.mark.django_db

DEFINER = (
    "SELECT p.oid::regprocedure::text, p.proconfig, p.proowner::regrole::text, p.oid"
    " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
)


def _definer_functions() -> list[tuple[str, list[str] | None, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(DEFINER)
        return cursor.fetchall()


def test_every_one_pins_its_search_path_and_belongs_to_the_owner():
    found = _definer_functions()
    assert len(found) >= 5
    assert [name for name, config, _, _ in found if config != ["search_path=public, pg_temp"]] == []
    assert {owner for _, _, owner, _ in found} == {roles.owner()}


def test_comparison_role_may_call_none():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege(%s, oid, 'EXECUTE'), name FROM (" + DEFINER + ") f(name, c, o, oid)",
            [roles.compare()],
        )
        assert sorted(name for callable_, name in cursor.fetchall() if callable_) == []
