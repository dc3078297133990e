"""The history of the register ends after ten years; until then nobody takes anything out of it."""

from __future__ import annotations

import psycopg
import pytest

from shared_apps.core.clock import now
from shared_apps.core.errors import Verweigert
from shared_apps.providers.models import Anbieter, Registeraenderung
from shared_apps.providers.services.verlauf import purge_verlauf
from tenants.context import on_portal
from tests.tenant_apps.audit.committed import own_clone
from tests.tenants import owner

TABLE = Registeraenderung._meta.db_table
PURGE = (
    "from shared_apps.core.clock import real_now; from shared_apps.providers.services.verlauf import purge_verlauf;"
    " print('removed', purge_verlauf(now=real_now()))"
)
#: As the migration calls it, in its transaction.
FORGET = (
    "from importlib import import_module; from django.db import connection; from tenants.context import on_portal;"
    " forget = import_module('shared_apps.providers.migrations.0026_reasons_are_forgotten').forget_values;"
    "\nwith on_portal(), connection.schema_editor(atomic=False) as editor: forget(None, editor)"
)
COUNT = f"SELECT count(*) FROM {TABLE}"


@pytest.mark.django_db
def test_only_the_owner_removes_what_is_over_its_time():
    with pytest.raises(Verweigert, match="Eigentümer"):
        purge_verlauf(now=now())


def test_what_is_older_than_its_time_is_removed_and_nothing_else(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), own_clone("verlauf") as name:
        with on_portal():
            Anbieter.objects.create(name="Alt gGmbH")
        with owner.superuser(name) as su:
            su.execute("SET session_replication_role = replica")
            su.execute(f"UPDATE {TABLE} SET created_at = created_at - interval '10 years 1 day'")
            su.execute("SET session_replication_role = DEFAULT")
            for statement in (f"UPDATE {TABLE} SET art = ''", f"DELETE FROM {TABLE}", f"TRUNCATE {TABLE} CASCADE"):
                with pytest.raises(psycopg.Error, match="nur fortgeschrieben"):
                    su.execute(statement)
            old = su.execute(COUNT).fetchone()[0]
        with on_portal():
            Anbieter.objects.create(name="Neu gGmbH")
        assert f"removed {old}" in owner.manage(name, "shell", "-c", PURGE).stdout
        assert "removed 0" in owner.manage(name, "shell", "-c", PURGE).stdout
        with owner.superuser(name) as su:
            assert su.execute(COUNT).fetchone()[0] == 1


def test_migration__words_of_reasons_are_taken_out_of_what_was_kept(django_db_setup, django_db_blocker):
    """The entry stays, and says that the reason changed; what is kept with a value is as it was; then nobody alters it
    again."""
    kept = f"SELECT vorher, nachher, vermerkt FROM {TABLE}"
    with django_db_blocker.unblock(), own_clone("gruende") as name:
        with on_portal():
            Anbieter.objects.create(name="Alt gGmbH")
        with owner.superuser(name) as su:
            su.execute("SET session_replication_role = replica")
            su.execute(
                f"UPDATE {TABLE} SET tabelle = 'providers_stammdatenvorschlag', vermerkt = '{{}}',"
                """ vorher = '{"name": "Alt"}', nachher = '{"name": "Neu", "begruendung": "Wegen Mia"}'"""
            )
            su.execute("SET session_replication_role = DEFAULT")
        for _ in range(2):
            owner.manage(name, "shell", "-c", FORGET)
            with owner.superuser(name) as su:
                assert su.execute(kept).fetchall() == [({"name": "Alt"}, {"name": "Neu"}, ["begruendung"])]
                with pytest.raises(psycopg.Error, match="nur fortgeschrieben"):
                    su.execute(f"UPDATE {TABLE} SET art = ''")
