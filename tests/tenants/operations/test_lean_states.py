"""Migrations render few models (docs/adr/0090) and send, word for word, what Django sends with all of them."""

from __future__ import annotations

import hashlib
import json
from importlib import util
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from tenants.operations.lean_states import READS, LeanState, Reach
from tenants.operations.replay import computes, is_tenant_app
from tests.tenants import owner
from tests.tenants.operations import every_operation

#: What lean states lean on: where Django makes states, and where operations ask them.
DJANGO = {
    "django.apps.registry": "add7b138de49ba12",
    "django.contrib.postgres.operations": "dec0f25a1f6ee08f",
    "django.db.backends.base.schema": "cadbef8844b990df",
    "django.db.backends.postgresql.schema": "37e739436117b937",
    "django.db.migrations.executor": "8f1f49e56752d17e",
    "django.db.migrations.migration": "8ad64048619ea496",
    "django.db.migrations.operations.base": "20f0705a4fbc8f8e",
    "django.db.migrations.operations.fields": "3801a94f4ca8b982",
    "django.db.migrations.operations.models": "43d242237b481e32",
    "django.db.migrations.operations.special": "08c2dfa91e2b3bc0",
    "django.db.migrations.state": "1d466a2f953ae1da",
    "django.db.migrations.utils": "a5daf3ba6183860c",
    "django_tenants.postgresql_backend.base": "9782358409e23150",
    "django_tenants.routers": "a544d9c8a6f53b02",
}

BOTH = """
import json
from django.db.migrations.executor import MigrationExecutor
from tenants.operations.lean_states import LeanExecutor
from tests.tenants.operations.both_ways import there_and_back
from tests.tenants.operations.every_operation import migrations_here
runs = [there_and_back(executor, migrations_here()) for executor in (MigrationExecutor, LeanExecutor)]
print(json.dumps([{name: (run.statements, run.rendered) for name, run in both.items()} for both in runs], default=str))
"""


def names(state: LeanState, model: str) -> set[str]:
    """Models that are rendered when this one of the accounts is asked for in a copy of the state."""
    apps = state.clone().apps
    apps.get_model("accounts", model)
    return {found.__name__ for found in apps.get_models()}


def test_django_is_the_one_that_was_looked_at():
    """Another one may ask an operation's states for more. Then, and not before: read what has changed in the modules
    that are named here, run `python -m tests.tenants.operations.both_ways`, and write the new digests."""
    found = {name: hashlib.sha256(Path(util.find_spec(name).origin).read_bytes()).hexdigest()[:16] for name in DJANGO}
    assert found == DJANGO


def test_every_operation__sends_what_it_sends_with_all_models_rendered__forwards_and_backwards(own_database):
    done = owner.manage(own_database, "shell", "-v", "0", stdin=BOTH)
    django, ours = json.loads(done.stdout)
    assert list(django) == list(ours)
    for step, (sent, _) in django.items():
        if "0004_model" in step:  # Django asks a set which models refer to the renamed one
            assert sorted(ours[step][0], key=str) == sorted(sent, key=str)
        else:
            assert ours[step][0] == sent, step
    assert sum(len(sent) for sent, _ in ours.values()) > 200
    assert [text for text, _ in ours["0009_elsewhere"][0] if not text.startswith("COMMENT")] == [], "no table is here"


def test_state__renders_what_an_operation_looks_at__and_no_more():
    state = LeanState.of(MigrationLoader(None).project_state())
    state.look(Reach.FORWARD)
    assert names(state, "User") == {"User", "Group", "Permission", "ContentType"}
    state.look(Reach.AROUND)
    assert names(state, "User") > {"User", "Membership", "Sitzung"}


def test_every_operation__is_really_every_one():
    assert set(READS) <= every_operation.all_known()


def test_second_office__replays_what_the_first_one_was_sent():
    """Once two migrations switched that off for all of them, and a new office took eighty times as long."""
    here = [m for m in MigrationLoader(None).disk_migrations.values() if is_tenant_app(m.app_label)]
    assert len(here) > 50
    assert [migration for migration in here if computes(migration, on_rows=False)] == []
