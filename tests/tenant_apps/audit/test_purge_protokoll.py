"""Old entries that only say somebody looked go, in whole sealed segments; every other removal is found."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from django.test import override_settings
from django.utils import timezone

from shared_apps.core.errors import RegelVerletzt, Verweigert
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import purge_protokoll, record_access
from tenants.context import in_tenant
from tenants.models import Tenant
from tenants.trail.chain import Befundbericht, Pruefung, seal, tenant_trail
from tests.factories.cases import create_klient
from tests.tenant_apps.audit.committed import own_clone, tampering
from tests.tenants import owner

TRAIL = tenant_trail("vg")
READS = "SELECT count(*) FROM vg.audit_protokoll WHERE aktion = 'LESEN'"
#: Of the removal that `forge` writes: reads of seal 1 and 2.
FORGED = (
    "INSERT INTO vg.audit_protokollbereinigung (id, created_at, tabelle, stichtag, anzahl, von_siegel, bis_siegel,"
    " frist_monate) VALUES (gen_random_uuid(), now(), 'audit_protokoll', {stichtag}, {anzahl}, {von}, {bis}, 24)"
)


def _write(vg: Tenant) -> None:
    """Three read entries and one change, each with its own entry."""
    with in_tenant(vg, user_id=uuid4(), request_id="anfrage"):
        klient = create_klient()
    with in_tenant(vg):
        for _ in range(3):
            record_access(akteur=None, aktion=Aktion.LESEN, vorgang="test", objekt=klient)
        record_access(akteur=None, aktion=Aktion.AENDERN, vorgang="test", objekt=klient)


@pytest.fixture(scope="module")
def old(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A database of its own: seal 1 and 2 are three years old, seal 3 is of today."""
    from django.db import connection

    with django_db_blocker.unblock(), own_clone("bereinigung") as name:
        vg = Tenant.objects.get(kuerzel="VG")
        with owner.superuser(name) as su:
            now = su.execute("SELECT pg_get_functiondef('vg.audit_siegeln(boolean)'::regprocedure)").fetchone()[0]
            su.execute(now.replace("clock_timestamp()", "(clock_timestamp() - interval '3 years')"))
            for _ in range(2):
                _write(vg)
                with su.transaction():
                    su.execute("SET LOCAL session_replication_role = replica")
                    for table in ("audit_protokoll", "audit_aenderung"):
                        su.execute(
                            f"UPDATE vg.{table} SET created_at = created_at - interval '3 years'"
                            " WHERE created_at > now() - interval '1 year'"
                        )
                with in_tenant(vg):
                    assert seal() > 0
            su.execute(now)
        _write(vg)
        with in_tenant(vg):
            assert seal() > 0
        connection.close()
        yield name


def check(su: psycopg.Connection) -> Befundbericht:
    return Pruefung(TRAIL, over=su).run()


def forge(su, *, anzahl=6, von=1, bis=2, stichtag="now() - interval '2 years'", delete=True) -> None:
    """What the purge does, by hand: reads of seal `von` to `bis` go, the protocol of it is sealed."""
    if delete:
        su.execute(
            "DELETE FROM vg.audit_protokoll t USING vg.audit_siegelposten p, vg.audit_siegel s"
            " WHERE p.zeile = t.id::text AND s.id = p.siegel_id AND s.nummer BETWEEN %s AND %s AND t.aktion = 'LESEN'",
            [von, bis],
        )
    su.execute(FORGED.format(stichtag=stichtag, anzahl=anzahl, von=von, bis=bis))
    su.execute("SELECT vg.audit_siegeln(false)")


def test_removal_of_whole_sealed_segments_is_no_fault(old):
    with tampering(old) as su:
        forge(su)
        report = check(su)
        assert report.maengel == [] and report.bereinigt == 6


def test_protocol_that_is_not_sealed_covers_nothing(old):
    with tampering(old) as su:
        forge(su, anzahl=6)
        su.execute(
            "DELETE FROM vg.audit_siegelposten WHERE zeile = (SELECT id::text FROM vg.audit_protokollbereinigung)"
        )
        assert len([m for m in check(su).maengel if m.art == "Zeile entfernt"]) == 6


def test_altered_protocol_covers_nothing_more(old):
    with tampering(old) as su:
        forge(su, anzahl=3, bis=1)
        su.execute(
            "DELETE FROM vg.audit_protokoll t USING vg.audit_siegelposten p, vg.audit_siegel s"
            " WHERE p.zeile = t.id::text AND s.id = p.siegel_id AND s.nummer = 2 AND t.aktion = 'LESEN'"
        )
        su.execute("UPDATE vg.audit_protokollbereinigung SET bis_siegel = 2, anzahl = 6")
        assert any(m.tabelle == "audit_protokollbereinigung" and m.art == "Zeile geändert" for m in check(su).maengel)


@pytest.mark.parametrize("aktion", ["LESEN", "AENDERN"])
def test_removal_beyond_the_protocol_is_named(old, aktion):
    """A read entry of a later segment; an entry of a change in the very segment the protocol names."""
    with tampering(old) as su:
        nummer = 3 if aktion == "LESEN" else 1
        key = su.execute(
            "SELECT t.id FROM vg.audit_protokoll t JOIN vg.audit_siegelposten p ON p.zeile = t.id::text"
            " JOIN vg.audit_siegel s ON s.id = p.siegel_id WHERE s.nummer = %s AND t.aktion = %s ORDER BY t.id LIMIT 1",
            [nummer, aktion],
        ).fetchone()[0]
        su.execute("DELETE FROM vg.audit_protokoll WHERE id = %s", [key])
        forge(su)
        assert [(m.zeile, m.art) for m in check(su).maengel] == [(str(key), "Zeile entfernt")]


def test_removed_change_of_a_row_is_named_however_old(old):
    with tampering(old) as su:
        key = su.execute("SELECT min(zeile) FROM vg.audit_siegelposten WHERE tabelle = 'audit_aenderung'").fetchone()[0]
        su.execute("DELETE FROM vg.audit_aenderung WHERE id::text = %s", [key])
        forge(su)
        assert [(m.tabelle, m.zeile) for m in check(su).maengel] == [("audit_aenderung", key)]


def test_one_look_singled_out_is_found(old):
    """Somebody writes a protocol and removes the one entry that tells about her: the others betray it."""
    with tampering(old) as su:
        su.execute(
            "DELETE FROM vg.audit_protokoll WHERE id::text = (SELECT min(zeile) FROM vg.audit_siegelposten p"
            " JOIN vg.audit_siegel s ON s.id = p.siegel_id WHERE nur_lesen AND s.nummer = 1)"
        )
        forge(su, anzahl=1, bis=1, delete=False)
        assert [m.art for m in check(su).maengel] == ["steht noch da, obwohl ihr Abschnitt bereinigt ist"] * 2


def test_number_of_entries_has_to_fit(old):
    with tampering(old) as su:
        forge(su, anzahl=5)
        assert [m.art for m in check(su).maengel] == ["nennt 5 gelöschte Einträge, es fehlen aber 6"]


@pytest.mark.parametrize(
    ("what", "art"),
    [
        ({"von": 2, "bis": 2, "anzahl": 3}, "nennt keinen anschließenden Abschnitt (2 bis 2)"),
        ({"bis": 99}, "nennt keinen anschließenden Abschnitt (1 bis 99)"),
        ({"bis": 10**17}, f"nennt keinen anschließenden Abschnitt (1 bis {10**17})"),
        ({"bis": 3, "anzahl": 9}, "nennt Einträge, die noch aufzubewahren sind"),
        ({"bis": 3, "anzahl": 9, "stichtag": "now()"}, "nennt Einträge, die noch aufzubewahren sind"),
    ],
)
def test_protocol_that_cannot_be_true_covers_nothing(old, what, art):
    with tampering(old) as su:
        forge(su, **what)
        found = check(su).maengel
        assert [m.art for m in found if m.tabelle == "audit_protokollbereinigung"] == [art]
        assert any(m.art == "Zeile entfernt" for m in found)


def test_a_change_sealed_as_a_look_is_found_before_it_can_be_removed(old):
    """Somebody alters the function that seals, so that entries of changes end like read entries."""
    with tampering(old) as su:
        now = su.execute("SELECT pg_get_functiondef('vg.audit_siegeln(boolean)'::regprocedure)").fetchone()[0]
        assert "t.aktion = 'LESEN'" in now
        su.execute(now.replace("t.aktion = 'LESEN'", "true"))
        su.execute("CREATE TEMP TABLE kopie AS SELECT * FROM vg.audit_protokoll WHERE aktion = 'AENDERN' LIMIT 1")
        key = su.execute("UPDATE kopie SET id = gen_random_uuid(), created_at = now() RETURNING id").fetchone()[0]
        su.execute("INSERT INTO vg.audit_protokoll SELECT * FROM kopie")
        su.execute("SELECT vg.audit_siegeln(false)")
        assert (str(key), "als bloßes Lesen versiegelt, ist es aber nicht") in [
            (m.zeile, m.art) for m in check(su).maengel
        ]


def test_neither_the_office_nor_the_login_may_remove(old, django_db_blocker):
    from django.db import ProgrammingError, connection, transaction

    with django_db_blocker.unblock():
        try:
            vg = Tenant.objects.get(kuerzel="VG")
            with pytest.raises(Verweigert, match="Eigentümer"):
                purge_protokoll(tenant=vg, now=timezone.now())
            for statement in ("DELETE FROM audit_protokoll", "TRUNCATE audit_protokoll"):
                with pytest.raises(ProgrammingError, match="permission denied"), in_tenant(vg), transaction.atomic():
                    connection.cursor().execute(statement)
        finally:
            connection.close()


def test_owner_is_refused_without_the_purge_and_may_never_alter(old):
    with owner.superuser(old) as su:
        for statement in ("DELETE FROM vg.audit_protokoll", "UPDATE vg.audit_protokoll SET grund = 'x'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="nur fortgeschrieben"), su.transaction():
                su.execute(statement)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="nur fortgeschrieben"), su.transaction():
            su.execute("SET LOCAL sojus.aufbewahrung = 'audit_protokoll'")
            su.execute("UPDATE vg.audit_protokoll SET grund = 'x'")


@pytest.mark.parametrize("monate", [0, 12])
def test_purge_protokoll__refuses_a_period_that_verify_would_not_accept(monate):
    with override_settings(PROTOKOLL_LESEN_MONATE=monate, DB_MODE="owner"), pytest.raises(RegelVerletzt):
        purge_protokoll(tenant=Tenant(schema_name="vg"), now=timezone.now())


def test_purge_protokoll__does_not_touch_a_trail_that_was_tampered_with(old):
    with owner.superuser(old) as su:
        su.execute("SET session_replication_role = replica")
        changed = "UPDATE vg.audit_protokoll SET vorgang = %s WHERE id::text = (SELECT max(zeile) FROM"
        changed += " vg.audit_siegelposten WHERE tabelle = 'audit_protokoll')"
        su.execute(changed, ["erfunden"])
        done = owner.manage(old, "purge_protokoll", "--tenant", "VG", ok=False)
        assert (
            done.returncode and "VG: Bitte klären Sie vor der Bereinigung die Mängel im Protokoll (1)." in done.stdout
        )
        assert su.execute(READS).fetchone()[0] == 9
        su.execute(changed, ["test"])


def test_purge_protokoll__removes_old_reads_only_and_the_chain_holds(old):
    with owner.superuser(old) as su:
        before = su.execute("SELECT count(*), count(*) FILTER (WHERE aktion <> 'LESEN') FROM vg.audit_protokoll")
        alle, andere = before.fetchone()
        aenderungen = su.execute("SELECT count(*) FROM vg.audit_aenderung").fetchone()[0]
        assert su.execute(READS).fetchone()[0] == 9
    done = owner.manage(old, "purge_protokoll", "--tenant", "VG")
    assert "VG: 6 Leseeinträge der Siegel 1 bis 2 gelöscht (Frist 24 Monate)" in done.stdout
    with tampering(old) as su:
        report = check(su)
        assert report.maengel == [] and report.bereinigt == 6 and report.unversiegelt == 0
        assert su.execute(READS).fetchone()[0] == 3
        rest = su.execute("SELECT count(*), count(*) FILTER (WHERE aktion <> 'LESEN') FROM vg.audit_protokoll")
        assert rest.fetchone() == (alle - 6, andere)
        assert su.execute("SELECT count(*) FROM vg.audit_aenderung").fetchone()[0] == aenderungen
    assert "VG: nichts fällig" in owner.manage(old, "purge_protokoll", "--tenant", "VG").stdout
    assert "6 nach Frist gelöscht, 0 Mängel" in owner.manage(old, "verify_audit", "--tenant", "VG").stdout
