"""A return was broken off (in an earlier release, too), and people have worked since: what is here counts."""

from __future__ import annotations

import pytest

from tenants import selectors, services
from tenants.context import in_tenant, on_portal
from tenants.db import roles
from tenants.door.rueckkehr import MARK, RUNNING
from tenants.models import Tenant, TenantZustand
from tenants.operations.backup.restore import Marke
from tests.factories.cases import create_klient
from tests.tenants import owner
from tests.tenants.operations.backup.way_back import count


@pytest.fixture
def vg(own_database, django_db_blocker):
    """VG lives; beside it lies what an old return kept."""
    with django_db_blocker.unblock():
        with owner.superuser(own_database) as su:
            su.execute(f"CREATE SCHEMA vg_defekt AUTHORIZATION {roles.owner()}")
        vg = Tenant.objects.get(kuerzel="VG")
        with in_tenant(vg):
            create_klient()
        yield vg


def mark(name: str, text: str) -> None:
    with owner.superuser(name) as su:
        su.execute(f"COMMENT ON SCHEMA vg_defekt IS '{text}'")


def end_maintenance(vg: Tenant) -> None:
    with on_portal():
        services.update_wartung(tenant=vg, wartung=True)
        services.update_wartung(tenant=vg, wartung=False)


def test_one_office__an_old_mark_that_notes_nothing(own_database, vg):
    mark(own_database, RUNNING)
    with pytest.raises(services.WartungBleibt, match=r"end_rueckkehr --tenant VG"):
        end_maintenance(vg)
    done = owner.manage(own_database, "end_rueckkehr", "--tenant", "VG")
    assert "DROP SCHEMA vg_defekt" in done.stdout
    end_maintenance(vg)
    assert Tenant.objects.get(pk=vg.pk).zustand == TenantZustand.AKTIV
    with on_portal():
        assert not next(z for z in selectors.list_betriebszeilen() if z.tenant == vg).rueckkehr
    assert count(own_database, "SELECT count(*) FROM vg.cases_klient") == 1


def test_one_office__nobody_has_worked_there_or_it_is_not_whole(own_database, vg):
    """Then there is nothing to keep: the return is done once more."""
    mark(own_database, f"{RUNNING} {Marke('s', {'vg': 0}, {'vg': 10_000_000}).to_text()}")
    refused = owner.manage(own_database, "end_rueckkehr", "--tenant", "VG", ok=False)
    assert refused.returncode and "restore" in refused.stderr
    mark(own_database, RUNNING)
    with owner.superuser(own_database) as su:
        su.execute("DROP TABLE vg.cases_fallnotiz CASCADE")
    refused = owner.manage(own_database, "end_rueckkehr", "--tenant", "VG", ok=False)
    assert refused.returncode and "cases_fallnotiz" in refused.stderr
    refused = owner.manage(own_database, "end_rueckkehr", "--tenant", "HRO", ok=False)
    assert refused.returncode and "keine Rückkehr abgebrochen" in refused.stderr


def test_everything__only_where_people_have_worked(own_database, django_db_blocker):
    with django_db_blocker.unblock(), owner.superuser(own_database) as su:
        refused = owner.manage(own_database, "end_rueckkehr", ok=False)
        assert refused.returncode and "keine Rückkehr" in refused.stderr
        su.execute(f"CREATE TABLE public.{MARK} (sicherung text NOT NULL)")
        su.execute(f"ALTER TABLE public.{MARK} OWNER TO {roles.owner()}")
        su.execute(f"INSERT INTO public.{MARK} VALUES ('sojus-2026-10-01T020000Z-aaaaaa')")
        refused = owner.manage(own_database, "end_rueckkehr", ok=False)
        assert refused.returncode and "niemand gearbeitet" in refused.stderr
        su.execute("INSERT INTO public.django_session VALUES ('x', 'x', now())")
        waits = owner.manage(own_database, "wait_for_migration", "--seconds", "0", owner=False, ok=False)
        assert waits.returncode and "end_rueckkehr" in waits.stderr
        # An upgrade: a migration has not run yet. `restore` would refuse, and name this command.
        (row,) = su.execute(
            "DELETE FROM public.django_migrations WHERE app = 'accounts' AND name LIKE '0022%' RETURNING app, name"
        ).fetchall()
        refused = owner.manage(own_database, "end_rueckkehr", ok=False)
        assert refused.returncode and "migrate_all" in refused.stderr and "manage.py restore" not in refused.stderr
        su.execute("INSERT INTO public.django_migrations (app, name, applied) VALUES (%s, %s, now())", row)
        owner.manage(own_database, "end_rueckkehr")
        owner.manage(own_database, "wait_for_migration", "--seconds", "0", owner=False)
