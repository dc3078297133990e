"""Functions that run with the owner's rights: pinned search_path, and callable only by those who need them."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from tenants.context import in_tenant
from tenants.db import roles
from tenants.jobs import defer
from tests.factories.register import create_angebot, occupy_platz, period

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent
KINDS = {
    roles.dienst(): "app", roles.land(): "land", roles.anmeldung(): "anmeldung", roles.tenants(): "tenants",
    roles.portal(): "portal",
}  # fmt: skip
DEFINER = (
    "SELECT p.oid::regprocedure::text, p.proconfig, p.proowner::regrole::text, p.oid"
    " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
)


def _definer_functions() -> list[tuple[str, list[str] | None, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(DEFINER)
        return cursor.fetchall()


PFAD = "search_path=public, pg_temp"


def test_every_one_pins_its_search_path_and_belongs_to_the_owner():
    found = _definer_functions()
    assert len(found) >= 5
    einer = {"plan_cache_mode=force_custom_plan"}  # changes how long it takes, not what it reads
    wrong = [name for name, config, _, _ in found if [s for s in config if s not in einer] != [PFAD]]
    assert wrong == []
    assert {owner for _, _, owner, _ in found} == {roles.owner()}


def test_comparison_role_may_call_none():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege(%s, oid, 'EXECUTE'), name FROM (" + DEFINER + ") f(name, c, o, oid)",
            [roles.compare()],
        )
        assert sorted(name for callable_, name in cursor.fetchall() if callable_) == []


def _table() -> dict[str, tuple[set[str], str, list[str]]]:
    """Rows of the table in docs/security.md: function -> callers, what it says of the arguments, tests."""
    text = (ROOT / "docs" / "security.md").read_text().split("<!-- definer functions: begin")[1]
    rows = [line.split(" | ") for line in text.split("<!-- definer functions: end")[0].splitlines() if "| `" in line]
    return {
        row[0].strip("| `"): (set(row[1].split(", ")) - {"nobody"}, row[2], re.findall(r"`(\w+)`", row[3]))
        for row in rows
    }


def _callers(acl: list[str] | None, schema: str) -> set[str]:
    """Words of the table for the roles that may call; whoever has no word there is listed with her name."""
    if acl is None:
        return {"PUBLIC"}
    words = {roles.owner(): "", **KINDS, **({} if schema == "public" else {roles.tenant(schema): "office"})}
    grantees = {entry.partition("=")[0].strip('"') or "PUBLIC" for entry in acl}
    return {words.get(name, name) for name in grantees} - {""}


def test_table_of_the_security_page_has_every_function_every_caller_every_argument_and_its_test(db):
    table, seen = _table(), {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, n.nspname, p.proacl::text[], coalesce(p.proargnames[1:p.pronargs], '{}')"
            " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        )
        for name, schema, acl, arguments in cursor.fetchall():
            seen.setdefault(name, []).append((_callers(acl, schema), set(arguments)))
    assert set(seen) == set(table), "each function with the owner's rights has one row"
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    for name, found in seen.items():
        callers, words, names = table[name]
        for real, arguments in found:
            assert real == callers, name
            assert {a for a in arguments if f"`{a}`" not in words} == set(), f"{name}: arguments the table is silent on"
        assert names and all(f"def {test}" in tests for test in names), f"{name}: no such test {names}"


def test_tenant_hands_a_job_over_without_seeing_the_queue(vg):
    with in_tenant(vg):
        job_id = defer("controlling.publish_kennzahlen_of_tenant", schema=vg.schema_name)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("SELECT args FROM procrastinate_jobs")
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE id = %s", [job_id])
        assert "vg" in str(cursor.fetchone())


def test_rolled_back_cause_leaves_no_job(vg):
    with contextlib.suppress(ZeroDivisionError), in_tenant(vg):
        defer("controlling.publish_kennzahlen_of_tenant", schema=vg.schema_name)
        raise ZeroDivisionError
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == (0,)


def test_counts_reach_over_offices_but_show_no_row(vg, hro):
    angebot = create_angebot()
    platz = angebot.plaetze.get()
    occupy_platz(platz=platz, tenant=vg, zeitraum=period("2026-01-01", "2026-06-30"))
    with in_tenant(hro), connection.cursor() as cursor:
        cursor.execute(
            "SELECT frei, gesamt FROM occupancy_vakanzen(ARRAY[%s::uuid], '[2026-02-01,2026-03-01)')", [angebot.pk]
        )
        assert cursor.fetchone() == (0, 1)
        cursor.execute("SELECT count(*) FROM occupancy_platzbindung")
        assert cursor.fetchone() == (0,)
