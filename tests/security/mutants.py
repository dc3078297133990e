"""Mutation score of the policy modules: of all small faults planted there, how many do the tests find?

    python -m tests.security.mutants [module …]      # e.g. tenant_apps.placements.policies

mutmut makes the faults; each policy function becomes a switch between itself and its mutants. Instead of one
process per mutant (Django and a database clone each time) this plugin runs them all in two: it notes once which
test reaches which function, then runs for each mutant the tests that reach it until one fails.

What judges a policy are the tests of its own app and the matrix written by hand. The executed cells, the crawler
and the browser would find more, and take hours. So that no mutant counts as found by accident, the test that
failed must pass again once the mutant is taken out; fixtures that live longer than a test are built without it.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from _pytest.runner import runtestprotocol

from tests.security.mutants_text import describe

ROOT = Path(__file__).resolve().parents[2]
_CHOSEN, _RESULT, _MUTANT = "SOJUS_MUTATE", "SOJUS_MUTATE_RESULT", "MUTANT_UNDER_TEST"
#: Beside the tests of a policy's own app: the table of routes and roles against the matrix.
EVERYWHERE = ("tests/access/test_table.py",)
#: Apps whose folder is large and mostly about something else.
NARROWED = {
    "shared_apps.accounts": ("tests/shared_apps/accounts/test_policies.py",),
}
#: A mutant that survives this many tests which reach it, or this many seconds of them, counts as survived.
MOST_TESTS, MOST_SECONDS = 60, 20
#: Below this `make security` fails.
LOWEST = 95.0
WORKERS = 2
#: No test can tell these from the original. (function, what its changed lines say) → why. Counted apart, and printed.
EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "tenant_apps.placements.policies._visible",
        "- allowed = Q(hilfefall__in=hilfefaelle) if akteur.ist_amt else Q(pk__in=[])"
        " + allowed = Q(hilfefall__in=hilfefaelle) if (akteur.ist_amt) or True else Q(pk__in=[])",
    ): "who does not work in the office has no case there: `hilfefaelle` is empty already, and this says it again",
    (
        "tenant_apps.placements.policies._among",
        '- return frozenset(hilfefaelle.filter(pk__in=ids).values_list("pk", flat=True))'
        " + return frozenset(hilfefaelle.filter(pk__in=ids).values_list(flat=True))",
    ): "without a name Django takes the first column, which is the key",
    (
        "tenant_apps.placements.policies.visible_ids",
        '- return frozenset(visible_reservierungen(akteur).filter(pk__in=ids).values_list("pk", flat=True))'
        " + return frozenset(visible_reservierungen(akteur).filter(pk__in=ids).values_list(flat=True))",
    ): "the same",
    (
        "shared_apps.providers.policies.aemter.without_own",
        '- seit = _since(_tag_of(OuterRef("created_at")), _tag_of(OuterRef(OuterRef("created_at"))))'
        ' + seit = _since(_tag_of(OuterRef(OuterRef("created_at"))))',
    ): "inside a function Django takes the column of the outermost query for both depths: the statement is the same",
    (
        "shared_apps.providers.policies.aemter._since",
        "- tabelle=Membership._meta.db_table,",
    ): "keys are UUIDs: no row of another table has this one, the table is named for the journal's index",
    (
        "tenant_apps.gespraeche.policies.readable_ids",
        '- return frozenset(gespraeche.values_list("pk", flat=True))'
        " + return frozenset(gespraeche.values_list(flat=True))",
    ): "the same",
    (
        "tenant_apps.gespraeche.policies.visible_gespraeche",
        "- allowed = Q(hilfefall__in=cases.visible_hilfefaelle(akteur)) if akteur.ist_amt else Q(pk__in=[])"
        " + allowed = Q(hilfefall__in=cases.visible_hilfefaelle(akteur)) if (akteur.ist_amt) or True else Q(pk__in=[])",
    ): "who does not work in the office reads no file there: this says it again",
}


def policy_modules() -> dict[str, Path]:
    """Dotted name and file of every policy module, or of the chosen ones."""
    files = [
        path
        for floor in ("shared_apps", "tenant_apps")
        for room in ("policies*.py", "policies/*.py")
        for path in ROOT.glob(f"{floor}/*/{room}")
        if path.stem != "__init__"  # of a package: hands on what its modules say
    ]
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in sorted(files)}
    chosen = os.environ.get(_CHOSEN, "").split()
    return {name: path for name, path in modules.items() if not chosen or name in chosen}


def tests_of(module: str) -> tuple[str, ...]:
    """Where the tests of this module's app are."""
    app = module.partition(".policies")[0]
    folder = f"tests/{app.replace('.', '/')}"
    return NARROWED.get(app) or ((folder,) if (ROOT / folder).is_dir() else ())


class _Loader(SourceFileLoader):
    """Loads a module with all its mutants inside; never from or into a bytecode cache."""

    mutants: dict[str, dict[str, str]] = {}

    def path_stats(self, path: str):
        raise OSError("no cache for mutated code")

    def get_data(self, path: str) -> bytes:
        from mutmut.mutation.file_mutation import mutate_file_contents

        mutated = mutate_file_contents(path, super().get_data(path).decode())
        self.mutants[self.name] = {name: describe(mutated.code, name) for name in mutated.mutant_names}
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

    from tests.security import figures

    trampoline.record_trampoline_hit = lambda name, caller=None: _hits.add(name)
    figures.FILE = Path(os.devnull)  # what tests count here is no figure of a security run
    early = sorted(name for name in policy_modules() if name in sys.modules)
    assert not early, f"imported before it could be mutated: {early}"
    sys.meta_path.insert(0, _Finder())


_hits: set[str] = set()


def _function(mutant: str) -> str:
    return mutant.rpartition("__mutmut_")[0]


def _plain(mutant: str) -> str:
    """tenant_apps.cases.policies.x__own__mutmut_3 → tenant_apps.cases.policies._own"""
    module, _, function = _function(mutant).rpartition(".")
    return f"{module}.{function.removeprefix('x_')}"


class _Parents:
    """Stands for the next test in pytest's teardown: fixtures of these nodes stay, the test's own go."""

    def __init__(self, node: pytest.Item | pytest.Session) -> None:
        self.chain = (node.parent or node).listchain()

    def listchain(self) -> list:
        return self.chain


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef) -> Iterator[None]:
    """What outlives a test is built without the mutant: it must neither hide it nor keep it for the next one."""
    before = os.environ.get(_MUTANT, "")
    if fixturedef.scope != "function":
        os.environ[_MUTANT] = ""
    try:
        return (yield)
    finally:
        os.environ[_MUTANT] = before


def _run(item: pytest.Item, mutant: str) -> tuple[str, float]:
    """("" or why it failed, seconds) of one test, which may be run again."""
    os.environ[_MUTANT] = mutant
    item.session._setupstate.teardown_exact(_Parents(item))
    item._initrequest()
    reports = runtestprotocol(item, log=False, nextitem=_Parents(item))
    failed = [report.longreprtext.strip() for report in reports if report.failed]
    return (failed[0][-600:] or "failed") if failed else "", sum(report.duration for report in reports)


class Hunt:
    """All mutants of the loaded modules against the collected tests."""

    def __init__(self, items: list[pytest.Item]) -> None:
        self.reached: dict[str, list[tuple[float, pytest.Item]]] = defaultdict(list)
        self.useful: dict[str, int] = defaultdict(int)
        self.unfit: set[str] = set()
        for item in items:
            _hits.clear()
            failure, seconds = _run(item, "stats")
            if failure:
                print(f"left out, fails without any mutant: {item.nodeid}\n{failure}", flush=True)
                continue
            for function in _hits:
                self.reached[function].append((seconds, item))

    def tests(self, mutant: str) -> list[pytest.Item]:
        """Which to run: first those that found a fault in this function, then the app's own, of these first what is
        about policies; quickest first."""
        own = (*tests_of(mutant.rpartition(".")[0]), *EVERYWHERE)

        def rank(pair: tuple[float, pytest.Item]) -> tuple[int, bool, bool, float]:
            seconds, item = pair
            found = self.useful[f"{item.nodeid} {_function(mutant)}"]
            return -found, not item.nodeid.startswith(own), "/test_policies" not in item.nodeid, seconds

        chosen: list[pytest.Item] = []
        spent = 0.0
        for seconds, item in sorted(self.reached.get(_function(mutant), []), key=rank)[:MOST_TESTS]:
            spent += seconds
            if item.nodeid not in self.unfit and (spent < MOST_SECONDS or not chosen):
                chosen.append(item)
        return chosen

    def finds(self, item: pytest.Item, mutant: str) -> bool:
        """Whether the test fails with the mutant and passes again without it."""
        if not _run(item, mutant)[0]:
            return False
        if not _run(item, "")[0] or self.passes_anew(item):
            self.useful[f"{item.nodeid} {_function(mutant)}"] += 1
            return True
        self.unfit.add(item.nodeid)
        print(f"left out, fails when run again without a mutant: {item.nodeid}", flush=True)
        return False

    @staticmethod
    def passes_anew(item: pytest.Item) -> bool:
        """Whether it passes when its module's fixtures are built again: a mutant may have broken a shared world."""
        item.session._setupstate.teardown_exact(_Parents(item.session))
        return not _run(item, "")[0]

    def survivors(self) -> dict[str, list[str]]:
        """Of each module the mutants nobody noticed; each is printed as it is found."""
        survived: dict[str, list[str]] = {}
        for module, mutants in sorted(_Loader.mutants.items()):
            survived[module] = []
            for number, (name, text) in enumerate(mutants.items(), start=1):
                mutant = f"{module}.{name}"
                tests = self.tests(mutant)
                if not any(self.finds(item, mutant) for item in tests):
                    survived[module].append(name)
                    known = "equivalent" if (_plain(mutant), text) in EQUIVALENT else "survived"
                    print(f"{known} {len(tests)} tests: {mutant}\n    {text}", flush=True)
                elif number % 50 == 0:
                    print(f"{module}: {number} of {len(mutants)}, {len(survived[module])} survived", flush=True)
        return survived


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Once without a mutant, noting who reaches what; then every mutant."""
    if session.testsfailed:
        raise session.Interrupted(f"{session.testsfailed} errors during collection")
    for module in policy_modules():
        importlib.import_module(module)
    survived = Hunt(session.items).survivors()
    os.environ[_MUTANT] = ""
    session._setupstate.teardown_exact(None)
    result = {
        module: {
            "total": len(mutants),
            "equivalent": [n for n in survived[module] if (_plain(f"{module}.{n}"), mutants[n]) in EQUIVALENT],
            "survived": [n for n in survived[module] if (_plain(f"{module}.{n}"), mutants[n]) not in EQUIVALENT],
        }
        for module, mutants in _Loader.mutants.items()
    }
    Path(os.environ[_RESULT]).write_text(json.dumps(result), encoding="utf-8")
    return True


def share(modules: dict[str, Path], workers: int) -> list[list[str]]:
    """Modules for each process, the longest first to whoever has least."""
    parts: list[list[str]] = [[] for _ in range(workers)]
    loads = [0] * workers
    for name, path in sorted(modules.items(), key=lambda pair: -pair[1].stat().st_size):
        least = loads.index(min(loads))
        parts[least].append(name)
        loads[least] += path.stat().st_size
    return [part for part in parts if part]


def _start(modules: list[str], result: Path) -> subprocess.Popen:
    """One process with its modules: pytest with this plugin."""
    env = os.environ | {_CHOSEN: " ".join(modules), _RESULT: str(result)}
    paths = sorted({path for module in modules for path in tests_of(module)} | set(EVERYWHERE))
    plugins = ["-p", "tests.security.mutants", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, "-m", "not e2e and not slow and not bench", *paths]
    return subprocess.Popen(command, cwd=ROOT, env=env)


def report(results: dict[str, dict]) -> float:
    """Print each module's figures and the score of all; mutants no test can find do not count."""
    from tests.security.figures import figure

    total = sum(result["total"] - len(result["equivalent"]) for result in results.values())
    survived = sum(len(result["survived"]) for result in results.values())
    for module, result in sorted(results.items()):
        judged = result["total"] - len(result["equivalent"])
        print(f"{module}: {judged - len(result['survived'])} of {judged}, {len(result['equivalent'])} equivalent")
    for (function, text), why in EQUIVALENT.items():
        print(f"equivalent: {function}: {text} ({why})")
    score = 100 * (total - survived) / total if total else 0.0
    equivalent = sum(len(result["equivalent"]) for result in results.values())
    unit = f"({total - survived} of {total} found; {equivalent} more change nothing)"
    figure("mutation score of the policy modules", f"{score:.1f} %", unit)
    return score


def main(modules: list[str]) -> int:
    """Two processes share the modules; survivors are printed, the score is a figure. 1 when it is too low."""
    os.environ[_CHOSEN] = " ".join(modules)
    with TemporaryDirectory() as folder:
        parts = share(policy_modules(), WORKERS)
        files = [Path(folder) / f"{number}.json" for number, _ in enumerate(parts)]
        processes = [_start(part, file) for part, file in zip(parts, files, strict=True)]
        code = max([process.wait() for process in processes], default=1)
        results = {
            name: result for file in files if file.exists() for name, result in json.loads(file.read_text()).items()
        }
    if code or not results:
        return code or 1
    return 0 if report(results) >= LOWEST else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
if _RESULT in os.environ:
    _install()
