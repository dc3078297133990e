"""The scan finds whatever the catalogue grants beyond the declarations: planted one by one, found by name."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.db import connection

from shared_apps.catalogue.rights import KATALOG
from tenants.db import roles
from tenants.fence.portal import outdated_portals
from tenants.fence.scan import Violation, scan_privileges
from tenants.tables.rights import REFERENCE
from tests import bootstrap

pytestmark = pytest.mark.django_db

T, P, GROUP = "test_t_vg", "test_t_vg_portal", "test_sojus_portal"
#: What somebody grants by hand → what the scan says. Revoking a right on a table would take those on its columns, too.
PLANTED = {
    "GRANT USAGE ON SCHEMA hro TO test_t_vg": ("test_t_vg", "hro", "USAGE ON SCHEMA"),
    "GRANT CREATE ON SCHEMA vg TO test_t_vg": ("test_t_vg", "vg", "CREATE ON SCHEMA"),
    "GRANT USAGE ON SCHEMA vg TO test_t_vg_portal": ("test_t_vg_portal", "vg", "USAGE ON SCHEMA"),
    "GRANT USAGE ON SCHEMA vg_portal TO test_t_vg": ("test_t_vg", "vg_portal", "USAGE ON SCHEMA"),
    "GRANT SELECT ON vg.cases_klient TO test_t_vg_portal": ("test_t_vg_portal", "vg", "SELECT ON cases_klient"),
    "GRANT SELECT (nachname) ON vg.cases_klient TO test_sojus_compare": (
        "test_sojus_compare", "vg", "SELECT ON cases_klient (nachname)",
    ),
    "GRANT SELECT ON vg.cases_klient TO test_sojus_app": ("test_sojus_app", "vg", "SELECT ON cases_klient"),
    "GRANT SELECT ON vg.cases_klient TO PUBLIC": ("PUBLIC", "vg", "SELECT ON cases_klient"),
    "GRANT DELETE ON vg.audit_protokoll TO test_t_vg": ("test_t_vg", "vg", "DELETE ON audit_protokoll"),
    "GRANT UPDATE (klient_id) ON vg_portal.placements_reservierung TO test_t_vg_portal": (
        "test_t_vg_portal", "vg_portal", "UPDATE ON placements_reservierung (klient_id)",
    ),
    "GRANT SELECT ON vg_portal.audit_protokoll TO test_t_vg_portal": (
        "test_t_vg_portal", "vg_portal", "SELECT ON audit_protokoll",
    ),
    "GRANT SELECT ON providers_anbieter TO test_sojus_compare": (
        "test_sojus_compare", "public", "SELECT ON providers_anbieter",
    ),
    "GRANT SELECT ON accounts_user TO test_sojus_tenants": ("test_sojus_tenants", "public", "SELECT ON accounts_user"),
    "GRANT DELETE ON inbox_hinweis TO test_sojus_portal": ("test_sojus_portal", "public", "DELETE ON inbox_hinweis"),
    "GRANT DELETE ON providers_anbieter TO test_t_vg": ("test_t_vg", "public", "DELETE ON providers_anbieter"),
}  # fmt: skip


@pytest.fixture
def dba(django_db_setup) -> Iterator[psycopg.Connection]:
    """Somebody with all rights and a free hand, in this test's database."""
    url = bootstrap.with_database(bootstrap.OWNER_URL, connection.settings_dict["NAME"])
    with psycopg.connect(url, autocommit=True) as by_hand:
        yield by_hand


def test_nothing_is_granted_beyond_the_declarations(vg) -> None:
    assert scan_privileges() == []
    assert outdated_portals(["vg", "hro", "lhsn"]) == []


@pytest.mark.parametrize("statement", PLANTED)
def test_grant_by_hand_is_found(vg, dba, statement) -> None:
    dba.execute(statement)
    try:
        assert scan_privileges() == [Violation(*PLANTED[statement])]
    finally:
        dba.execute(statement.replace("GRANT", "REVOKE", 1).replace(" TO ", " FROM "))
    assert scan_privileges() == []


@pytest.mark.parametrize("role", ["t_vg", "t_vg_portal", "sojus_tenants", "sojus_portal", "sojus_compare"])
def test_stranger_in_a_role_is_found(vg, dba, monkeypatch, role) -> None:
    """In a transaction that never ends well: roles are the cluster's, and other workers scan it meanwhile."""
    stranger = f"spion_{uuid.uuid4().hex[:8]}"
    monkeypatch.setattr("tenants.fence.scan.connection", dba)
    with dba.transaction(force_rollback=True):
        dba.execute(f"CREATE ROLE {stranger}; GRANT test_{role} TO {stranger}")
        assert scan_privileges() == [Violation(stranger, f"test_{role}", "MEMBER OF ROLE")]


def test_comparison_role_reads_published_figures_and_reference_only(vg) -> None:
    """A new right of this role has to be entered here, on purpose."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace"
            " AND has_any_column_privilege(%s, oid, 'SELECT, INSERT, UPDATE, REFERENCES') ORDER BY 1",
            [roles.compare()],
        )
        readable = {name for (name,) in cursor.fetchall()}
    reference = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if getattr(model._meta.auto_created or model, "rights", None) in (REFERENCE, KATALOG)
    }
    published = {"comparison_kennzahlwert", "tenants_tenant"}
    assert readable == reference | published
    assert {table.split("_")[0] for table in reference} <= {"catalogue", "regions", "comparison", "tenants"}
