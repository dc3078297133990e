"""What a release changes in an office's tables, found out once and sent to each office as plain SQL.

Django builds the model states of all migrations afresh for each schema, which is nearly all of the time a migration
takes, and it would hold the locks of the first change meanwhile. So the missing migrations are run once on a copy of
an office's empty tables that nobody uses and that is rolled back; what Django sent there is sent to every office that
lacks the same migrations, after the tables it alters are locked. A migration that computes (RunPython, or SQL that
asks) or whose statements name the schema is left to Django, office by office, and so is an office where the replay is
refused (its constraints may have other names).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations import Migration, RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from tenants.operations.copy_structure import copy_structure
from tenants.operations.lean_states import LeanExecutor

Key = tuple[str, str]
Statement = tuple[str, Any]

#: No office can have that name: its name has no underscore.
REHEARSAL = "sojus_probe"
_NOT_REPLAYED = re.compile(r"^\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK|SET(?!\s+CONSTRAINTS)|SHOW)\b", re.IGNORECASE)
#: SQL of a migration that may depend on the rows it meets, or whose effect a replay would leave out.
_ASKS = re.compile(r"^\s*(SELECT|WITH|DO|CALL|SET)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recording:
    """Statements of the missing migrations, and the tables (names) that they lock exclusively; `indexed`: those that
    only get an index, so that people go on reading them."""

    statements: tuple[Statement, ...]
    tables: tuple[str, ...]
    indexed: tuple[str, ...] = ()


@contextmanager
def opened(schema: str, *, include_public: bool = True) -> Iterator[None]:
    """The owner's path leads to this schema; afterwards to the shared one."""
    try:
        connection.set_schema(schema, include_public=include_public)  # noqa: TID251 - this is the door
        yield
    finally:
        connection.set_schema_to_public()


def recorded(schema: str) -> frozenset[Key]:
    """Migrations (app, name) that the schema has seen; empty without a record table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f'"{schema}".django_migrations'])
        if cursor.fetchone()[0] is None:
            return frozenset()
        cursor.execute(sql.SQL("SELECT app, name FROM {}.django_migrations").format(sql.Identifier(schema)))
        return frozenset(cursor.fetchall())


def run_missing(schema: str) -> int:
    """Django's own way, inside the caller's transaction; returns how many migrations ran."""
    with opened(schema, include_public=False):
        # Only the schema itself, or the record table of `public` would be taken for its own.
        MigrationRecorder(connection).ensure_schema()
    with opened(schema):
        executor = LeanExecutor(connection)
        targets = executor.loader.graph.leaf_nodes()
        plan = executor.migration_plan(targets)
        if plan:
            executor.migrate(targets, plan=plan)
    return len(plan)


def is_tenant_app(label: str) -> bool:
    """Whether the app has its tables in each office's schema."""
    return any(label == app.rsplit(".", 1)[-1] for app in settings.TENANT_APPS)


def computes(migration: Migration, *, on_rows: bool = True) -> bool:
    """Whether what the migration sends may depend on the rows it meets (operations inside operations, too).

    on_rows: there may be rows. On empty tables an operation of our own computes nothing, RunPython might, and SQL is
    sent again as it stands (a DO block, too), unless it is of the kind that is left out.
    """
    return any(_operation_computes(operation, on_rows) for operation in migration.operations)


def _operation_computes(operation: Operation, on_rows: bool) -> bool:
    if isinstance(operation, SeparateDatabaseAndState):
        return any(_operation_computes(inner, on_rows) for inner in operation.database_operations)
    if isinstance(operation, RunSQL):
        sent = operation.sql if isinstance(operation.sql, list | tuple) else [operation.sql]
        texts = [text if isinstance(text, str) else text[0] for text in sent]
        if not on_rows:
            return any(map(_NOT_REPLAYED.match, texts))
        return any(_ASKS.match(part) for text in texts for part in text.split(";"))
    own = not type(operation).__module__.startswith("django.")
    return isinstance(operation, RunPython) or (on_rows and own)


@contextmanager
def recording(into: list[Statement]) -> Iterator[None]:
    """Keep every statement that changes something."""

    def keep(execute: Callable, statement: Any, params: Any, many: bool, context: dict) -> Any:
        text = statement if isinstance(statement, str) else statement.as_string(connection.connection)
        if not _NOT_REPLAYED.match(text):
            into.append((text, params))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(keep):
        yield


def names_schema(statements: list[Statement], schema: str) -> bool:
    """Whether a statement would lead into that schema wherever it is replayed."""
    return any(f'"{schema}"' in text or f"{schema}." in text for text, _ in statements)


def replay(statements: tuple[Statement, ...] | list[Statement]) -> None:
    """Send kept statements to the schema that is open."""
    with connection.cursor() as cursor:
        for text, params in statements:
            cursor.execute(text, params)


class _Undo(Exception):
    pass


def rehearse(office: str, missing: list[Migration]) -> Recording | None:
    """Run `missing` on empty tables like those of this office, in a schema of their own that is rolled back.

    None: these migrations cannot be replayed. Raises what they raise: then no office was touched.
    """
    here = [migration for migration in missing if is_tenant_app(migration.app_label)]
    if any(map(computes, here)):
        return None
    if not here:  # nothing of an office changes: only the list of migrations grows
        return Recording(tuple((_RECORD, [m.app_label, m.name]) for m in missing), ())
    kept: list[Statement] = []
    try:
        with transaction.atomic():
            copy_structure(office, REHEARSAL)
            with recording(kept):
                run_missing(REHEARSAL)
            raise _Undo
    except _Undo:
        pass
    if names_schema(kept, REHEARSAL):
        return None
    indexes = [(text, params) for text, params in kept if _INDEX.match(text)]
    altered = _altered([statement for statement in kept if statement not in indexes])
    return Recording(tuple(kept), tuple(sorted(altered)), tuple(sorted(_altered(indexes) - altered)))


_RECORD = "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())"
_TABLE = re.compile(r'\b(?:TABLE|ON|UPDATE|FROM|REFERENCES)\s+(?:IF EXISTS\s+)?(?:ONLY\s+)?"?(\w+)"?', re.IGNORECASE)

#: One statement and no other behind it.
_INDEX = re.compile(r"\s*CREATE\s+(?:UNIQUE\s+)?INDEX\b[^;]*;?\s*\Z", re.IGNORECASE)


def _altered(statements: list[Statement]) -> set[str]:
    """Names after TABLE, ON, UPDATE …: those that exist in an office are locked before the first statement."""
    found = {name for text, _ in statements for name in _TABLE.findall(text)}
    return found - {MigrationRecorder.Migration._meta.db_table}
