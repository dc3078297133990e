"""A superuser changes the trail behind its triggers: `verify_audit` finds it and says where."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tenants.trail.chain import Kopie, Mangel, Pruefung, seal, shared_trail, tenant_trail
from tests.factories.cases import create_klient
from tests.factories.register import create_angebot
from tests.security.figures import figure
from tests.tenant_apps.audit.committed import own_clone, tampering
from tests.tenants import owner

TRAIL = tenant_trail("vg")
ALL = (*TRAIL.tables, TRAIL.siegel, TRAIL.posten)
#: How to alter a value of a type, whatever it is.
OTHER = {
    "uuid": "gen_random_uuid()",
    "timestamptz": "coalesce({c}, now()) + interval '1 second'",
    "int8": "coalesce({c}, 0) + 100",
    "int4": "coalesce({c}, 0) + 100",
    "varchar": "overlay(coalesce({c}, '') || '' placing 'X' from 1 for 1)",
    "_uuid": "array_append({c}, gen_random_uuid())",
    "_varchar": "array_append({c}, 'erfunden'::varchar)",
    "_text": "array_append({c}, 'a:b:c')",
    "bool": "NOT {c}",
    "int2": "coalesce({c}, 0) + 100",
    "jsonb": "{c} || '{{\"neu\": 1}}'",
}


@pytest.fixture(scope="module")
def sealed(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A database of its own with three seals and something in every trail table."""
    from django.db import connection

    with django_db_blocker.unblock(), own_clone("siegel") as name:
        vg = Tenant.objects.get(kuerzel="VG")
        for _ in range(3):
            with in_tenant(vg, user_id=uuid4(), request_id="anfrage"):
                klienten = [create_klient() for _ in range(3)]
            with in_tenant(vg):
                for klient in klienten:
                    record_access(akteur=None, aktion=Aktion.LESEN, vorgang="test", objekt=klient, felder=["name"])
            with in_tenant(vg):
                assert seal() > 0
            with on_portal():
                create_angebot()
            with on_portal():
                assert seal(shared=True) > 0
        with owner.superuser(name) as su:
            su.execute(
                "INSERT INTO vg.audit_protokollbereinigung (id, created_at, tabelle, stichtag, anzahl, von_siegel)"
                " VALUES (gen_random_uuid(), now(), 'audit_protokoll', now() - interval '2 years', 0, 1)"
            )
        with in_tenant(vg):
            assert seal() == 1 + 0
            assert seal() == 0
        connection.close()
        yield name


def check(connection: psycopg.Connection, trail=TRAIL, copies=None) -> list[Mangel]:
    return Pruefung(trail, copies, over=connection).run().maengel


def columns(connection: psycopg.Connection, schema: str, table: str) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT attname, typname FROM pg_attribute a JOIN pg_type t ON t.oid = atttypid"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [f"{schema}.{table}"],
    ).fetchall()


def test_untouched_trail_has_no_fault(sealed):
    with tampering(sealed) as su:
        report = Pruefung(TRAIL, over=su).run()
        assert report.maengel == []
        assert report.siegel == 4 and report.zeilen > 18 and report.unversiegelt == 0
        assert check(su, shared_trail()) == []


def test_every_column_of_every_trail_table_is_covered(sealed):
    tried = 0
    with owner.superuser(sealed) as su:
        cases = [("vg", TRAIL, table, *column) for table in ALL for column in columns(su, "vg", table)]
        shared = shared_trail()
        for table in (*shared.tables, shared.siegel, shared.posten):
            cases += [("public", shared, table, *column) for column in columns(su, "public", table)]
        cases += [("public", TRAIL, "journal_siegelkopie", *c) for c in columns(su, "public", "journal_siegelkopie")]
    missed = []
    for schema, trail, table, column, kind in cases:
        with tampering(sealed) as su:
            where = " WHERE mandant = 'vg'" if table == "journal_siegelkopie" else ""
            key = su.execute(f"SELECT id::text FROM {schema}.{table}{where} ORDER BY id LIMIT 1").fetchone()[0]
            nummer = f"Siegel {n[0]}" if (n := _nummer(su, schema, table, key)) else ""
            changed = su.execute(
                f'UPDATE {schema}.{table} SET "{column}" = {OTHER[kind].format(c=column)} WHERE id = %s', [key]
            ).rowcount
            assert changed == 1
            found = check(su, trail)
            tried += 1
            if not any(m.tabelle == table and (m.zeile == key or nummer or table.endswith("posten")) for m in found):
                missed.append((table, column, [str(m) for m in found]))
    assert missed == []
    figure("tampering: altered columns of trail tables found and named", f"{tried} of {tried}")


def _nummer(su: psycopg.Connection, schema: str, table: str, key: str) -> tuple | None:
    if "siegel" not in table or table.endswith("posten"):
        return None
    return su.execute(f"SELECT nummer FROM {schema}.{table} WHERE id = %s", [key]).fetchone()


@pytest.mark.parametrize("table", ALL)
def test_removed_row_is_found(sealed, table):
    with tampering(sealed) as su:
        su.execute(f"DELETE FROM vg.{table} WHERE id = (SELECT id FROM vg.{table} ORDER BY id LIMIT 1)")
        assert any(m.tabelle == table for m in check(su))


@pytest.mark.parametrize("table", ["audit_protokoll", "audit_aenderung"])
def test_backdated_row_is_found(sealed, table):
    with tampering(sealed) as su:
        su.execute(f"CREATE TEMP TABLE kopie AS SELECT * FROM vg.{table} ORDER BY id LIMIT 1")
        su.execute("UPDATE kopie SET id = gen_random_uuid(), created_at = now() - interval '1 hour'")
        su.execute(f"INSERT INTO vg.{table} SELECT * FROM kopie")
        key = str(su.execute("SELECT id FROM kopie").fetchone()[0])
        assert [(m.tabelle, m.zeile) for m in check(su)] == [(table, key)]
        su.execute("SELECT vg.audit_siegeln(true)")  # sealed now, but younger than its date says
        su.execute(f"UPDATE vg.{table} SET created_at = created_at WHERE id = %s", [key])
        assert all(m.zeile == key for m in check(su))


def test_two_rows_with_swapped_content_are_found(sealed):
    with tampering(sealed) as su:
        one, two = (r[0] for r in su.execute("SELECT id FROM vg.audit_protokoll ORDER BY id DESC LIMIT 2").fetchall())
        for a, b in ((one, two), (two, one)):
            su.execute(f"CREATE TEMP TABLE t{a.hex} AS SELECT objekt_id FROM vg.audit_protokoll WHERE id = %s", [b])
        for a in (one, two):
            su.execute(f"UPDATE vg.audit_protokoll SET objekt_id = (SELECT objekt_id FROM t{a.hex}) WHERE id = %s", [a])
        assert {m.zeile for m in check(su)} == {str(one), str(two)}


def test_row_altered_together_with_its_hash_is_found(sealed):
    """Somebody who knows the scheme makes row and posten fit: the seal still lists the old one."""
    with tampering(sealed) as su:
        key = su.execute("SELECT id::text FROM vg.audit_protokoll ORDER BY id LIMIT 1").fetchone()[0]
        su.execute("UPDATE vg.audit_protokoll SET vorgang = 'erfunden' WHERE id::text = %s", [key])
        su.execute(
            "UPDATE vg.audit_siegelposten p SET zeilenhash = encode(sha256(convert_to('vg.audit_protokoll|' ||"
            " (SELECT to_jsonb(t)::text FROM vg.audit_protokoll t WHERE t.id::text = p.zeile), 'UTF8')), 'hex')"
            " WHERE zeile = %s",
            [key],
        )
        assert any(m.tabelle == "audit_siegelposten" and key in str(m) for m in check(su))


def test_swapped_seals_are_found(sealed):
    with tampering(sealed) as su:
        su.execute("UPDATE vg.audit_siegel SET nummer = -nummer WHERE nummer IN (2, 3)")
        su.execute("UPDATE vg.audit_siegel SET nummer = CASE nummer WHEN -2 THEN 3 ELSE 2 END WHERE nummer < 0")
        assert any("Siegel 2" in str(m) for m in check(su))


def _cut_tail(su: psycopg.Connection) -> None:
    for table in TRAIL.tables:
        su.execute(
            f"DELETE FROM vg.{table} t USING vg.audit_siegelposten p, vg.audit_siegel s WHERE p.zeile = t.id::text"
            " AND s.id = p.siegel_id AND s.nummer >= 3"
        )
    su.execute("DELETE FROM vg.audit_siegelposten p USING vg.audit_siegel s WHERE s.id = siegel_id AND nummer >= 3")
    su.execute("DELETE FROM vg.audit_siegel WHERE nummer >= 3")


def test_cut_off_tail_is_found_by_the_copy(sealed):
    with tampering(sealed) as su:
        _cut_tail(su)
        assert [m.zeile for m in check(su)] == ["Siegel 3", "Siegel 4"]


def test_cut_off_tail_with_its_copies_is_found_by_the_exported_file(sealed):
    with tampering(sealed) as su:
        kept = su.execute("SELECT nummer, pruefsumme FROM journal_siegelkopie WHERE mandant = 'vg'").fetchall()
        copies = {nummer: [Kopie(summe)] for nummer, summe in kept}
        _cut_tail(su)
        su.execute("DELETE FROM journal_siegelkopie WHERE mandant = 'vg' AND nummer >= 3")
        assert check(su) == []
        assert [m.zeile for m in check(su, copies=copies)] == ["Siegel 3", "Siegel 4"]


def test_even_the_owner_is_refused_while_triggers_stand(sealed):
    with (
        owner.superuser(sealed) as su,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="nur fortgeschrieben"),
        su.transaction(),
    ):
        su.execute("UPDATE vg.audit_protokoll SET grund = 'x'")


def test_late_commit_is_in_the_next_seal(sealed):
    """A row whose transaction was open while others were sealed is not lost."""
    insert = (
        "INSERT INTO vg.audit_protokollbereinigung (id, created_at, tabelle, stichtag, anzahl, von_siegel)"
        " VALUES (gen_random_uuid(), now(), 'audit_protokoll', now() - interval '2 years', 0, 1)"
    )
    with owner.superuser(sealed) as slow, owner.superuser(sealed) as other:
        with slow.transaction():
            slow.execute(insert)
            other.execute(insert)
            assert other.execute("SELECT vg.audit_siegeln()").fetchone() == (1,)
        assert other.execute("SELECT vg.audit_siegeln()").fetchone() == (1,)
        with other.transaction(force_rollback=True):
            assert check(other) == []


def test_command_says_what_is_wrong_and_fails(sealed, tmp_path):
    copies = tmp_path / "siegel.jsonl"
    assert "Siegel geschrieben" in owner.manage(sealed, "export_siegel", str(copies)).stdout
    good = owner.manage(sealed, "verify_audit", "--gegen", str(copies))
    assert "vg: " in good.stdout and "0 Mängel" in good.stdout
    with owner.superuser(sealed) as su:
        su.execute("SET session_replication_role = replica")
        key = su.execute(
            "UPDATE vg.audit_protokoll SET vorgang = 'erfunden' WHERE id = (SELECT max(id::text)::uuid"
            " FROM vg.audit_protokoll) RETURNING id::text"
        ).fetchone()[0]
    bad = owner.manage(sealed, "verify_audit", "--tenant", "VG", ok=False)
    assert bad.returncode != 0
    assert f"vg.audit_protokoll {key}: Zeile geändert" in bad.stdout


def test_result_is_kept_and_told_to_the_operator_and_to_the_office_alone(sealed, django_db_blocker):
    from shared_apps.journal.selectors import find_pruefstand, list_pruefstaende

    with django_db_blocker.unblock():
        with owner.superuser(sealed) as su:
            su.execute("SET session_replication_role = replica")
            su.execute("UPDATE vg.audit_protokoll SET vorgang = 'erfunden'")
        owner.manage(sealed, "verify_audit", ok=False)
        with on_portal():
            staende = {s.name: s for s in list_pruefstaende()}
        assert staende["VG"].maengel >= 9 and not staende["VG"].ist_ueberfaellig
        assert staende["HRO"].maengel == 0 and staende["Portal"].bericht
        with in_tenant(Tenant.objects.get(kuerzel="VG")):
            own = find_pruefstand(mandant="vg")
            assert own.maengel == staende["VG"].maengel and "vg.audit_protokoll" in own.bericht.beispiele[0]
            assert find_pruefstand(mandant="hro").bericht is None


def test_operators_worker_checks_each_night(sealed, caplog):
    """The job runs where only the owner's process may read; the app's own worker must not take it."""
    from shared_apps.core.errors import Verweigert
    from shared_apps.journal.tasks import verify_all
    from tenant_apps.audit.tasks import purge_all

    assert {verify_all.queue, purge_all.queue} == {"betrieb"}
    with pytest.raises(Verweigert, match="Eigentümer"):
        verify_all(timestamp=0)
