"""The demo's database: our own PostgreSQL, or the one DATABASE_URL names.

What the demo has already done is written on the database itself, as its comment. So the note can never
speak of another database than the one it is in, and a database without it is never touched.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.rows import scalar_row

from deploy.embedded_postgres import Cluster
from deploy.postgres_binaries import OLDEST_MAJOR

NOTE_BEGINS = "SoJuS demo "


class DatabaseError(Exception):
    """Says in plain words what is wrong with the database."""


class DemoDatabase:
    def __init__(self, say: Callable[[str], None] = lambda line: None) -> None:
        self.given = os.environ.get("DATABASE_URL", "")
        self.cluster = None if self.given else Cluster(say=say)
        self.role_prefix = os.environ.get("SOJUS_DB_ROLE_PREFIX", "")

    # -- addresses ---------------------------------------------------------------------------

    @property
    def owner_url(self) -> str:
        return self.cluster.url() if self.cluster else self.given

    def app_url(self, password: str) -> str:
        """The same database for the login role that owns nothing."""
        parts = urlsplit(self.owner_url)
        _, _, address = parts.netloc.rpartition("@")
        login = f"{quote(self.role_prefix + 'sojus_app')}:{quote(password, safe='')}@"
        return urlunsplit(parts._replace(netloc=login + address))

    @property
    def name(self) -> str:
        return urlsplit(self.owner_url).path.lstrip("/")

    def _maintenance_url(self) -> str:
        return urlunsplit(urlsplit(self.owner_url)._replace(path="/postgres"))

    def spoken(self) -> str:
        """Where it is, without the password."""
        parts = urlsplit(self.owner_url)
        kind = "given by DATABASE_URL" if self.given else "our own"
        return f"PostgreSQL {self.version()} on {parts.hostname}:{parts.port or 5432}/{self.name} ({kind})"

    # -- getting ready -----------------------------------------------------------------------

    def start(self) -> None:
        if self.cluster:
            self.cluster.start()
        elif not self.name:
            raise DatabaseError("DATABASE_URL names no database: …@host:5432/sojus is the form.")
        if not self._exists():
            self._create()
        self._check_server()

    def stop(self) -> None:
        if self.cluster:
            self.cluster.stop()

    def is_ready(self) -> bool:
        return self.cluster is None or self.cluster.is_running()

    def check_is_ours(self, *, knows_app_password: bool) -> None:
        """A database with other tables, or another installation's login, is not ours to change."""
        if self.cluster or self.notes():
            return
        with self._connect() as connection:
            others = connection.execute(
                "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' "
                "AND n.nspname <> 'information_schema'"
            ).fetchone()
            logins = connection.execute(
                "SELECT count(*) FROM pg_roles WHERE rolname = %s", [self.role_prefix + "sojus_app"]
            ).fetchone()
        if others:
            raise DatabaseError(
                f"The database {self.name} already holds {others} tables that the demo did not make. "
                "It is left alone: name an empty or a new database in DATABASE_URL."
            )
        if logins and not knows_app_password:
            raise DatabaseError(
                f"On this server the role {self.role_prefix}sojus_app exists already, perhaps of another "
                "SoJuS, and the demo would change its password. Set SOJUS_DB_ROLE_PREFIX=demo_ (or another "
                "prefix) and start again."
            )

    def accepts(self, password: str) -> bool:
        try:
            with psycopg.connect(self.app_url(password), connect_timeout=5):
                return True
        except psycopg.Error:
            return False

    def version(self) -> str:
        with self._connect() as connection:
            return str(connection.execute("SHOW server_version").fetchone()).split()[0]

    def _check_server(self) -> None:
        with self._connect() as connection:
            number = connection.info.server_version
            may_create_roles = connection.execute(
                "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            has_gist = connection.execute(
                "SELECT count(*) FROM pg_available_extensions WHERE name = 'btree_gist'"
            ).fetchone()
            has_icu = connection.execute(
                "SELECT count(*) FROM pg_collation WHERE collname = 'de-x-icu' AND collprovider = 'i'"
            ).fetchone()
        if number < OLDEST_MAJOR * 10000:
            raise DatabaseError(
                f"The server of DATABASE_URL is PostgreSQL {number // 10000}; {OLDEST_MAJOR} or newer is needed."
            )
        if not may_create_roles:
            raise DatabaseError(
                "The login in DATABASE_URL may not create roles, and every youth office has one of its own. "
                "Allow it (ALTER ROLE … CREATEROLE), or give the login of an administrator."
            )
        if not has_gist:
            raise DatabaseError("The server lacks the extension btree_gist: install the contrib package of PostgreSQL.")
        if not has_icu:
            raise DatabaseError("The server was built without ICU, which sorts names as Germans read them.")

    def _exists(self) -> bool:
        try:
            with self._connect():
                return True
        except psycopg.OperationalError as problem:
            if "does not exist" in str(problem) and f'database "{self.name}"' in str(problem):
                return False
            raise DatabaseError(f"The database cannot be reached: {str(problem).strip()}") from None

    def _create(self) -> None:
        statement = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE {} LC_CTYPE {}")
        last: Exception | None = None
        for locale in ("C.UTF-8", "C"):
            try:
                with psycopg.connect(self._maintenance_url(), autocommit=True) as connection:
                    connection.execute(statement.format(sql.Identifier(self.name), locale, locale))
                    return
            except psycopg.Error as problem:
                last = problem
        raise DatabaseError(f"The database {self.name} does not exist and could not be created: {str(last).strip()}")

    def _connect(self) -> psycopg.Connection[Any]:
        """A row of an answer is its only value."""
        return psycopg.connect(self.owner_url, autocommit=True, connect_timeout=10, row_factory=scalar_row)

    # -- the note on the database ------------------------------------------------------------

    def notes(self) -> dict[str, str]:
        with self._connect() as connection:
            comment = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        if not comment or not comment.startswith(NOTE_BEGINS):
            return {}
        return json.loads(comment.removeprefix(NOTE_BEGINS))

    def note(self, **done: str) -> None:
        text = NOTE_BEGINS + json.dumps(self.notes() | done, sort_keys=True)
        with self._connect() as connection:
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(self.name), text))

    def has_schemas(self, names: list[str]) -> bool:
        with self._connect() as connection:
            found = connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = ANY(%s)", [names]).fetchone()
        return found == len(names)

    # -- the end -----------------------------------------------------------------------------

    def remove(self) -> None:
        if self.cluster:
            self.cluster.destroy()
            return
        if not self._exists():
            return
        if not self.notes():
            raise DatabaseError(
                f"The database {self.name} was not filled by the demo: it is not dropped. "
                "Drop it yourself if it may go."
            )
        with psycopg.connect(self._maintenance_url(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.name)))
