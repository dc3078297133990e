"""A release while people work: only what differs is touched, nobody gets an error, whoever stays behind is named."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from tenants.context import on_portal
from tenants.fence.portal import outdated_portals
from tenants.fence.scan import scan_privileges
from tenants.fence.structure import check_structure
from tenants.models import Migrationsstand
from tests import bootstrap
from tests.tenants import owner
from tests.tenants.operations.people_at_work import people_at_work

pytestmark = pytest.mark.slow

INDEX = "tests.tenants.operations.later.index_settings"
OFFICES = ["vg", "hro", "lhsn"]
COLUMN, POISON = "tests.tenants.operations.later.column_settings", "tests.tenants.operations.later.poison_settings"
#: Everything a release could have touched without need: one row per view, policy, trigger, check and function.
#: A function is replaced in place, and so are its callers: the row of the catalogue tells (xmin).
_OBJECTS = """
SELECT 'view', schemaname, viewname, (schemaname || '.' || viewname)::regclass::oid::bigint, definition
  FROM pg_views WHERE schemaname = ANY (%(places)s)
UNION ALL
SELECT 'function', n.nspname, p.oid::regprocedure::text, p.oid::bigint, p.xmin::text
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY (%(places)s)
UNION ALL
SELECT 'policy', c.relnamespace::regnamespace::text, c.relname || '.' || polname, p.oid::bigint, ''
  FROM pg_policy p JOIN pg_class c ON c.oid = polrelid WHERE c.relnamespace::regnamespace::text = ANY (%(places)s)
UNION ALL
SELECT 'trigger', c.relnamespace::regnamespace::text, c.relname || '.' || tgname, t.oid::bigint, ''
  FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
 WHERE NOT tgisinternal AND c.relnamespace::regnamespace::text = ANY (%(places)s)
UNION ALL
SELECT 'check', connamespace::regnamespace::text, conrelid::regclass::text || '.' || conname, oid::bigint,
       convalidated::text
  FROM pg_constraint WHERE contype = 'c' AND connamespace::regnamespace::text = ANY (%(places)s)
"""


def _objects(name: str) -> dict[tuple[str, str, str], tuple[int, str]]:
    places = [*OFFICES, *(f"{office}_portal" for office in OFFICES), "public"]
    with owner.superuser(name) as by_hand:
        rows = by_hand.execute(_OBJECTS, {"places": places}).fetchall()
    return {row[:3]: row[3:] for row in rows}


def _column_is_there(name: str, office: str) -> bool:
    with owner.superuser(name) as by_hand:
        return (
            by_hand.execute(
                "SELECT count(*) FROM information_schema.columns WHERE column_name = 'spaeter'"
                " AND (table_schema, table_name) IN ((%s, 'placements_reservierung'), (%s, 'placements_reservierung'))",
                [office, f"{office}_portal"],
            ).fetchone()[0]
            == 2
        )


@contextmanager
def _somebody_reads(name: str, table: str) -> Iterator[psycopg.Connection]:
    """A transaction that has read the table and does not end."""
    with psycopg.connect(bootstrap.with_database(bootstrap.OWNER_URL, name)) as reader:
        reader.execute(f"SELECT count(*) FROM {table}")
        yield reader


def test_migrate_all__touches_nothing_where_nothing_differs(own_database):
    before = _objects(own_database)
    assert {kind for kind, *_ in before} == {"view", "policy", "trigger", "check", "function"}
    assert "(0 Schemata migriert, 0 abgeglichen)" in owner.manage(own_database, "migrate_all", "--force").stdout
    assert _objects(own_database) == before


def test_migrate_all__makes_right_what_somebody_altered_by_hand_and_nothing_else(own_database):
    before = _objects(own_database)
    with owner.superuser(own_database) as by_hand:
        policy, on = by_hand.execute(
            "SELECT polname, polrelid::regclass::text FROM pg_policy WHERE polrelid::regclass::text LIKE 'vg.%'"
            " AND pg_get_expr(polqual, polrelid) <> 'true' ORDER BY 2, 1 LIMIT 1"
        ).fetchone()
        by_hand.execute(f"ALTER POLICY {policy} ON {on} USING (true)")
        by_hand.execute("ALTER TABLE vg.cases_klient DISABLE TRIGGER sojus_spur_aendern")
        by_hand.execute("REVOKE SELECT ON vg.cases_klient FROM test_t_vg")
        by_hand.execute("GRANT EXECUTE ON FUNCTION vg.audit_siegeln TO test_t_hro")
        by_hand.execute("GRANT EXECUTE ON FUNCTION occupancy_vakanzen, sojus_defer_job TO test_sojus_portal")
        by_hand.execute("ALTER FUNCTION procrastinate_defer_jobs_v1 SECURITY DEFINER")
        by_hand.execute("DROP VIEW vg_portal.billing_auszahlung")
        by_hand.execute("DROP SCHEMA hro_portal CASCADE")
        by_hand.execute("ALTER TABLE vg.cases_klient DROP CONSTRAINT sojus_lesbare_tage")
        by_hand.execute("ALTER TABLE hro.notifications_faelligermonat DROP CONSTRAINT sojus_lesbare_tage")
        by_hand.execute(
            "INSERT INTO hro.notifications_faelligermonat (id, created_at, monat)"
            " VALUES (gen_random_uuid(), now(), 'infinity')"
        )
    assert outdated_portals(OFFICES) == ["hro"]
    said = owner.manage(own_database, "migrate_all").stdout
    assert "2 abgeglichen" in said
    regel = "notifications_faelligermonat: sojus_lesbare_tage"
    assert f"hro: Ältere Zeilen widersprechen einer Prüfregel ({regel})" in said, "named, and nobody is shut out"
    assert check_structure("hro") == [
        "Prüfregel sojus_lesbare_tage an notifications_faelligermonat ist an den älteren Zeilen nicht bestätigt"
    ]
    again = owner.manage(own_database, "apply_fence", ok=False)
    assert again.returncode and f"widersprechen einer Prüfregel ({regel})" in again.stdout
    assert "keine Überschreitung" not in again.stdout
    after = _objects(own_database)
    anew = {key for key in before if before[key] != after[key] and key[1] != "hro_portal"}
    assert anew == {
        ("policy", "vg", f"{on.removeprefix('vg.')}.{policy}"),
        ("trigger", "vg", "cases_klient.sojus_spur_aendern"),
        ("check", "vg", "vg.cases_klient.sojus_lesbare_tage"),
        ("check", "hro", "hro.notifications_faelligermonat.sojus_lesbare_tage"),
        ("view", "vg_portal", "billing_auszahlung"),
        ("function", "vg", "vg.audit_siegeln(boolean)"),
        ("function", "public", "occupancy_vakanzen(uuid[],daterange)"),
        ("function", "public", "sojus_defer_job(text,jsonb)"),
        ("function", "public", "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])"),
    }
    assert before.keys() == after.keys()
    assert (outdated_portals(OFFICES), scan_privileges()) == ([], [])
    assert "0 abgeglichen" in owner.manage(own_database, "migrate_all").stdout


def test_migrate_all__nobody_gets_an_error_while_columns_change(own_database):
    """The office's people and providers go on working in all offices; tables, views and rights change under them."""
    with people_at_work() as (result, pages):
        said = owner.manage(own_database, "migrate_all", settings=COLUMN).stdout
        assert "Die Probe war nicht möglich" not in said
    assert "3 Schemata migriert" in said
    assert result.errors == []
    assert result.responses > pages and set(result.by_status) == {200, 302}
    assert all(_column_is_there(own_database, office) for office in OFFICES)
    assert scan_privileges() == []


def test_migrate_all__an_office_whose_rows_do_not_fit_is_named_and_the_others_go_on(own_database):
    with owner.superuser(own_database) as by_hand:
        by_hand.execute(
            "INSERT INTO hro.notifications_faelligermonat (id, created_at, monat)"
            " VALUES (gen_random_uuid(), now(), '1900-01-01')"
        )
    done = owner.manage(own_database, "migrate_all", settings=POISON, ok=False)
    assert done.returncode == 3
    assert "Diese Jugendämter bleiben zurück" in done.stderr and "  hro: vorhandene Daten passen nicht" in done.stderr
    assert "monat_seit_2000" in done.stderr and "1900" not in done.stderr + done.stdout
    with on_portal():
        stand = Migrationsstand.objects.get(tenant__kuerzel="HRO")
        assert (stand.grund, stand.versuche) == ("DATEN", 3)
        assert not Migrationsstand.objects.exclude(grund="").exclude(pk=stand.pk).exists()
    with owner.superuser(own_database) as by_hand:
        by_hand.execute("DELETE FROM hro.notifications_faelligermonat")
    assert "1 Schemata migriert" in owner.manage(own_database, "migrate_all", settings=POISON).stdout
    with on_portal():
        stand.refresh_from_db()
    assert (stand.grund, stand.versuche) == ("", 0)


def test_migrate_all__a_table_in_use_is_waited_for_at_the_end_and_nobody_queues_behind(own_database):
    """Somebody's transaction holds one table. The others are migrated; pages of that office wait half a second."""
    waits: list[float] = []
    with _somebody_reads(own_database, "hro.placements_reservierung") as reader:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "migrate_all"],
            cwd=bootstrap.ROOT,
            env=owner.environment(own_database, settings=COLUMN) | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        said = ""
        for line in process.stdout:
            said += line
            if "hro bleibt zurück: Tabellen waren die ganze Zeit in Gebrauch" in line:
                waits += [_seconds_to_read(own_database) for _ in range(8)]
                reader.rollback()
                break
        said += process.stdout.read()  # not communicate(): it would miss what was read ahead with the last line
        process.wait(timeout=120)
        process.stdout.close()
    assert process.returncode == 0, said
    assert "Noch einmal: hro" in said and "3 Schemata migriert" in said
    assert max(waits) < 2  # the longest a lock is asked for, and a busy machine
    assert all(_column_is_there(own_database, office) for office in OFFICES)


def test_migrate_all__an_index_is_built_while_people_read(own_database):
    """Somebody's transaction has read the tables and goes on: no office stays behind, nobody waits for the other."""
    with _somebody_reads(own_database, "hro.placements_reservierung, accounts_user") as reader:
        said = owner.manage(own_database, "migrate_all", settings=INDEX).stdout
        reader.execute("SELECT count(*) FROM hro.placements_reservierung")
    assert "3 Schemata migriert" in said and "bleibt zurück" not in said and "Noch einmal" not in said
    with owner.superuser(own_database) as by_hand:
        found = by_hand.execute(
            "SELECT schemaname FROM pg_indexes WHERE indexname LIKE 'spaeter%' ORDER BY 1"
        ).fetchall()
    assert [schema for (schema,) in found] == ["hro", "lhsn", "public", "vg"]


def _seconds_to_read(name: str) -> float:
    began = time.monotonic()
    with owner.superuser(name) as page:
        page.execute("SELECT count(*) FROM hro.placements_reservierung")
    return time.monotonic() - began


def test_migrate_all__killed_in_the_middle_goes_on_where_it_was(own_database):
    process = subprocess.Popen(
        [sys.executable, "manage.py", "migrate_all"],
        cwd=bootstrap.ROOT,
        env=owner.environment(own_database, settings=COLUMN) | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.startswith("[1/3]"):
            process.kill()
            break
    process.communicate(timeout=60)
    owner.manage(own_database, "migrate_all", settings=COLUMN)
    assert all(_column_is_there(own_database, office) for office in OFFICES)
    assert "(0 Schemata migriert, 0 abgeglichen)" in owner.manage(own_database, "migrate_all", settings=COLUMN).stdout
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'sojus_probe'")
        assert cursor.fetchone() == (0,)
