"""A service writes the columns it changes: a whole row that was read before takes back what others wrote."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import ROOT, nodes_of, python_files

#: Module and function that save a whole row, and why nobody else's change is lost. The list only gets shorter.
GANZE_ZEILE = {
    "shared_apps/accounts/models/people.py:create_user": "a new row",
    "shared_apps/factors/services/anmelderegeln.py:update_anmelderegel": "read under its lock; new when there is none",
    "shared_apps/members/services/antraege.py:_decide": "read under its lock",
    "shared_apps/members/services/zugang.py:_decide": "read under its lock",
    "shared_apps/oidc/services/anmelden.py:_take": "a session, no row of the office",
    "shared_apps/oidc/services/einstellen.py:update_anmeldedienst": "read under its lock; new when there is none",
    "shared_apps/signin/session_store.py:create": "the session's own store",
    "shared_apps/signin/session_store.py:save": "the session's own store",
    "shared_apps/core/uploads/ablage.py:put": "a file, no row",
    "shared_apps/core/uploads/child.py:reencode": "a picture, no row",
    "tenants/onboarding/steps.py:enter_register": "read under its lock; new when there is none",
    "tenants/tables/base.py:save_base": "hands on what it was asked for",
    "tenants/operations/release.py:_note": "one process migrates",
    "tenants/operations/release.py:_note_violations": "one process migrates",
}
_SAVES = {"save", "asave", "save_base"}


def _functions(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for node in nodes_of(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node


def _whole(call: ast.Call) -> bool:
    """Writes all columns: names none, and does not say that the row is new. `**kwargs` may say anything."""
    words = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in words:
        return True
    fields = words.get("update_fields")
    if fields is not None and not (isinstance(fields, ast.Constant) and fields.value is None):
        return False
    new = words.get("force_insert")
    return not (isinstance(new, ast.Constant) and new.value is True)


def _own_calls(function: ast.AST) -> Iterator[ast.Call]:
    """Calls of the function itself, without those of functions inside it."""
    todo = list(ast.iter_child_nodes(function))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Call):
            yield node
        todo.extend(ast.iter_child_nodes(node))


def find_whole_rows(paths: tuple[Path, ...]) -> set[str]:
    """Where a whole row is saved."""
    found = set()
    for path in paths:
        for name, function in _functions(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            for call in _own_calls(function):
                if isinstance(call.func, ast.Attribute) and call.func.attr in _SAVES and _whole(call):
                    found.add(f"{path.as_posix()}:{name}")
    return found


def test_whole_rows_are_saved_where_it_is_said_why() -> None:
    paths = tuple(path for path in python_files() if path.parts[0] != "deploy")
    found = find_whole_rows(paths)
    assert found - set(GANZE_ZEILE) == set(), "save(update_fields=[…]): name what changes"
    assert set(GANZE_ZEILE) - found == set(), "gone: take it out of the list"


def test_finder__is_not_fooled(tmp_path) -> None:
    module = tmp_path / "module.py"
    for text, whole in (
        ("row.save()", True),
        ("row.save(update_fields=None)", True),
        ("row.save(**words)", True),
        ("row.save(force_insert=new)", True),
        ("super().save()", True),
        ("[r.save() for r in rows]", True),
        ("row.save(update_fields=felder)", False),
        ("row.save(force_insert=True)", False),
    ):
        module.write_text(f"def work():\n    {text}\n", encoding="utf-8")
        assert bool(find_whole_rows((module,))) == whole, text
