"""The fence: which role and search_path every statement runs under.

django-tenants sets `search_path` for the session, as the same all-powerful login. Behind a pooler in
transaction mode that answered 30 % of requests with another tenant's rows (ADR 0002). Here an app
process logs in as a role with no right on any tenant schema, and before the first statement of a
transaction that reads or writes goes `SET LOCAL ROLE …; SET LOCAL search_path …` (a savepoint does
neither). COMMIT and ROLLBACK end it, so no pooler, no thread and no exception can carry it over.
Outside a transaction no tenant is reachable at all.

Owner processes keep django-tenants' own behaviour for migrations, and take the fence inside
`tenants.context.in_tenant` like everybody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base as postgresql
from django.db.backends.postgresql.base import Cursor, ServerBindingCursor
from django_tenants.postgresql_backend import base as django_tenants_base
from psycopg import sql
from psycopg.pq import TransactionStatus

from tenants.db import roles

#: Letters that need no quoting inside a literal: those of ids and lists of ids.
_PLAIN = re.compile(r"[0-9a-zA-Z_,{}-]*", re.ASCII)


def _literal(text: str) -> bytes:
    """A text as SQL. What is said at every request are ids; everything else is quoted by psycopg."""
    return b"'" + text.encode() + b"'" if _PLAIN.fullmatch(text) else sql.Literal(text).as_bytes(None)


@lru_cache(maxsize=4096)
def _where(role: str, schema: str | None, seconds: int) -> bytes:
    """Role, path and limit: the same for everybody of an office."""
    limit = sql.Literal(f"{seconds}s") if seconds else sql.SQL("DEFAULT")
    path = sql.SQL(", ").join([sql.Identifier(name) for name in (schema, "public") if name])
    parts = "SET LOCAL ROLE {}; SET LOCAL search_path = {}; SET LOCAL statement_timeout = {}"
    return sql.SQL(parts).format(sql.Identifier(role), path, limit).as_bytes(None)


@dataclass(frozen=True, slots=True)
class Fence:
    """Under which role and with which acting person a transaction runs.

    role: PostgreSQL role, or None for the one a session begins as (never the login itself, docs/adr/0028).
    schema: tenant schema in front of `public`, or None.
    portal: a provider acts at the tenant's host: its schema of views is in front, not its tables.
    user, anbieter, einrichtung: ids that views and row-level security read from `sojus.user`,
    `sojus.anbieter` and `sojus.einrichtung` (facilities she is confined to; none: all of her providers').
    request: id of the HTTP request, for the trail (`sojus.request`).
    """

    role: str | None = None
    schema: str | None = None
    user: str = ""
    anbieter: tuple[str, ...] = ()
    request: str = ""
    einrichtung: tuple[str, ...] = ()
    portal: bool = False
    #: The office, as whoever opened it knew it (`context.current_tenant`); what may be done says the rest.
    tenant: Any = field(default=None, compare=False, repr=False)

    def statements(self, *, seconds: int = 0) -> bytes:
        """All SET LOCAL statements of this fence as one trusted string. `seconds`: limit of a statement, 0: none."""
        schema = roles.portal_schema(self.schema) if self.schema and self.portal else self.schema
        said = {
            b'sojus."user"': self.user,
            b"sojus.anbieter": "{" + ",".join(self.anbieter) + "}",
            b"sojus.einrichtung": "{" + ",".join(self.einrichtung) + "}",
            b"sojus.request": self.request,
        }
        return _where(self.role or roles.dienst(), schema, seconds) + b"".join(
            b"; SET LOCAL " + name + b" = " + _literal(value) for name, value in said.items()
        )


#: Statements whose plan a session keeps at most, the one least used goes.
KEPT_PLANS = 40
#: Whether a session at this host and port is a server's own, as the first one of this process found.
_direct: dict[tuple[str, int], bool] = {}


class _Unknown:
    """After ROLLBACK TO SAVEPOINT nobody knows which SET LOCAL survived."""


UNKNOWN = _Unknown()


class SessionStatementRefused(RuntimeError):
    """Application code tried to change role, path or session settings: only the fence does that."""


_SESSION_STATEMENT = re.compile(
    rb"\s*(--[^\n]*\n|/\*.*?\*/|\s)*(SET(?!\s+CONSTRAINTS\b)|RESET|DISCARD|DO)\b", re.I | re.S
)


class ExtendedCursor(ServerBindingCursor):
    """Always the extended protocol: one statement per call, so injected SQL cannot stack another.

    The fence's own SET LOCAL goes past this class; everybody else's SET, RESET, DISCARD and DO is refused.
    """

    #: For whom the server plans what is executed once a session (`DatabaseWrapper.keep_plans`); "": each time.
    planned_for = ""

    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = None, binary: bool | None = None
    ) -> Any:
        psycopgs, own = cast(Any, super()), cast(Any, self)
        if not self.planned_for:
            return psycopgs.execute(query, params, prepare=prepare, binary=binary)
        if _SESSION_STATEMENT.match(query.encode()):
            raise SessionStatementRefused("SET, RESET, DISCARD and DO are nothing to plan")
        session = own._conn
        session.prepare_threshold, session.prepared_max = 0, KEPT_PLANS
        try:
            # A plan is of one role and path: with another name of the statement each office has its own.
            text = f"{query}\n-- {self.planned_for}"
            return psycopgs.execute(text, params, prepare=True, binary=binary)
        except psycopg.Error:
            # psycopg would forget what failed at once and the server keep it; what failed later both would go on with,
            # even after a release has made another answer of it. All go with the next statement that the server takes.
            if not session._prepared.clear():
                session._prepared._to_flush.append(None)
            raise
        finally:
            session.prepare_threshold = None

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> Any:
        if _SESSION_STATEMENT.match(query.query):
            raise SessionStatementRefused("SET, RESET, DISCARD and DO belong to tenants.context")
        return super()._execute_send(query, force_extended=True, binary=binary)


class DatabaseWrapper(django_tenants_base.DatabaseWrapper):
    """PostgreSQL with a fence around every transaction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.fence: Fence | None = None
        self._applied: Fence | _Unknown | None = None
        #: Limit for each statement of the next transactions, 0: none. Set for web requests (tenants.door.middleware).
        self.statement_seconds = 0
        self._applied_seconds = 0
        self._at_savepoint = False
        super().__init__(*args, **kwargs)

    @property
    def is_owner(self) -> bool:
        """Whether this process may migrate."""
        return settings.DB_MODE == "owner"

    def get_connection_params(self) -> dict:
        params = super().get_connection_params()
        params["cursor_factory"] = Cursor if self.is_owner else ExtendedCursor
        return params

    def init_connection_state(self) -> None:
        super().init_connection_state()
        self._applied = None
        if self.is_owner and getattr(settings, "DB_OWNER_ASSUMES_ROLE", True):
            with psycopg.Cursor(self.connection) as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [roles.owner()])
                if cursor.fetchone():
                    cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(roles.owner())))
            if not self.get_autocommit():
                self.connection.commit()

    def _cursor(self, name: str | None = None) -> Any:
        if self.is_owner and self.fence is None:
            if self._applied is not None:
                plain = postgresql.DatabaseWrapper._cursor(self, name)
                self._apply_fence()
                if self._applied is not None:
                    return plain  # a failed transaction, or a savepoint
                plain.close()
            # Also after a rollback to a savepoint, or the next ALTER TABLE would meet the shared table of that name.
            return super()._cursor(name)
        # Deliberately past django-tenants' own _cursor: no session-level search_path in app processes.
        cursor = postgresql.DatabaseWrapper._cursor(self, name)
        self._apply_fence()
        return cursor

    def _apply_fence(self) -> None:
        """Send SET LOCAL when the transaction is not under the wanted fence yet."""
        if not self.in_atomic_block:
            return
        status = self.connection.info.transaction_status
        if status == TransactionStatus.INERROR:
            return  # only a rollback can follow, and that forgets the fence
        if status == TransactionStatus.IDLE:
            self._applied, self._applied_seconds = None, 0
        if self._at_savepoint:
            return  # it needs no right and reads nothing: the next statement that does is fenced
        if self.fence == self._applied and self.statement_seconds == self._applied_seconds:
            return
        wanted = self.fence or Fence(role=roles.owner() if self.is_owner else None)
        with psycopg.Cursor(self.connection) as cursor:
            cursor.execute(wanted.statements(seconds=self.statement_seconds))
        self._applied_seconds = self.statement_seconds
        if self.is_owner and self.fence is None:
            self._applied = None
            self.search_path_set_schemas = None
        else:
            self._applied = self.fence

    def plain_cursor(self) -> psycopg.Cursor:
        """psycopg's own cursor, under the fence of the transaction: it may set a search path, ours may not.

        The one way to it: one made by hand in a nested block would meet a fence that is not said yet.
        """
        self.ensure_connection()
        self._apply_fence()
        return psycopg.Cursor(self.connection)

    def keep_plans(self, cursor: Any) -> None:
        """What this cursor executes is planned once a session for the open office, not each time (ADR 0095).

        Only where the session is the server's own: behind a pooler in transaction mode the next transaction may be in
        another one, which does not know the statement.
        """
        if self.fence and isinstance(cursor.cursor, ExtendedCursor) and self._is_direct():
            cursor.cursor.planned_for = self.fence.role or ""

    def _is_direct(self) -> bool:
        """Whether there is no pooler between, which gives its clients a number that is no server process's."""
        info = self.connection.info
        where = (info.host, info.port)
        if where not in _direct:
            with psycopg.Cursor(self.connection) as cursor:
                row = cursor.execute("SELECT pg_backend_pid()").fetchone()
            _direct[where] = row is not None and row[0] == info.backend_pid
        return _direct[where]

    def enter_fence(self, fence: Fence | None) -> Fence | None:
        """Want `fence` from the next statement on; return the one that was wanted before."""
        before, self.fence = self.fence, fence
        return before

    def _commit(self) -> Any:
        self._applied = None
        return super()._commit()

    def _rollback(self) -> Any:
        self._applied = None
        return super()._rollback()

    @contextmanager
    def _savepoint_statement(self) -> Iterator[None]:
        self._at_savepoint = True
        try:
            yield
        finally:
            self._at_savepoint = False

    def _savepoint(self, sid: str) -> None:
        with self._savepoint_statement():
            super()._savepoint(sid)

    def _savepoint_commit(self, sid: str) -> None:
        with self._savepoint_statement():
            super()._savepoint_commit(sid)

    def _savepoint_rollback(self, sid: str) -> None:
        try:
            with self._savepoint_statement():
                super()._savepoint_rollback(sid)
        finally:
            self._applied = UNKNOWN

    def close(self) -> None:
        self._applied = None
        super().close()
