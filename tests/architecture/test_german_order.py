"""What a person reads by name is sorted in German order, everywhere (shared_apps/core/ordnung.py)."""

from __future__ import annotations

import ast

from tests.architecture.tree import nodes_of, own_models, parsed, python_files

#: Last words of fields that hold names for reading; codes, numbers and short signs are not among them.
NAMES = {"name", "nachname", "vorname", "kurzname", "bezeichnung", "ort", "team", "titel"}


def _reads_as_name(wert: object) -> bool:
    return isinstance(wert, str) and wert.removeprefix("-").rpartition("__")[2] in NAMES


def test_no_model_sorts_names_by_bytes():
    found = [f"{m.__name__}: {wort}" for m in own_models() for wort in m._meta.ordering if _reads_as_name(wort)]
    assert found == [], "use deutsch('…') in Meta.ordering"


def test_no_query_sorts_names_by_bytes():
    found = [
        f"{path}:{node.lineno}"
        for path in python_files()
        for node in nodes_of(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"order_by", "asc", "desc"}
        and any(
            isinstance(word, ast.Constant) and _reads_as_name(word.value)
            for argument in (*node.args, node.func.value)
            for word in _own_constants(argument)
        )
    ]
    assert found == [], "use deutsch('…') in order_by"


def test_no_table_of_orders_sorts_names_by_bytes():
    found = [
        f"{path}:{node.lineno}"
        for path in python_files()
        for node in nodes_of(parsed(path))
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and "SORTIERUNG" in target.id for target in node.targets)
        and isinstance(node.value, ast.Dict)
        and any(isinstance(value, ast.Constant) and _reads_as_name(value.value) for value in node.value.values)
    ]
    assert found == [], "use deutsch('…') as the value"


def _own_constants(argument: ast.expr) -> list[ast.expr]:
    """The argument itself, or what F('…') and Lower('…') name; never what is inside deutsch('…')."""
    if isinstance(argument, ast.Call):
        known = isinstance(argument.func, ast.Name) and argument.func.id in {"F", "Lower", "Upper", "OrderBy"}
        return [inner for word in argument.args for inner in _own_constants(word)] if known else []
    return [argument]
