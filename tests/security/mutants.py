"""Mutation score of the policy modules: of all small faults planted there, how many do the tests find?

    python -m tests.security.mutants [module …]      # e.g. tenant_apps.placements.policies

mutmut makes the faults; each policy function becomes a switch between itself and its mutants. Instead of one
process per mutant (Django and a database clone each time) this plugin runs them all in one: it notes once which
test reaches which function, then runs for each mutant the tests that reach it, quickest first, until one fails.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import subprocess
import sys
from collections import defaultdict
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parents[2]
_CHOSEN = "SOJUS_MUTATE"
#: What judges the policies. Browser tests and the crawler would find more, and take hours.
TESTS = ("tests/access", "tests/shared_apps", "tests/tenant_apps", "tests/tenants/test_operator.py")
#: A mutant that survives this many tests which reach it counts as survived.
MOST_TESTS = 60


def policy_modules() -> dict[str, Path]:
    """Dotted name and file of every policy module."""
    files = [
        *ROOT.glob("shared_apps/*/policies*.py"),
        *ROOT.glob("tenant_apps/*/policies*.py"),
        ROOT / "tenants/policies.py",
    ]
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in sorted(files)}
    chosen = os.environ.get(_CHOSEN, "").split()
    return {name: path for name, path in modules.items() if not chosen or name in chosen}


class _Loader(SourceFileLoader):
    """Loads a module with all its mutants inside; never from or into a bytecode cache."""

    mutants: dict[str, list[str]] = {}

    def path_stats(self, path: str):
        raise OSError("no cache for mutated code")

    def get_data(self, path: str) -> bytes:
        from mutmut.mutation.file_mutation import mutate_file_contents

        source = super().get_data(path).decode()
        mutated = mutate_file_contents(path, source)
        self.mutants[self.name] = list(mutated.mutant_names)
        return mutated.code.encode()


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self) -> None:
        self.modules = policy_modules()

    def find_spec(self, name: str, path: object = None, target: object = None):
        if name not in self.modules:
            return None
        file = str(self.modules[name])
        return importlib.util.spec_from_file_location(name, file, loader=_Loader(name, file))


def _install() -> None:
    from mutmut.mutation import trampoline

    trampoline.record_trampoline_hit = lambda name, caller=None: _hits.add(name)
    sys.meta_path.insert(0, _Finder())


_hits: set[str] = set()


def _function(mutant: str) -> str:
    return mutant.rpartition("__mutmut_")[0]


class _Parents:
    """Stands for the next test in pytest's teardown: fixtures of these nodes stay, the test's own go."""

    def __init__(self, item: pytest.Item) -> None:
        self.chain = item.parent.listchain()

    def listchain(self) -> list:
        return self.chain


def _run(item: pytest.Item) -> tuple[bool, float]:
    """(passed, seconds) of one test, which may be run again."""
    item.session._setupstate.teardown_exact(_Parents(item))
    item._initrequest()
    reports = runtestprotocol(item, log=False, nextitem=_Parents(item))
    return not any(report.failed for report in reports), sum(report.duration for report in reports)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Once without a mutant, noting who reaches what; then every mutant."""
    from tests.security.figures import figure

    items = session.items
    os.environ["MUTANT_UNDER_TEST"] = "stats"
    reached: dict[str, list[tuple[float, pytest.Item]]] = defaultdict(list)
    for item in items:
        _hits.clear()
        passed, seconds = _run(item)
        if not passed:
            print(f"left out, fails without any mutant: {item.nodeid}", flush=True)
            continue
        for function in _hits:
            reached[function].append((seconds, item))
    survived: list[str] = []
    total = 0
    for module, mutants in sorted(_Loader.mutants.items()):
        for mutant in mutants:
            total += 1
            name = f"{module}.{mutant}"
            os.environ["MUTANT_UNDER_TEST"] = name
            tests = sorted(reached.get(_function(name), []), key=lambda pair: pair[0])[:MOST_TESTS]
            if all(_run(item)[0] for _, item in tests):
                survived.append(name)
                print(f"survived {len(tests)} tests: {name}", flush=True)
            elif total % 25 == 0:
                print(f"{total} mutants, {len(survived)} survived", flush=True)
    os.environ["MUTANT_UNDER_TEST"] = ""
    session._setupstate.teardown_exact(None)
    score = 100 * (total - len(survived)) / total if total else 0
    figure("mutation score of the policy modules", f"{score:.1f} %", f"({total - len(survived)} of {total} found)")
    return True


def main(modules: list[str]) -> int:
    """Run pytest with this plugin; survivors are printed, the score is a figure."""
    env = os.environ | {_CHOSEN: " ".join(modules)}
    command = [sys.executable, "-m", "pytest", "-p", "tests.security.mutants", "-q", "-p", "no:cacheprovider", "-p",
               "no:xdist", "-m", "not e2e and not slow and not bench", *TESTS]  # fmt: skip
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
if _CHOSEN in os.environ:
    _install()
