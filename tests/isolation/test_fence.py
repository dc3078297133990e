"""The fence: no tenant, no access; another tenant, no row."""

from __future__ import annotations

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from shared_apps.occupancy.models import Platzbindung
from tenant_apps.cases.models import Klient
from tenants.context import NoTenant, as_comparison, current_schema, in_tenant, on_portal, require_schema
from tenants.db import roles
from tenants.db.base import Fence
from tenants.fence.scan import scan_privileges
from tenants.tables.base import CrossTenantUse
from tests.factories.cases import create_klient
from tests.factories.register import create_angebot, occupy_platz, period

pytestmark = pytest.mark.django_db


def _role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


def test_login_role_cannot_reach_any_tenant(vg):
    with pytest.raises(ProgrammingError, match="permission denied for schema"), transaction.atomic():
        connection.cursor().execute("SELECT 1 FROM vg.cases_klient")


def test_role_of_the_tenant_inside_and_login_role_outside(vg, hro):
    assert _role() == roles.dienst()
    with in_tenant(vg):
        assert _role() == roles.tenant("vg")
        with in_tenant(hro):
            assert _role() == roles.tenant("hro")
        assert _role() == roles.tenant("vg")
    assert _role() == roles.dienst()


def test_rolled_back_savepoint_does_not_carry_a_role_over(vg, hro):
    with in_tenant(vg):
        with pytest.raises(ZeroDivisionError), in_tenant(hro):
            assert _role() == roles.tenant("hro")
            raise ZeroDivisionError
        assert _role() == roles.tenant("vg")


def test_savepoint_with_nothing_in_it__says_nothing_of_a_role(vg, hro, monkeypatch):
    """A page that is refused opens a transaction and takes it back: of the role is spoken before something is asked."""
    said, statements = [], Fence.statements
    monkeypatch.setattr(Fence, "statements", lambda self, **how: said.append(self.role) or statements(self, **how))
    with in_tenant(vg):
        with pytest.raises(ZeroDivisionError), in_tenant(hro):
            raise ZeroDivisionError
        assert said == []
        assert _role() == roles.tenant("vg")
        with in_tenant(hro):
            assert _role() == roles.tenant("hro")
        assert said == [roles.tenant("vg"), roles.tenant("hro")]


def test_plain_cursor__first_thing_in_a_nested_block__is_under_the_fence(vg, hro):
    with in_tenant(vg):
        assert _role() == roles.tenant("vg")
        with in_tenant(hro), transaction.atomic(), connection.plain_cursor() as cursor:
            cursor.execute("SET LOCAL search_path = ''")  # ours may not
            assert cursor.execute("SELECT current_user").fetchone() == (roles.tenant("hro"),)


def test_database_error_inside_a_tenant_leaves_the_outer_fence(vg, hro):
    with in_tenant(vg):
        with pytest.raises(ProgrammingError), in_tenant(hro):
            connection.cursor().execute("SELECT 1 FROM vg.cases_klient")
        assert _role() == roles.tenant("vg")
        assert Klient.objects.count() == 0


def test_without_tenant_the_table_is_not_there(vg):
    with pytest.raises(ProgrammingError), transaction.atomic():
        list(Klient.objects.all())
    with pytest.raises(NoTenant):
        require_schema()


def test_row_of_one_tenant_is_unknown_in_the_other(vg, hro):
    with in_tenant(vg):
        klient = create_klient()
    with in_tenant(hro):
        assert not Klient.objects.filter(pk=klient.pk).exists()


def test_instance_of_one_tenant_cannot_be_saved_in_another(vg, hro):
    with in_tenant(vg):
        klient = create_klient()
    with in_tenant(hro), pytest.raises(CrossTenantUse):
        klient.save()


def test_lazy_queryset_of_one_tenant_cannot_be_read_in_another(vg, hro):
    with in_tenant(vg):
        create_klient()
        lazy = Klient.objects.all()
    with in_tenant(hro), pytest.raises(CrossTenantUse):
        list(lazy)


@pytest.mark.parametrize(
    "statement",
    ["SELECT 1 FROM hro.cases_klient", "SELECT pkz FROM cases_klient UNION SELECT pkz FROM hro.cases_klient"],
)
def test_raw_sql_into_another_schema_is_denied(vg, statement):
    with in_tenant(vg), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_stacked_statement_is_refused(vg):
    with in_tenant(vg), pytest.raises(ProgrammingError, match="multiple commands"), transaction.atomic():
        connection.cursor().execute("SELECT 1; SET LOCAL ROLE NONE")


def test_set_config_is_not_for_tenants(vg):
    with in_tenant(vg), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT set_config('role', 'none', true)")


@pytest.mark.parametrize("attempt", ["pg_advisory_lock", "pg_try_advisory_lock", "pg_advisory_lock_shared"])
@pytest.mark.parametrize("key", ["1", "1, 2"])
def test_no_lock_of_an_office_outlives_its_transaction(vg, attempt, key):
    """A connection goes back to the pool with it, and the next release waits for ever."""
    with in_tenant(vg), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"SELECT {attempt}({key})")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"SELECT {attempt}({key})")


def test_tenant_cannot_read_passwords(vg, cast):
    cast.user("anna")
    with in_tenant(vg), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT password FROM accounts_user")


def test_hold_of_another_office_is_invisible_but_blocks(vg, hro):
    angebot = create_angebot()
    platz = angebot.plaetze.get()
    occupy_platz(platz=platz, tenant=vg, zeitraum=period("2026-01-01", "2026-06-30"))
    with in_tenant(hro):
        assert Platzbindung.objects.count() == 0
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT frei, gesamt FROM occupancy_vakanzen(%s::uuid[], %s::daterange)",
                [[angebot.pk], "[2026-03-01,2026-04-01)"],
            )
            assert cursor.fetchone() == (0, 1)


def test_office_cannot_hold_a_place_in_anothers_name(vg, hro):
    angebot = create_angebot()
    with pytest.raises(ProgrammingError, match="row-level security"), in_tenant(hro):
        Platzbindung.objects.create(
            mandant="vg", platz=angebot.plaetze.get(), zeitraum=period("2026-01-01", "2026-02-01")
        )


def test_comparison_role_reads_neither_tenant_nor_register(vg):
    for table in ("vg.cases_klient", "providers_anbieter", "accounts_user", "occupancy_platzbindung"):
        with pytest.raises(ProgrammingError, match="permission denied"), as_comparison():
            connection.cursor().execute(f"SELECT 1 FROM {table}")


def test_portal_sees_no_holds_without_a_provider(vg):
    angebot = create_angebot()
    occupy_platz(platz=angebot.plaetze.get(), tenant=vg, zeitraum=period("2026-01-01", "2026-06-30"))
    with on_portal():
        assert Platzbindung.objects.count() == 0
    with on_portal(anbieter_ids=[angebot.einrichtung.anbieter_id]):
        assert Platzbindung.objects.count() == 1
        assert current_schema() is None


def test_privilege_scan_over_all_pairs_is_empty(vg):
    assert scan_privileges() == []


def test_unknown_role_is_raised_not_swallowed(vg):
    vg.schema_name = "geist"
    with pytest.raises((ProgrammingError, psycopg.Error, Exception), match="does not exist"), in_tenant(vg):
        Klient.objects.count()
