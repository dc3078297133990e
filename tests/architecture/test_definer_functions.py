"""Functions that run with the owner's rights: pinned search_path, and callable only by those who need them."""

from __future__ import annotations

import contextlib

import pytest
from django.db import ProgrammingError, connection, transaction

from tenants import roles
from tenants.context import in_tenant
from tenants.jobs import defer
from tests.factories.register import create_angebot, occupy_platz, period

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
        cursor.execute("SELECT occupancy_ist_belegt(%s::uuid, '[2026-02-01,2026-03-01)'::daterange)", [platz.pk])
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT count(*) FROM occupancy_platzbindung")
        assert cursor.fetchone() == (0,)
