"""What the code imports is declared in pyproject.toml, and what is declared there is used.

A package that only came along with another one disappears on the day that one no longer needs it.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.tree import ROOT, nodes_of, parsed, python_files, statements

#: The whole source is read once, not by each worker.
pytestmark = pytest.mark.xdist_group("dependencies")
OWN = {"manage", "config", "tenants", "shared_apps", "tenant_apps", "deploy", "tests"}
#: Programs of `deploy` that need what only developers have.
DEVELOPERS_TOOLS = {"deploy/fonts.py", "deploy/mypy_names.py"}
#: Declared, imported nowhere: who uses it.
UNSEEN = {
    "argon2-cffi": "Django's Argon2PasswordHasher imports it",
    "tzdata": "zoneinfo reads it where the machine has no time zones",
    "pytest-django": "a plugin of pytest",
    "brotli": "fontTools reads woff2 with it",
    "import-linter": "a command of `make lint`",
    "django-stubs": "mypy reads it",
    "djlint": "a command of `make lint`",
    "ruff": "a command of `make lint`",
    "uv": "a command of `make lock`",
}
_DOTTED = re.compile(r"[a-z_]\w*(\.\w+)*")


def _declared() -> tuple[set[str], set[str]]:
    """(for the running portal, for development only)"""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lists = project["dependencies"], project["optional-dependencies"]["dev"]
    runtime, development = ({canonicalize_name(Requirement(line).name) for line in lines} for lines in lists)
    return runtime, development


def _parsed(path: Path) -> ast.Module:
    """What others parse as well is kept; the tests, which are most of the source, are not."""
    relative = path.relative_to(ROOT)
    return parsed(relative) if relative in python_files() else ast.parse(path.read_text(encoding="utf-8"))


def _modules(path: Path) -> set[str]:
    """Top names a file imports; in settings also those it names in a string, as Django wants them."""
    names = set()
    tree = _parsed(path)
    for node in statements(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    if path.is_relative_to(ROOT / "config" / "settings"):
        words = (node.value for node in nodes_of(tree) if isinstance(node, ast.Constant))
        names |= {word for word in words if isinstance(word, str) and _DOTTED.fullmatch(word)}
    return {name.partition(".")[0] for name in names} - OWN - set(sys.stdlib_module_names)


@cache
def _used() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Distribution → files, in what runs and in what develops."""
    distributions = packages_distributions()
    runtime: dict[str, set[str]] = defaultdict(set)
    development: dict[str, set[str]] = defaultdict(set)
    for tree in sorted(OWN):
        for path in (ROOT / tree).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            for module in _modules(path):
                if module not in distributions:
                    # A word in the settings that is no module, or an import that nothing installed answers to.
                    assert name.startswith("config/settings/"), f"{name} imports {module}, which nothing installed is"
                    continue
                used = development if tree == "tests" or name in DEVELOPERS_TOOLS else runtime
                for distribution in distributions[module]:
                    used[canonicalize_name(distribution)].add(name)
    return runtime, development


def _missing(used: dict[str, set[str]], declared: set[str]) -> dict[str, list[str]]:
    return {name: sorted(files)[:3] for name, files in used.items() if name not in declared}


def test_what_runs_imports_only_what_is_declared_for_it():
    assert _missing(_used()[0], _declared()[0]) == {}


def test_tests_and_tools_import_only_what_is_declared():
    runtime, development = _declared()
    assert _missing(_used()[1], runtime | development) == {}


def test_what_is_declared_is_used__where_it_is_declared():
    (runtime, development), (runs, develops) = _declared(), _used()
    idle = (runtime - set(runs)) | (development - set(develops))
    assert idle == set(UNSEEN)


def test_nothing_is_declared_twice():
    runtime, development = _declared()
    assert runtime & development == set()
