"""Template database and its clones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from django.db import connection
from psycopg import sql

from tests import bootstrap
from tests.tenants import owner

TENANTS = ("VG", "HRO", "LHSN")
_PATTERNS = (
    "*/*/migrations/*.py", "*/migrations/*.py", "tenant_apps/audit/guardian_state/*.py", "*/*/onboarding.py",
    "tenants/onboarding/*.py", "tenants/fence/*.py", "tenants/trail/*.py", "tenants/tables/*.py", "tenants/jobs/*.py",
    "*/*/tasks.py", "tenants/tasks.py", "tenants/models.py", "tenants/db/roles.py", "*/*/models*.py", "*/*/models/*.py",
    "*/*/migrated.py", "*/*/rights.py", "*/*/portal.py", "*/*/*_sql.py", "*/*/rules.py", "*/*/rules/*.py",
    "*/*/vorgaben.py", "*/*/katalog.py",
    "*/*/reference/**/*", "tenants/operations/*.py", "tests/database.py",
)  # fmt: skip


@cache
def fingerprint() -> str:
    """Hash over everything that shapes the template."""
    digest = hashlib.sha256()
    files = {path for pattern in _PATTERNS for path in bootstrap.ROOT.glob(pattern) if path.is_file()}
    for path in sorted(files):
        if "__pycache__" in path.parts or ".venv" in path.parts:
            continue
        digest.update(path.relative_to(bootstrap.ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _connect(database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(bootstrap.with_database(bootstrap.OWNER_URL, database), autocommit=True)


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def ensure_template() -> str:
    """Build the template of this state of the code once; others who need the same one wait for it."""
    name = f"test_template_{fingerprint()}"
    with _connect() as connection:
        if _exists(connection, name):  # nobody waits for another checkout of the code that is building its own
            return name
        connection.execute("SELECT pg_advisory_lock(77120)")
        if not _exists(connection, name):
            for old in _old_templates(connection):
                _drop(connection, old)
            raw = f"{name}_raw"
            _drop(connection, raw)
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(raw)))
            owner.manage(raw, "bootstrap_database")
            owner.manage(raw, "migrate_all")
            owner.manage(raw, "load_reference")
            owner.manage(raw, "onboard_tenant", "--kuerzel", *TENANTS)  # the second and third are replayed
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(raw), sql.Identifier(name))
            )
            # Every database that comes and goes leaves rows there, and the tests' cluster vacuums nothing by itself.
            connection.execute("VACUUM pg_database, pg_shdepend, pg_authid")
        connection.execute("SELECT pg_advisory_unlock(77120)")
    return name


def _old_templates(connection: psycopg.Connection, keep: int = 16) -> list[str]:
    """Templates of earlier states of the code, but the newest few: another run may still clone from one."""
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'test_template_%%' ORDER BY oid DESC OFFSET %s", [keep]
    ).fetchall()
    return [name for (name,) in rows]


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def cloned(name: str, *, template: str = "") -> Iterator[str]:
    """A database of that name, cloned from the template (or from another database), dropped at the end."""
    template = template or ensure_template()
    with _connect() as connection:
        _drop(connection, name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(  # not through the WAL
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        connection.execute(sql.SQL("REVOKE TEMP ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("GRANT CREATE, CONNECT, TEMP ON DATABASE {} TO {}").format(
                sql.Identifier(name), sql.Identifier(f"{bootstrap.ROLE_PREFIX}sojus_owner")
            )
        )
    try:
        yield name
    finally:
        with _connect() as connection:
            _drop(connection, name)


@contextmanager
def empty(name: str) -> Iterator[str]:
    """A database of that name without anything in it, dropped at the end."""
    with _connect() as connection:
        _drop(connection, name)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield name
    finally:
        with _connect() as connection:
            _drop(connection, name)


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """The default connection points to another database, in all threads."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
