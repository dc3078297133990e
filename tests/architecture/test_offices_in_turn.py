"""A loop over offices stops for all of them at the first exception: only `tenants.door.offices` has one (ADR 0033)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import parsed, python_files

#: What makes an office's schema or role the place of work.
DOORS = {"in_tenant", "in_tenant_portal", "apply_tenant_fence", "purge_protokoll", "tenant_trail"}
OFFICES = re.compile(r"\bTenant\.(objects|_default_manager)\b")
ONE = re.compile(r"\.(first|get)\(")
NAMES = re.compile(r"^(tenant|office|jugendamt)s?$|^(amt|aemter)$")
#: Where there is a loop over offices and why one broken office stops nobody there.
ALLOWED = {
    (
        "tenants/operations/release.py",
        "_note_violations",
    ): "compares names read before; changes only shared rows",
    ("tenants/onboarding/selectors.py", "tenant_states"): "asks the catalogue, which says what is missing",
    ("tenants/selectors.py", "list_betriebszeilen"): "puts together what the catalogue said of all",
    ("shared_apps/journal/selectors.py", "list_pruefstaende"): "puts together what stands in the shared schema",
    ("shared_apps/journal/services/pruefung.py", "check_siegel"): "names the chains; each is checked for itself",
    ("deploy/demo/world/welt.py", "_build"): "the demo's world is whole or is not",
}


def _words(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (n for n in ast.walk(node) if isinstance(n, ast.Call))


def _is_of_register(loop: ast.For | ast.comprehension, holding: set[str]) -> bool:
    return bool(OFFICES.search(ast.unparse(loop.iter)) or _words(loop.iter) & holding)


def _opens_a_door(body: list[ast.AST]) -> bool:
    return any(ast.unparse(call.func).rpartition(".")[2] in DOORS for part in body for call in _calls(part))


def _hands_over(body: list[ast.AST], target: set[str]) -> bool:
    """Calls somebody with the office itself: he may open its door."""
    return any(
        isinstance(argument, ast.Name) and argument.id in target
        for part in body
        for call in _calls(part)
        for argument in [*call.args, *(k.value for k in call.keywords)]
    )


def _loops(function: ast.AST) -> Iterator[int]:
    holding = {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and OFFICES.search(value := ast.unparse(node.value)) and not ONE.search(value)
        for target in node.targets
        for name in _words(target)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.For):
            places, body = [node], node.body
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            places, body = node.generators, [node.elt]
        elif isinstance(node, ast.DictComp):
            places, body = node.generators, [node.key, node.value]
        else:
            continue
        for place in places:
            target = _words(place.target)
            if _is_of_register(place, holding):
                bad = _opens_a_door(body) or _hands_over(body, target)
            else:
                bad = _opens_a_door(body) and any(NAMES.match(word) for word in target)
            if bad:
                yield node.lineno


def _found(source: ast.AST, path: str) -> set[tuple[str, str]]:
    functions = (n for n in ast.walk(source) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return {(path, f.name) for f in functions if any(_loops(f))}


def test_no_loop_over_offices_outside_the_one_shape():
    found = set().union(*(_found(parsed(path), str(path)) for path in python_files()))
    assert found - ALLOWED.keys() == set()
    assert ALLOWED.keys() - found == set(), "an exception that nobody needs any more"


@pytest.mark.parametrize(
    "loop",
    [
        "for tenant in Tenant.objects.all():\n        purge(tenant=tenant)",
        "found = list(Tenant.objects.all())\n    for x in found:\n        with in_tenant(x):\n            defer()",
        "return [seal(t) for t in Tenant.objects.all()]",
        "for schema, office in found.items():\n        with in_tenant(office):\n            pass",
    ],
)
def test_such_a_loop_is_seen(loop):
    assert _found(ast.parse(f"def round():\n    {loop}\n"), "x.py") == {("x.py", "round")}


def test_reading_the_register_is_no_such_loop():
    source = "def names():\n    return {t.schema_name: t for t in Tenant.objects.all()}\n"
    assert _found(ast.parse(source), str(Path("x.py"))) == set()
