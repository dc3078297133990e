"""A migration's name says what it does, and whether the release before can go on working on it."""

from __future__ import annotations

import re

import pytest
from django.db.migrations import DeleteModel, RemoveField, RenameField, RenameModel, RunSQL
from django.db.migrations.loader import MigrationLoader

from tests.architecture.tree import python_files

MIGRATIONS = [
    path
    for path in python_files(migrations=True)
    if path.parent.name in {"migrations", "guardian_state"} and path.name != "__init__.py"
]


@pytest.mark.parametrize("path", MIGRATIONS, ids=str)
def test_migration_is_numbered_and_named(path):
    assert re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+", path.stem)
    assert "auto" not in path.stem.split("_")
    assert not path.stem.endswith("_and_more")


@pytest.mark.parametrize("path", MIGRATIONS, ids=str)
def test_migration_is_a_record(path):
    """It states what was declared on its day; values read from today's code would change it with them."""
    assert ".choices" not in path.read_text()


def test_there_are_migrations():
    assert len(MIGRATIONS) >= 12


def test_migration_of_an_office_is_one_transaction():
    """A release is one transaction per office (ADR 0033): what cannot run in one would leave every office behind.

    Write `AddIndex`: people go on reading while it is built, and who writes waits a moment (ADR 0056).
    """
    ours = {path.parts[-3] for path in MIGRATIONS if path.parts[0] == "tenant_apps"}
    outside = [
        f"{app}.{name}"
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in ours
        and (not migration.atomic or any("Concurrently" in type(made).__name__ for made in migration.operations))
    ]
    assert outside == []
    assert len(ours) > 5


TAKES_AWAY = (RemoveField, RenameField, DeleteModel, RenameModel)
DROP = re.compile(r"\bDROP\s+(TABLE|COLUMN|FUNCTION|VIEW|TYPE)\b", re.IGNORECASE)


def _takes_away(migration) -> bool:
    return any(
        isinstance(operation, TAKES_AWAY) or (isinstance(operation, RunSQL) and DROP.search(str(operation.sql)))
        for operation in migration.operations
    )


def test_who_takes_something_away_says_what_becomes_of_the_release_before():
    """People work on while a release runs (ADR 0033): what its program still uses must not go, or it is stopped first.

    `unused_since`: the release whose program had stopped using it; `stops_the_release_before`: why it has to stop.
    """
    ours = {path.parts[-3] for path in MIGRATIONS}
    silent = [
        f"{app}.{name}"
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in ours
        and _takes_away(migration)
        and not (getattr(migration, "unused_since", "") or getattr(migration, "stops_the_release_before", ""))
    ]
    assert sorted(silent) == []
