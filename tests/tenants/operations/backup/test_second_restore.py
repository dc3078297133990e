"""A return breaks off, life goes on, and weeks later there is another one: nothing that lives is dropped for it.

Before, the mark of a return outlived the return, and the next one took the living data for its own remains.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from tenants import selectors, services
from tenants.context import in_tenant, on_portal
from tenants.door.rueckkehr import MARK
from tenants.models import Tenant, TenantZustand
from tenants.operations.backup import restore
from tests import bootstrap
from tests.factories.cases import create_klient
from tests.tenants import loaded, owner
from tests.tenants.operations.backup.broken_return import KILLED
from tests.tenants.operations.backup.way_back import Ziel, count, empty_server, needs_clients

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("backup"), needs_clients]
BROKEN = "tests.tenants.operations.backup.broken_return"


@pytest.fixture
def sicherung(own_database, tmp_path, monkeypatch, django_db_blocker) -> Iterator[list[str]]:
    """The words after `restore`, of a backup in which VG has one person."""
    monkeypatch.setenv("SOJUS_MEDIA_ROOT", str(tmp_path / "media"))
    with django_db_blocker.unblock():
        with in_tenant(_vg()):
            create_klient()
        owner.manage(
            own_database, "backup", "--nach", str(tmp_path / "daten"), "--schluessel-nach", str(tmp_path / "keys")
        )
        yield [str(_newest(tmp_path / "daten")), "--schluessel", str(_newest(tmp_path / "keys"))]


def _newest(folder: Path) -> Path:
    return max(folder.glob("sojus-2*"))


def _vg() -> Tenant:
    return Tenant.objects.get(kuerzel="VG")


def _breaks(where: str, words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return loaded.run([where, "restore", *words], environment, module=BROKEN)


def _people(name: str, schema: str) -> int:
    return count(name, f"SELECT count(*) FROM {schema}.cases_klient")


def _schemas(name: str) -> set[str]:
    with owner.superuser(name) as su:
        return {row[0] for row in su.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'vg')")}


def _end_maintenance() -> None:
    with on_portal():
        services.update_wartung(tenant=_vg(), wartung=False)


def test_one_office__what_lives_after_a_return_that_broke_off_is_never_dropped(own_database, sicherung):
    one = [*sicherung, "--tenant", "VG"]
    process = owner.environment(own_database)
    first = _breaks("release leaves it behind", one, process)
    assert first.returncode and "bleibt zurück: Sperre" in first.stderr
    owner.manage(own_database, "migrate_all")  # as `tenants.catch_up` within a quarter of an hour
    with pytest.raises(services.WartungBleibt, match=r"restore … --tenant VG"):
        _end_maintenance()
    with on_portal():
        zeile = next(z for z in selectors.list_betriebszeilen() if z.tenant.kuerzel == "VG")
    assert "nicht zu Ende" in zeile.rueckkehr and not zeile.ist_gesund
    assert _vg().zustand == TenantZustand.WARTUNG
    assert not _is_newer(own_database), "nobody worked there: plain remains, which may go"
    with in_tenant(_vg()):
        create_klient()
    assert _is_newer(own_database)

    second = _breaks("killed while comparing", one, process)
    assert second.returncode == KILLED and "vg_beiseite1" in _schemas(own_database)
    assert [_people(own_database, s) for s in ("vg", "vg_beiseite1", "vg_defekt")] == [1, 2, 1]
    role = f"{bootstrap.ROLE_PREFIX}t_vg"
    assert not count(own_database, f"SELECT count(*) WHERE has_schema_privilege('{role}', 'vg_beiseite1', 'USAGE')")

    assert "zu entscheiden" in owner.manage(own_database, "show_abgleich", "--tenant", "VG").stdout
    with in_tenant(_vg()):
        create_klient()
    _end_maintenance()  # all of it was back, only the comparison was not said
    assert _vg().zustand == TenantZustand.AKTIV
    third = owner.manage(own_database, "restore", *one, ok=False)
    assert third.returncode and "DROP SCHEMA vg_defekt" in third.stderr
    assert _people(own_database, "vg") == 2


def _is_newer(name: str) -> bool:
    with owner.superuser(name) as su:
        said = su.execute("SELECT obj_description('vg_defekt'::regnamespace, 'pg_namespace')").fetchone()[0]
        return restore._is_newer(su, "vg", restore.Marke.from_text(said))


def test_everything__killed_before_the_end__does_not_start_and_is_wiped_only_while_nobody_worked(
    own_database, sicherung, tmp_path
):
    with empty_server(f"{own_database}_neu", tmp_path / "dateien") as ziel:
        assert _breaks("killed before the end", sicherung, ziel.environment).returncode == KILLED
        start = ziel.manage("wait_for_migration", "--seconds", "0", ok=False)
        assert start.returncode and "noch einmal auf" in start.stderr
        _work(ziel)  # started all the same
        refused = ziel.manage("restore", *sicherung, ok=False)
        assert refused.returncode and "wurde seit der abgebrochenen Rückkehr gearbeitet" in refused.stderr
        assert _people(ziel.name, "vg") == 1
        with owner.superuser(ziel.name) as su:
            su.execute("DELETE FROM public.django_session")
        assert _breaks("killed while comparing", sicherung, ziel.environment).returncode == KILLED
        ziel.manage("wait_for_migration", "--seconds", "0")  # all of it is back
        refused = ziel.manage("restore", *sicherung, ok=False)
        assert refused.returncode and "nicht leer" in refused.stderr


def _work(ziel: Ziel) -> None:
    with owner.superuser(ziel.name) as su:
        su.execute("INSERT INTO public.django_session VALUES ('x', 'x', now())")


def test_health__everything_is_still_coming_back__says_so(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        client = Client(SERVER_NAME="portal.localhost")
        assert client.get("/gesundheit/").status_code == 200
        with owner.superuser(own_database) as su:
            su.execute(f"CREATE TABLE public.{MARK} (sicherung text)")
        answer = client.get("/gesundheit/")
        assert answer.status_code == 503 and "manage.py restore" in answer.json()["detail"]
