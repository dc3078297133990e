"""The source tree as these tests read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("config", "tenant_apps", "shared_apps", "tenants")
#: What runs inside Django above them: the demo fills tables as no service does.
DEMO = ("deploy/demo/world", "deploy/demo/management")


@cache
def python_files(*, migrations: bool = False) -> tuple[Path, ...]:
    """Source files of the four floors and of the demo's world, relative to the root."""
    found = []
    for floor in (*FLOORS, *DEMO):
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "__pycache__" in path.parts:
                continue
            if migrations or not {"migrations", "guardian_state"} & set(path.parts):
                found.append(path.relative_to(ROOT))
    return tuple(found)


@cache
def templates() -> tuple[Path, ...]:
    """All template files of the house, relative to the root."""
    return tuple(
        sorted(
            path.relative_to(ROOT)
            for floor in FLOORS
            for path in (ROOT / floor).rglob("*")
            if path.is_file() and "templates" in path.parts
        )
    )


@cache
def text(path: Path) -> str:
    """Content of a file."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def parsed(path: Path) -> ast.Module:
    """Syntax tree of a file."""
    return ast.parse(text(path), filename=str(path))


@cache
def nodes_of(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All nodes of a file, as `ast.walk` finds them: dozens of tests look at each, and finding them takes longest."""
    return tuple(ast.walk(tree))


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """All statements in a module, in whatever function, branch or handler: a tenth of what `ast.walk` finds."""
    for _, value in ast.iter_fields(node):
        if isinstance(value, list):
            for part in value:
                if isinstance(part, ast.stmt):
                    yield part
                if isinstance(part, ast.stmt | ast.excepthandler | ast.match_case):
                    yield from statements(part)


def own_models() -> list[type[models.Model]]:
    """Models that this house wrote (no libraries, no automatic link tables)."""
    return [m for m in apps.get_models() if m.__module__.partition(".")[0] in FLOORS]


@cache
def classes() -> tuple[tuple[Path, ast.ClassDef], ...]:
    """Every class with its file."""
    nodes = ((path, node) for path in python_files() for node in nodes_of(parsed(path)))
    return tuple((path, node) for path, node in nodes if isinstance(node, ast.ClassDef))


def identifiers(path: Path) -> Iterator[tuple[int, str]]:
    """Names a file defines: classes, functions, arguments, variables, attributes, keywords."""
    for node in nodes_of(parsed(path)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.value.lineno, node.arg
