"""Django's migrations in one tenant schema, inside the caller's transaction; the second schema is a replay.

Django builds the model states of 70 migrations anew for each schema, which is nearly all of the time a
migration takes. What it sends to an empty schema is always the same, so the statements of the first one are
kept for the process and sent again (scale.md: 0.8 s against 0.1 s). Plain migrate remains for a schema that
has tables already, and for migrations whose statements could depend on data or name a schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

_NOT_REPLAYED = re.compile(r"^\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK|SET|SHOW)\b", re.IGNORECASE)
Statement = tuple[str, Any]

_recorded: dict[tuple, list[Statement]] = {}


def migrate_schema(schema: str) -> int:
    """Bring the schema to the state of the code; returns how many migrations it lacked."""
    try:
        # Only the schema itself, or the record table of `public` would be taken for its own.
        connection.set_schema(schema, include_public=False)  # noqa: TID251 - this is the door
        is_empty = not connection.introspection.table_names()
        if is_empty and (known := _recorded.get(_key())):
            connection.set_schema(schema)  # noqa: TID251
            _replay(known[1:])
            return known[0][1]
        statements: list[Statement] = []
        with connection.execute_wrapper(_recorder(statements)):
            MigrationRecorder(connection).ensure_schema()
            connection.set_schema(schema)  # noqa: TID251
            executor = MigrationExecutor(connection)
            targets = executor.loader.graph.leaf_nodes()
            plan = executor.migration_plan(targets)
            if plan:
                executor.migrate(targets, plan=plan)
        if is_empty and _is_replayable(plan, statements, schema):
            _recorded[_key()] = [("", len(plan)), *statements]
        return len(plan)
    finally:
        connection.set_schema_to_public()


def _key() -> tuple:
    """Files do not change while a process runs; a test that adds a migration changes this setting."""
    return tuple(sorted(settings.MIGRATION_MODULES.items())), tuple(settings.TENANT_APPS)


def _recorder(statements: list[Statement]) -> Callable:
    def record(execute: Callable, sql: Any, params: Any, many: bool, context: dict) -> Any:
        text = sql if isinstance(sql, str) else sql.as_string(connection.connection)
        if not _NOT_REPLAYED.match(text):
            statements.append((text, params))
        return execute(sql, params, many, context)

    return record


def _is_replayable(plan: list, statements: list[Statement], schema: str) -> bool:
    computes = any(
        isinstance(operation, RunPython)
        for migration, _ in plan
        for operation in migration.operations
        if any(migration.app_label == app.rsplit(".", 1)[-1] for app in settings.TENANT_APPS)
    )
    return not computes and not any(f'"{schema}"' in text or f"{schema}." in text for text, _ in statements)


def _replay(statements: list[Statement]) -> None:
    with connection.cursor() as cursor:
        for text, params in statements:
            cursor.execute(text, params)
