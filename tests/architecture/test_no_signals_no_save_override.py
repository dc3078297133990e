"""Writes happen in services. A save() that thinks or a signal that listens hides a rule."""

from __future__ import annotations

import ast

from tests.architecture.tree import classes, nodes_of, parsed, python_files

#: The base that stamps rows with their tenant: the guard itself, no business rule.
GUARDS = {"tenants/tables/base.py"}
HOOKS = {"save", "save_base", "delete", "clean", "full_clean", "refresh_from_db"}
MODEL_HOOKS = HOOKS - {"clean"}


def _is_model(node: ast.ClassDef) -> bool:
    return any(isinstance(child, ast.ClassDef) and child.name == "Meta" for child in node.body) and not any(
        "Form" in ast.unparse(base) or "Serializer" in ast.unparse(base) for base in node.bases
    )


def test_no_model_overrides_how_rows_are_written():
    found = [
        f"{path}:{function.lineno} {node.name}.{function.name}"
        for path, node in classes()
        if str(path) not in GUARDS and _is_model(node)
        for function in node.body
        if isinstance(function, ast.FunctionDef) and function.name in MODEL_HOOKS
    ]
    assert found == []


def test_nobody_listens_to_signals():
    found = []
    for path in python_files():
        for node in nodes_of(parsed(path)):
            module = getattr(node, "module", None) if isinstance(node, ast.ImportFrom) else None
            if module and (module.endswith(".signals") or module == "django.dispatch"):
                found.append(f"{path}:{node.lineno} {module}")
    assert found == []


def test_rules_and_states_know_no_django():
    found = []
    for path in python_files():
        if path.stem not in {"rules", "states"} and "rules" not in path.parts:
            continue
        for node in nodes_of(parsed(path)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path}:{node.lineno} {n}" for n in names if n.partition(".")[0] in {"django", "psycopg"}]
    assert found == []
