"""A database that was made once is made again when what makes it changes: every pattern of files still finds some.

A file that moves leaves its pattern behind, and a demo or a template of the tests that is out of date says nothing.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from deploy.demo.run import FLOORS, REFERENCE_FILES, SCHEMA_FILES, STATIC_FILES, WORLD_FILES
from tests import database
from tests.architecture.tree import ROOT, nodes_of, parsed

DEMO = [*SCHEMA_FILES, *REFERENCE_FILES, *WORLD_FILES, *STATIC_FILES]


def _found(pattern: str, *, below: tuple[str, ...] = ("",)) -> list[str]:
    paths = [path for floor in below for path in (ROOT / floor).glob(pattern)]
    return [path.relative_to(ROOT).as_posix() for path in paths if path.is_file()]


@pytest.mark.parametrize("pattern", DEMO)
def test_a_pattern_of_the_demo_finds_files(pattern):
    assert _found(pattern, below=FLOORS), "what it meant has moved"


@pytest.mark.parametrize("pattern", database._PATTERNS)
def test_a_pattern_of_the_tests_finds_files(pattern):
    assert _found(pattern), "what it meant has moved"


def _imported_by_models() -> set[str]:
    """Modules of ours that say what is in the database: those that models, portal views and digests import."""
    sources = [
        path.relative_to(ROOT)
        for pattern in ("*/*/models*.py", "*/*/models/*.py", "*/*/portal.py", "*/*/migrated.py")
        for path in ROOT.glob(pattern)
    ]
    names = {
        node.module
        for source in sources
        for node in nodes_of(parsed(source))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    files = {f"{name.replace('.', '/')}.py" for name in names}
    return {file for file in files if (ROOT / file).is_file()}


def test_the_template_of_the_tests_knows_every_file_with_sql_that_models_import():
    watched = {path for pattern in database._PATTERNS for path in _found(pattern)}
    with_sql = {
        file
        for file in _imported_by_models()
        if any(
            isinstance(node, ast.Constant) and isinstance(node.value, str) and "CREATE OR REPLACE" in node.value.upper()
            for node in nodes_of(parsed(Path(file)))
        )
    }
    assert sorted(with_sql - watched) == []
