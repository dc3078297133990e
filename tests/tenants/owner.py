"""Owner processes of the tests: onboarding and the demo world cannot run as the app."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests import bootstrap
from tests.tenants import loaded


def environment(name: str, *, owner: bool = True, settings: str = "") -> dict[str, str]:
    """Of a process on the database `name`; `settings`: another module than the ordinary one."""
    url = bootstrap.with_database(bootstrap.OWNER_URL, name)
    env = os.environ | {"DATABASE_OWNER_URL": url, "DATABASE_URL": bootstrap.as_app(url)}
    if settings:
        env |= {"DJANGO_SETTINGS_MODULE": settings}
    return env | {"SOJUS_DB_MODE": "owner"} if owner else env


def manage(
    name: str, *words: str, owner: bool = True, stdin: str = "", ok: bool = True, settings: str = ""
) -> subprocess.CompletedProcess[str]:
    """`manage.py …` on the database `name`; with `ok` it must succeed."""
    done = loaded.run(
        list(words), environment(name, owner=owner, settings=settings), stdin=stdin,
        # Of a template in the making, the first office is Django's own work: replayed ones are compared with it.
        reads_kept=not name.endswith("_raw"),
    )  # fmt: skip
    if ok and done.returncode:
        raise AssertionError(f"manage.py {' '.join(words)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done


_BACK = """
from django.db import connection
from tenants.operations.lean_states import LeanExecutor
from tenants.operations.replay import opened
with opened("public"):
    executor = LeanExecutor(connection)
    executor.migrate([({app!r}, executor.loader.get_migration_by_prefix({app!r}, {number!r}).name)])
"""


def migrate_back(name: str, app: str, number: str) -> None:
    """The shared schema as it was after that migration of the app (and of those that rest on later ones)."""
    manage(name, "shell", "-v", "0", stdin=_BACK.format(app=app, number=number))


@contextmanager
def superuser(name: str) -> Iterator[psycopg.Connection]:
    """A plain connection as the test cluster's superuser, to look at catalogues."""
    with psycopg.connect(bootstrap.with_database(bootstrap.OWNER_URL, name), autocommit=True) as connection:
        yield connection


def exists(name: str, kuerzel: str) -> dict[str, bool]:
    """Which traces of a municipality are there."""
    schema = kuerzel.lower()
    with superuser(name) as connection:

        def found(query: str, value: str) -> bool:
            return connection.execute(query, [value]).fetchone() is not None

        return {
            "tenant": found("SELECT 1 FROM tenants_tenant WHERE kuerzel = %s", kuerzel),
            "schema": found("SELECT 1 FROM pg_namespace WHERE nspname = %s", schema),
            "role": found("SELECT 1 FROM pg_roles WHERE rolname = %s", f"{bootstrap.ROLE_PREFIX}t_{schema}"),
            "domain": found("SELECT 1 FROM tenants_domain WHERE domain LIKE %s", f"{schema}.%"),
            "user": found("SELECT 1 FROM accounts_user WHERE username = %s", f"admin-{schema}"),
        }


def drop_role(kuerzel: str) -> None:
    """Roles belong to the cluster and outlive a test's database."""
    with superuser("postgres") as connection:
        role = f"{bootstrap.ROLE_PREFIX}t_{kuerzel.lower()}"
        connection.execute(f'DROP ROLE IF EXISTS "{role}", "{role}_portal"')
