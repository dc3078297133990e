"""A rule runs, or it is the oracle of SQL that runs: the law is nowhere written down for nobody."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.reach import is_rule, modules, oracles, reached
from tests.architecture.tree import ROOT, text

RULES = {name: module for name, module in modules().items() if is_rule(module.path)}


def _public(name: str) -> set[tuple[str, str]]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    defined = RULES[name].defines.items()
    return {(name, word) for word, node in defined if isinstance(node, kinds) and not word.startswith("_")}


def test_rules_are_found_and_so_is_what_uses_them():
    assert len(RULES) > 10
    assert ("tenant_apps.billing.rules", "aufenthaltstage") in reached()
    assert ("shared_apps.core.geld", "round_cent") in reached()
    assert ("tenant_apps.controlling.rules", "fallzahl") not in reached(), "only SQL computes it"


@pytest.mark.parametrize("name", sorted(RULES))
def test_each_public_rule_runs_or_is_an_oracle(name):
    """A view, service, selector, task or command comes to it, or a test of properties holds SQL against it."""
    compared = frozenset().union(*(symbols for _, symbols in oracles().values()))
    idle = sorted(word for _, word in _public(name) - reached() - compared)
    assert idle == [], "use it, compare it with the SQL that runs (ORACLE_OF), or take it out"


@pytest.mark.parametrize("path", sorted(oracles()), ids=str)
def test_an_oracle_is_asked_about_any_world_and_its_sql_exists(path):
    sql, symbols = oracles()[path]
    assert (ROOT / sql).is_file()
    assert "@given(" in text(path), "a property, not an example"
    assert any(module in RULES for module, _ in symbols)
