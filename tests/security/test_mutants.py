"""The mutation run itself: a mutant is active wherever its function went, and says what it changed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.architecture.reach import is_policy
from tests.architecture.tree import python_files
from tests.security import mutants

POLICY = '''
def may_enter(akteur):
    """Everybody but strangers."""
    return akteur != "stranger"


def guard(policy):
    return lambda akteur: policy(akteur)


captured = guard(may_enter)
'''


@pytest.fixture
def policy(tmp_path: Path, monkeypatch):
    """A policy module as the run loads it."""
    path = tmp_path / "some_policies.py"
    path.write_text(POLICY, encoding="utf-8")
    monkeypatch.setattr(mutants._Loader, "mutants", {})
    spec = importlib.util.spec_from_file_location(
        "some_policies", path, loader=mutants._Loader("some_policies", str(path))
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_mutant_is_active_where_the_policy_was_captured_at_import(policy, monkeypatch):
    inverted = next(name for name, text in mutants._Loader.mutants["some_policies"].items() if "akteur ==" in text)
    taken = policy.may_enter
    for mutant, enters in (("", True), (f"some_policies.{inverted}", False), ("other.x_may_enter__mutmut_1", True)):
        monkeypatch.setenv("MUTANT_UNDER_TEST", mutant)
        assert taken("anna") is policy.captured("anna") is enters


def test_mutant_says_what_it_changed(policy):
    texts = mutants._Loader.mutants["some_policies"]
    assert '- return akteur != "stranger" + return akteur == "stranger"' in texts.values()
    assert mutants._plain("some_policies.x_may_enter__mutmut_1") == "some_policies.may_enter"


def test_every_module_is_shared_out_once_and_has_tests():
    modules = mutants.policy_modules()
    parts = mutants.share(modules, 2)
    assert sorted(name for part in parts for name in part) == sorted(modules) and len(parts) == 2
    assert [name for name in modules if not mutants.tests_of(name)] == []
    assert not [path for name in modules for path in mutants.tests_of(name) if not (mutants.ROOT / path).exists()]


def test_no_policy_is_left_out():
    """A file, or a package of several."""
    policies = {mutants.ROOT / path for path in python_files() if is_policy(path) and path.stem != "__init__"}
    assert set(mutants.policy_modules().values()) == policies


def test_mutants_called_equivalent_are_still_there():
    """An entry whose code has changed since is judged again."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    for function, text in mutants.EQUIVALENT:
        module, _, name = function.rpartition(".")
        path = mutants.policy_modules()[module]
        mutated = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
        mine = [one for one in mutated.mutant_names if mutants._plain(f"{module}.{one}") == f"{module}.{name}"]
        assert text in {mutants.describe(mutated.code, one) for one in mine}, function
