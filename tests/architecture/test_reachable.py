"""A rule runs, or it is the oracle of SQL that runs; a policy is asked: no law is written down for nobody."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.reach import (
    is_called,
    is_policy,
    laws,
    list_oracles,
    methods,
    modules,
    oracles,
    reached,
)
from tests.architecture.tree import ROOT, text

LAW = laws()
#: Called by a library, by name.
BY_LIBRARY = {("tenant_apps.drafts.rules", "handle_startendtag"), ("tenant_apps.drafts.rules", "handle_endtag")}


def _public(name: str) -> set[tuple[str, str]]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    defined = modules()[name].defines.items()
    return {(name, word) for word, node in defined if isinstance(node, kinds) and not word.startswith("_")}


def test_rules_are_found_and_so_is_what_uses_them():
    assert len(LAW) > 30 and sum(map(is_policy, LAW.values())) > 10
    assert ("tenant_apps.billing.rules", "aufenthaltstage") in reached()
    assert ("tenant_apps.billing.policies", "may_bill") in reached()
    assert ("shared_apps.core.geld", "round_cent") in reached()
    assert ("tenant_apps.controlling.rules", "fallzahl") not in reached(), "only SQL computes it"


@pytest.mark.parametrize("name", sorted(LAW))
def test_each_public_rule_or_policy_runs_or_is_an_oracle(name):
    """A view, service, selector, task or command comes to it, or a test of properties holds SQL against it."""
    compared = frozenset().union(*(symbols for _, symbols in oracles().values()))
    idle = sorted(word for _, word in _public(name) - reached() - compared)
    assert idle == [], "use it, compare it with the SQL that runs (ORACLE_OF), or take it out"


@pytest.mark.parametrize("name", sorted(LAW))
def test_each_method_of_a_rule_is_called(name):
    """By the code that runs or by a page, not only by tests."""
    module = modules()[name]
    idle = [
        f"{of}.{method.name}"
        for of, method in methods(module)
        if (name, method.name) not in BY_LIBRARY and not is_called(module.path, method)
    ]
    assert idle == [], "use it or take it out"


def test_a_method_that_only_calls_itself_is_not_called(monkeypatch):
    own, other = Path("shared_apps/core/zeitraum.py"), Path("config/todo.py")
    (method,) = ast.parse("def count_down(self):\n    self.count_down()").body
    assert isinstance(method, ast.FunctionDef)
    for places, called in (([], False), ([(own, 2)], False), ([(own, 3)], True), ([(own, 2), (other, 2)], True)):
        monkeypatch.setattr("tests.architecture.reach._attributes", lambda places=places: {"count_down": places})
        assert is_called(own, method) is called


@pytest.mark.parametrize("path", list_oracles(), ids=str)
def test_an_oracle_is_asked_about_any_world_and_its_sql_exists(path):
    sql, symbols = oracles()[path]
    assert (ROOT / sql).is_file()
    assert "@given(" in text(path), "a property, not an example"
    assert any(module in LAW for module, _ in symbols)
