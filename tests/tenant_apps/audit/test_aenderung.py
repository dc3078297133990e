"""Whatever writes, and however, leaves its trace in the same transaction."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from tenant_apps.audit.models import Aenderung
from tenant_apps.cases.models import Hilfefall
from tenants.context import in_tenant
from tenants.db import roles
from tenants.trail.triggers import REFUSING_TRIGGER, TRIGGERS, is_trail, tenant_models
from tests.factories.cases import create_hilfefall, create_klient
from tests.trail import reading

pytestmark = pytest.mark.django_db


def noted(tenant, row_id, table="cases_hilfefall") -> list[tuple[str, list[str]]]:
    with reading(tenant):
        rows = Aenderung.objects.filter(zeile=str(row_id), tabelle=table).order_by("created_at")
        return [(row.art, row.felder) for row in rows]


def test_every_tenant_table_has_the_triggers(vg):
    wanted = {
        (model._meta.db_table, name)
        for model in tenant_models()
        for name in ([REFUSING_TRIGGER] if is_trail(model) else TRIGGERS)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal"
            " AND n.nspname IN (SELECT schema_name FROM tenants_tenant)"
        )
        found = {}
        for schema, table, name, enabled in cursor.fetchall():
            assert enabled == "O"
            found.setdefault(schema, set()).add((table, name))
    assert {"vg", "hro", "lhsn"} == set(found)
    for schema, triggers in found.items():
        assert wanted - triggers == set(), schema


def test_every_table_of_the_schema_belongs_to_a_model(vg):
    """A table made by hand in a migration would have no trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'vg'::regnamespace AND relkind IN ('r', 'p')")
        tables = {row[0] for row in cursor.fetchall()}
    assert tables - {m._meta.db_table for m in tenant_models()} <= {"django_migrations"}


def case(**fields) -> Hilfefall:
    return create_hilfefall(fachkraft_id=uuid4(), **fields)


def test_orm_create_save_delete(vg):
    user = uuid4()
    with in_tenant(vg, user_id=user, request_id="anfrage-1"):
        fall = case()
        fall.team = "Neu"
        fall.save()
        key = fall.pk
        fall.delete()
    assert noted(vg, key) == [("ANLEGEN", []), ("AENDERN", ["team"]), ("LOESCHEN", [])]
    with reading(vg):
        row = Aenderung.objects.filter(zeile=str(key)).first()
        assert (row.user_id, row.request_id, row.tabelle) == (user, "anfrage-1", "cases_hilfefall")
        assert row.datenbankrolle == roles.tenant("vg")
        assert row.datenbanklogin == roles.app()
        assert row.transaktion > 0


def test_encrypted_field_is_noted_by_its_column(vg):
    with in_tenant(vg):
        klient = create_klient()
        klient.vorname = "Neu"
        klient.save()
    assert "vorname" in noted(vg, klient.pk, "cases_klient")[-1][1]


def test_update_of_many_and_bulk(vg):
    with in_tenant(vg):
        one, two = case(), case()
        Hilfefall.objects.filter(pk__in=[one.pk, two.pk]).update(team="Gleich", zustand="LAUFEND")
        one.refresh_from_db()
        one.team = "Bulk"
        Hilfefall.objects.bulk_update([one], ["team"])
    assert noted(vg, two.pk)[-1] == ("AENDERN", ["team", "zustand"])
    assert noted(vg, one.pk)[-1] == ("AENDERN", ["team"])


def test_bulk_create_and_upsert(vg):
    with in_tenant(vg):
        klient = create_klient()
        rows = [Hilfefall(fallnummer=f"B{i}", klient=klient, fachkraft_id=uuid4(), team="a") for i in (1, 2)]
        Hilfefall.objects.bulk_create(rows)
        again = Hilfefall(pk=rows[0].pk, fallnummer="B1", klient=klient, fachkraft_id=uuid4(), team="anders")
        Hilfefall.objects.bulk_create([again], update_conflicts=True, unique_fields=["id"], update_fields=["team"])
    assert noted(vg, rows[0].pk) == [("ANLEGEN", []), ("AENDERN", ["team"])]
    assert noted(vg, rows[1].pk) == [("ANLEGEN", [])]


def test_raw_sql(vg):
    with in_tenant(vg):
        fall = case()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_hilfefall SET team = 'roh' WHERE id = %s", [fall.pk])
            cursor.execute("WITH weg AS (DELETE FROM cases_hilfefall WHERE id = %s RETURNING id) SELECT 1", [fall.pk])
    assert [art for art, _ in noted(vg, fall.pk)] == ["ANLEGEN", "AENDERN", "LOESCHEN"]


def test_changed_key_is_one_that_went_and_one_that_came(vg):
    new = uuid4()
    with in_tenant(vg):
        fall = case()
        Hilfefall.objects.filter(pk=fall.pk).update(id=new)
    assert [art for art, _ in noted(vg, fall.pk)] == ["ANLEGEN", "LOESCHEN"]
    assert [art for art, _ in noted(vg, new)] == ["ANLEGEN"]


def test_delete_cascade(vg, cast):
    anna = cast.user("anna")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.pk)
        Hilfefall.objects.filter(pk=fall.pk).delete()
    assert [art for art, _ in noted(vg, fall.pk)] == ["ANLEGEN", "LOESCHEN"]


def test_update_that_changes_nothing_is_no_change(vg):
    with in_tenant(vg):
        fall = case()
        fall.save()
    assert [art for art, _ in noted(vg, fall.pk)] == ["ANLEGEN"]


def test_no_value_ever_stands_in_the_trail(vg):
    with in_tenant(vg):
        fall = case(team="Farbstoffteam")
        Hilfefall.objects.filter(pk=fall.pk).update(team="Farbstoffzwei")
    with reading(vg), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_aenderung a WHERE a::text LIKE '%%Farbstoff%%'")
        assert cursor.fetchone() == (0,)


def test_rolled_back_write_leaves_no_trace(vg):
    with in_tenant(vg):
        fall = case()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Hilfefall.objects.filter(pk=fall.pk).update(team="x")
            raise ZeroDivisionError
    assert [art for art, _ in noted(vg, fall.pk)] == ["ANLEGEN"]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_aenderung (id) VALUES (gen_random_uuid())",
        "UPDATE audit_aenderung SET zeile = ''",
        "DELETE FROM audit_aenderung",
        "TRUNCATE audit_aenderung",
        "UPDATE audit_protokoll SET grund = ''",
        "DELETE FROM audit_protokoll",
    ],
)
def test_tenant_cannot_touch_the_trail(vg, statement):
    with in_tenant(vg), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)
