"""A service that changes what the published figures count marks the months, or the figures go stale unnoticed.

Steps of a state have to (`advance`, ADR 0055). Here everything else in the services: rows that are made, altered or
deleted in a table that the publishing SQL reads.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from tenant_apps.controlling.publish_sql import WERTE
from tests.architecture.tree import nodes_of, parsed, python_files

#: Tables of the register: read when a month is computed; a change there is no reason to publish it again.
REGISTER = ("catalogue_", "providers_")
#: The models whose rows are counted, as the SQL itself names them.
COUNTED = {
    model.__name__
    for model in apps.get_models()
    if model._meta.db_table in re.findall(r"(?:FROM|JOIN) (\w+_\w+)", WERTE)
    if not model._meta.db_table.startswith(REGISTER)
}
#: What makes, alters or deletes rows of a model: `Buchung.objects.filter(…).update(…)`.
WRITES = {"create", "bulk_create", "get_or_create", "update", "bulk_update", "update_or_create", "delete"}
_DELETED = "who she was leaves; what has been published of closed months stays as it was"
_PLACES = "a hold follows its reservation or booking, and their step marks the months"
#: Who writes such a row and marks no month, and why. The list only gets shorter.
MARKS_NOTHING = {
    "tenant_apps/privacy/services/loeschen.py": _DELETED,
    "shared_apps/occupancy/services/__init__.py": _PLACES,
}


def _is_service(path: Path) -> bool:
    return path.name == "services.py" or "services" in path.parts


def _root(node: ast.AST) -> str:
    """The name a chain begins with: `Buchung` in `Buchung.objects.filter(…).update(…)`."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    yield from (part for part in ast.walk(node) if isinstance(part, ast.Call))


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _writes(function: ast.AST) -> bool:
    return any(
        (_name(call) in WRITES and isinstance(call.func, ast.Attribute) and _root(call.func) in COUNTED)
        or (isinstance(call.func, ast.Name) and call.func.id in COUNTED)
        for call in _calls(function)
    )


def find_silent(tree: ast.Module) -> list[str]:
    """Functions of a module that write without marking, unless every function that calls them marks."""
    functions = {node.name: node for node in nodes_of(tree) if isinstance(node, ast.FunctionDef)}

    def marks(name: str, seen: frozenset[str] = frozenset()) -> bool:
        if any(_name(call) in {"mark", "mark_monate"} for call in _calls(functions[name])):
            return True
        callers = {other for other, node in functions.items() if any(_name(call) == name for call in _calls(node))}
        callers -= {*seen, name}
        return bool(callers) and all(marks(other, seen | {name}) for other in callers)

    return [name for name, node in functions.items() if _writes(node) and not marks(name)]


def test_the_sql_names_what_it_counts():
    assert {"Buchung", "Suche", "Auszahlung", "Rechnung", "Platzbindung", "Haushaltsansatz"} <= COUNTED


def test_who_writes_what_is_counted_marks_the_months():
    found = {str(path): silent for path in python_files() if _is_service(path) if (silent := find_silent(parsed(path)))}
    unmarked = {path: names for path, names in found.items() if path not in MARKS_NOTHING}
    assert not unmarked, f"call mark_monate(monate=[…]) with the months whose figures have changed: {unmarked}"
    assert set(found) == set(MARKS_NOTHING), "one of the list marks now: take it out"


@pytest.mark.parametrize(
    ("source", "silent"),
    [
        ("def book():\n    Buchung.objects.create()", ["book"]),
        ("def end():\n    Buchung.objects.filter(pk=1).update(ende=1)", ["end"]),
        ("def book():\n    Buchung().save()", ["book"]),
        ("def book():\n    _make()\ndef _make():\n    Buchung.objects.create()", ["_make"]),
        ("def book():\n    _make()\n    mark_monate(monate=[])\ndef _make():\n    Buchung.objects.create()", []),
        ("def book():\n    with advance() as schritt:\n        Buchung.objects.create()\n        schritt.mark()", []),
        ("def look():\n    return Buchung.objects.filter(pk=1).first()", []),
        ("def write():\n    Notiz.objects.create()", []),
    ],
)
def test_it_finds(source: str, silent: list[str]):
    assert find_silent(ast.parse(source)) == silent
