"""A day that PostgreSQL keeps and the program cannot read gets into no table, however it is sent."""

from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from shared_apps.core.errors import refused_by
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.notifications.models import FaelligerMonat
from tenants.context import in_tenant
from tenants.fence.checks import NAME, list_unvalidated
from tenants.fence.grants import LIBRARY_RIGHTS
from tests.factories.register import create_angebot, occupy_platz, period

pytestmark = pytest.mark.django_db

#: Every column whose type knows a day or a moment, with whether the table's check speaks of it.
_COLUMNS = """
SELECT c.relname || '.' || a.attname, coalesce(a.attnum = ANY (k.conkey), false)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.conname = %s AND k.contype = 'c' AND k.convalidated
 WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
   AND c.relname <> ALL (%s) AND t.typname ~ '^_?(date|timestamp|timestamptz|(date|ts|tstz)(multi)?range)$'
"""
#: Of a period that is held: what comes back as an error whenever somebody reads it, and what is an ordinary one.
UNREADABLE = (
    "[2026-02-01,infinity)", "[2026-02-01,infinity]", "[-infinity,2026-02-01)", "[2026-02-01,10000-01-02)",
    "[4000-01-01 BC,2026-02-01)",
)  # fmt: skip


@pytest.mark.parametrize("schema", ["public", "vg", "lhsn"])
def test_every_column_that_keeps_a_day_is_checked(schema):
    """Of all tables but those of libraries, whatever its type: a type that the check does not know is one of these."""
    with connection.cursor() as cursor:
        columns = dict(cursor.execute(_COLUMNS, [NAME, schema, [*LIBRARY_RIGHTS]]).fetchall())
    assert len(columns) > 50
    assert [name for name, is_checked in sorted(columns.items()) if not is_checked] == []
    assert list_unvalidated(schema) == []


def test_hold__every_day_of_it_can_be_read(vg):
    bindung = occupy_platz(platz=create_angebot().plaetze.get(), tenant=vg, zeitraum=period("2026-02-01", "2026-02-28"))
    sent = [("zeitraum = %s::daterange", zeitraum, NAME) for zeitraum in UNREADABLE]
    sent += [
        ("zeitraum = %s::daterange", "(,2026-02-01)", "platzbindung_hat_beginn"),
        ("zeitraum = %s::daterange", "empty", "platzbindung_zeitraum"),
        ("zustand = 'RESERVIERT', ablauf_at = %s::timestamptz", None, "platzbindung_laeuft_ab"),
        ("zustand = 'RESERVIERT', ablauf_at = %s::timestamptz", "infinity", NAME),
        ("created_at = %s::timestamptz", "12000-01-01", NAME),
    ]
    with in_tenant(vg):
        for change, value, why in sent:
            assert _refusal(f"UPDATE occupancy_platzbindung SET {change} WHERE id = %s", [value, bindung]) == why, value
        _send("UPDATE occupancy_platzbindung SET zeitraum = '[2026-02-01,)' WHERE id = %s", [bindung])
        assert Platzbindung.objects.get().zeitraum.upper is None, "until further notice is a period like any other"


def test_month_of_an_office__is_one(vg):
    with in_tenant(vg):
        for monat in ("infinity", "-infinity", "0044-03-01 BC", "10000-01-01"):
            sent = "INSERT INTO notifications_faelligermonat (id, created_at, monat) VALUES (%s, now(), %s::date)"
            assert _refusal(sent, ["01900000-0000-7000-8000-000000000000", monat]) == NAME, monat
        assert not FaelligerMonat.objects.exists()


def _refusal(statement: str, values: list) -> str | None:
    """The name of the check that refuses it."""
    with pytest.raises((IntegrityError, DataError)) as error, transaction.atomic():
        _send(statement, values)
    return refused_by(error.value)


def _send(statement: str, values: list) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
