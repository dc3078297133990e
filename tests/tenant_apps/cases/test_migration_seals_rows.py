"""Rows from before the encryption are sealed by the migration and found afterwards."""

from __future__ import annotations

import pytest

from tests.tenants import owner

_SCRIPT = """
from importlib import import_module
from django.db import connection
from tenant_apps.cases.models import Klient
from tenants.context import in_tenant
from tenants.models import Tenant

migration = import_module("tenant_apps.cases.migrations.0002_encrypted_identity")
connection.set_schema("vg")
with connection.cursor() as cursor, connection.schema_editor() as editor:
    for column in ("pkz text", "vorname text", "nachname text", "geburtsdatum date"):
        name, kind = column.split()
        cursor.execute(f"ALTER TABLE cases_klient ADD {name}_klar {kind}, ALTER {name} SET DEFAULT ''")
    cursor.execute(
        "INSERT INTO cases_klient (id, created_at, geschlecht, pkz_index, suchindex, pkz_klar, vorname_klar,"
        " nachname_klar, geburtsdatum_klar) VALUES ('01890000-0000-7000-8000-000000000001', now(), '2', '', '{}',"
        " 'P-1', 'Lena', 'Müller', '2011-02-03')")
    migration.SealRows().database_forwards("cases", editor, None, None)
connection.set_schema_to_public()
with in_tenant(Tenant.objects.get(kuerzel="VG")):
    klient = Klient.objects.mit_name(nachname="mueller").mit_pkz("P-1").get()
    print("GELESEN", klient, klient.pkz, klient.geburtsdatum)
"""


@pytest.mark.django_db
def test_migration__seals_existing_rows(own_database):
    done = owner.manage(own_database, "shell", "-v", "0", stdin=_SCRIPT)
    assert "GELESEN Müller, Lena P-1 2011-02-03" in done.stdout, done.stderr
