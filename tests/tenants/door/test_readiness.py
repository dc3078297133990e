"""One broken office closes one office: its host says so, the others and the portal work, the operator sees it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.core.cache import cache
from django.db import ProgrammingError, connection
from django.test import Client

from tenants.context import in_tenant
from tests.tenants import owner
from tests.tenants.broken_office import BROKEN

pytestmark = pytest.mark.slow


@pytest.fixture
def dba(own_database) -> Iterator[psycopg.Connection]:
    """A hand in the database."""
    with owner.superuser(own_database) as by_hand:
        yield by_hand


def _get(host: str, path: str = "/"):
    return Client(SERVER_NAME=f"{host}.localhost").get(path)


@pytest.mark.parametrize("what", [what for what in BROKEN if what != "the trail is missing"])
def test_broken_office_shows_maintenance_and_the_others_work(dba, what):
    assert _get("hro").status_code == 302
    dba.execute(BROKEN[what])
    cache.clear()  # asked again after 30 seconds
    page = _get("hro")
    assert (page.status_code, page["Retry-After"]) == (503, "300")
    assert "Rostock ist zurzeit nicht erreichbar" in page.content.decode()
    assert "es geht nichts verloren" in page.content.decode()
    api = _get("hro", "/api/v1/buchungen/")
    assert (api.status_code, api.json()["code"]) == (503, "503")
    assert [_get(host).status_code for host in ("vg", "lhsn", "portal")] == [302, 302, 302]
    assert _get("portal", "/gesundheit/").status_code == 200


def test_office_ahead_of_this_program_is_served(dba):
    """A release migrates first and restarts the web server afterwards."""
    dba.execute("INSERT INTO hro.django_migrations (app, name, applied) VALUES ('billing', '9999_later', now())")
    cache.clear()
    assert _get("hro").status_code == 302


def test_operator_reads_why_an_office_stays_behind(dba, own_database, sign_in):
    dba.execute("DELETE FROM hro.django_migrations WHERE app = 'billing' AND name LIKE '0002%'")
    dba.execute(
        "INSERT INTO tenants_migrationsstand (tenant_id, grund, einzelheit, versuche, updated_at)"
        " SELECT id, 'SPERRE', 'OperationalError 55P03', 3, now() FROM tenants_tenant WHERE kuerzel = 'HRO'"
    )
    page = sign_in("lars").get("/betrieb/").content.decode()
    assert "2 von 3 Jugendämtern in Ordnung" in page
    assert "1 Migration fehlt" in page
    assert "Tabellen waren die ganze Zeit in Gebrauch (OperationalError 55P03)" in page


def test_web_server_waits_for_the_shared_schema_and_for_no_office(dba, own_database):
    dba.execute("DROP SCHEMA hro CASCADE")
    assert owner.manage(own_database, "wait_for_migration", "--seconds", "0", owner=False).returncode == 0
    dba.execute("DELETE FROM public.django_migrations WHERE app = 'tenants' AND name LIKE '0004%'")
    done = owner.manage(own_database, "wait_for_migration", "--seconds", "0", owner=False, ok=False)
    assert done.returncode == 1
    assert "noch nicht migriert" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("office", ["", "public", "vg'; DROP SCHEMA vg; --", "nobody", 'x" OR "1'])
def test_hindernis__says_nothing_about_schemas_that_are_no_office(db, office):
    """The web process may ask; whatever it asks, it learns one word."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenants_hindernis(%s, %s::text[], %s::text[])", [office, [], []])
        assert cursor.fetchone() == ("SCHEMA",)


def test_hindernis__is_for_the_web_process_only(vg):
    with pytest.raises(ProgrammingError, match="permission denied"), in_tenant(vg), connection.cursor() as cursor:
        cursor.execute("SELECT tenants_hindernis('vg', '{}', '{}')")
