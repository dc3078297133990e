"""Portal views stand in nobody's way: dropped before a migration, made anew after it or when declared anew."""

from __future__ import annotations

import pytest
from django.db import connection

from tenants.fence import scan_privileges
from tenants.portal import outdated_portals
from tests.tenants import owner

pytestmark = pytest.mark.slow


def _views() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_views WHERE schemaname = 'vg_portal'")
        return cursor.fetchone()[0]


def test_migrate_all__renews_views_of_an_older_declaration(own_database):
    views = _views()
    with owner.superuser(own_database) as by_hand:
        by_hand.execute("COMMENT ON SCHEMA vg_portal IS 'older'")
        by_hand.execute("DROP VIEW vg_portal.billing_rechnung")
        by_hand.execute("DROP SCHEMA hro_portal CASCADE")
    assert outdated_portals(["vg", "hro", "lhsn"]) == ["vg", "hro"]
    assert "2 Sichten erneuert" in owner.manage(own_database, "migrate_all").stdout
    assert (outdated_portals(["vg", "hro", "lhsn"]), _views(), scan_privileges()) == ([], views, [])


def test_migrate_all__tables_are_free_to_change_while_it_runs(own_database):
    """Every schema is migrated again with the views gone; afterwards all of them are there, triggers included."""
    views = _views()
    owner.manage(own_database, "migrate_all", "--force")
    assert (outdated_portals(["vg", "hro", "lhsn"]), _views(), scan_privileges()) == ([], views, [])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
            " WHERE tgname = 'portal_check' AND relnamespace = 'vg'::regnamespace"
        )
        assert cursor.fetchone() == (4,)
