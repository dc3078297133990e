"""The same migrations by Django's executor and by ours: what each sends to the database, to be compared.

    python -m tests.tenants.operations.both_ways

compares the whole history of the program in a database of its own, in the shared schema and in an office's, forwards;
half a minute. The suite compares `tests/tenants/operations/every_operation.py`, forwards and backwards.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.models.signals import class_prepared

from tenants.operations.lean_states import LeanExecutor, LeanState
from tenants.operations.replay import opened, recording

WAYS = {"django": MigrationExecutor, "lean": LeanExecutor}
SCHEMAS = ("public", "beide")


class _Undo(Exception):
    pass


class Run:
    """What was sent, and how many models were rendered for it."""

    def __init__(self) -> None:
        self.statements: list = []
        self.rendered = 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        sent: list = []
        class_prepared.connect(self._count)
        try:
            with recording(sent):
                yield
        finally:
            class_prepared.disconnect(self._count)
        # When a migration ran is another moment each time.
        self.statements += [one for one in sent if "django_migrations" not in one[0]]

    def _count(self, **_: object) -> None:
        self.rendered += 1


def there_and_back(executor: type[MigrationExecutor], migrations: list[Migration]) -> dict[str, Run]:
    """Forwards and backwards through these migrations, from a state without models; undone afterwards."""
    found: dict[str, Run] = defaultdict(Run)
    state = LeanState() if executor is LeanExecutor else ProjectState()
    try:
        with transaction.atomic(), opened("public"):
            runs, before = executor(connection), {}
            for migration in migrations:
                before[migration] = state.clone()
                with found[migration.name].listening():
                    state = runs.apply_migration(state, migration)
            for migration in reversed(migrations):
                with found[f"{migration.name}, back"].listening():
                    runs.unapply_migration(before[migration], migration)
            raise _Undo
    except _Undo:
        pass
    return found


def history(executor: type[MigrationExecutor]) -> dict[str, Run]:
    """All migrations of the program, in the shared schema and in one of an office, of a database that has neither."""
    found = {}
    for schema in SCHEMAS:
        found[schema] = run = Run()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        with opened(schema, include_public=False):
            executor(connection).recorder.ensure_schema()
        with opened(schema), run.listening():
            runs = executor(connection)
            runs.migrate(runs.loader.graph.leaf_nodes())
    return found


def print_history(way: str) -> None:
    runs = history(WAYS[way])
    print(json.dumps({schema: (run.statements, run.rendered) for schema, run in runs.items()}, default=str))


def main() -> None:
    from tests import database
    from tests.tenants import owner

    found = {}
    for way in WAYS:
        with database.empty(f"test_sojus_{way}") as name:
            owner.manage(name, "bootstrap_database")
            words = f"from tests.tenants.operations.both_ways import print_history; print_history({way!r})"
            found[way] = json.loads(owner.manage(name, "shell", "-v", "0", "-c", words).stdout)
    for schema in SCHEMAS:
        (theirs, their_models), (ours, our_models) = (found[way][schema] for way in WAYS)
        for number, (one, other) in enumerate(zip(theirs, ours, strict=False)):
            if one != other:
                sys.exit(f"Statement {number} in {schema}: Django sends\n{one}\nwe send\n{other}")
        if len(theirs) != len(ours):
            sys.exit(f"In {schema} Django sends {len(theirs)} statements, we send {len(ours)}.")
        print(f"{schema}: {len(ours)} statements, the same; {their_models} models rendered by Django, {our_models} now")


if __name__ == "__main__":
    main()
