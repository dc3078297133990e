"""A migration's name says what it does."""

from __future__ import annotations

import re

import pytest

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


def test_there_are_migrations():
    assert len(MIGRATIONS) >= 12
