"""Every app says what it is for; each decision has its four parts; walks are counted. References: `test_references`."""

from __future__ import annotations

import ast
import re

import pytest
from django.apps import apps

from tests.architecture.tree import FLOORS, ROOT, parsed, python_files

APPS = sorted(config.name for config in apps.get_app_configs() if config.name.partition(".")[0] in FLOORS)
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))


@pytest.mark.parametrize("app", APPS)
def test_app_has_a_short_readme(app):
    readme = ROOT / app.replace(".", "/") / "README.md"
    assert readme.is_file(), "write purpose, public door, states, legal basis, data class"
    body = readme.read_text(encoding="utf-8")
    for word in ("**Purpose.**", "**Public door.**", "**States.**", "**Legal basis.**", "**Data class.**"):
        assert word in body, word
    assert len(body.splitlines()) <= 40, "short"


@pytest.mark.parametrize("app", APPS)
def test_readme_names_the_lists_and_the_things_of_the_api(app):
    """Where an engineer looks first for how a page's list is sorted and what a program can do."""
    declared = [
        name
        for path in python_files()
        if path.is_relative_to(app.replace(".", "/"))
        for node in parsed(path).body
        for name, made_of in (
            [(target.id, getattr(node.value.func, "id", "")) for target in node.targets if isinstance(target, ast.Name)]
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
            else [(node.name, getattr(base, "id", "")) for base in node.bases]
            if isinstance(node, ast.ClassDef)
            else ()
        )
        if made_of in {"Liste", "ThingViewSet"}
    ]
    readme = (ROOT / app.replace(".", "/") / "README.md").read_text(encoding="utf-8")
    assert [name for name in declared if not re.search(rf"\b{name}`", readme)] == [], "write them under Lists, or API"


@pytest.mark.parametrize("path", DECISIONS, ids=lambda p: p.stem)
def test_decision_is_complete(path):
    body = path.read_text(encoding="utf-8")
    assert body.startswith(f"# {path.stem[:4]} ")
    for heading in ("## Context", "## Decision", "## Rejected", "## Consequences"):
        assert heading in body, heading
    assert f"({path.name})" in (path.parent / "README.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_once_and_listed_in_order():
    numbers = [path.stem[:4] for path in DECISIONS]
    assert [number for number in numbers if numbers.count(number) > 1] == [], "two people took the next free number"
    listed = re.findall(
        r"^\| \[(\d{4})\]", (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert listed == numbers


def test_the_changelog_says_nothing_twice():
    """Two branches that change one line leave both of its versions when their lines are put together."""
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    begins = [line[:60] for line in lines if line.startswith("- ")]
    assert sorted({begin for begin in begins if begins.count(begin) > 1}) == [], "keep the newer one"


def test_walks_of_everyday_changes_name_tests_that_exist():
    """CONTRIBUTING.md is followed literally. That its files exist is asked of all documents (`test_references`)."""
    named = set(re.findall(r"`([\w./-]+)`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    sources = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    tests = {name for name in named if re.fullmatch(r"test_\w+", name)}
    assert len(tests) > 15
    functions = "\n".join(sources.values())
    assert sorted(name for name in tests if name not in sources and f"def {name}(" not in functions) == []


def test_each_walk_counts_its_files():
    """The numbers in its heading are those of its steps: "N files; M when …", "N files, or M when …" with two lists,
    "K of them made" by a command."""
    walks = _walks()
    assert [int(number) for number, *_ in walks] == list(range(1, len(walks) + 1)) and len(walks) >= 10
    wrong = {}
    for number, heading, text in walks:
        told = [int(files) for files in re.findall(r"(\d+) (?:files|when)\b", heading)]
        made = sum(map(int, re.findall(r"(\d+) of them made", heading)))
        steps = [int(step) for step in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
        lists = [last for last, after in zip(steps, [*steps[1:], 1], strict=True) if after == 1]
        counted = (lists, len(re.findall(r"^\d+\. `[^`]+`, made: ", text, re.MULTILINE)))
        if not told or (told[-len(lists) :], made) != counted or len(steps) != sum(lists):
            wrong[number] = (heading, counted)
    assert wrong == {}


def test_the_first_five_walks_take_at_most_four_files_by_hand():
    """What comes most often must stay easy; a file that says again what another one says is made of it instead."""
    by_hand = {
        number: max(int(files) for files in re.findall(r"(\d+) (?:files|when)\b", heading))
        - sum(map(int, re.findall(r"(\d+) of them made", heading)))
        for number, heading, _ in _walks()[:5]
    }
    assert len(by_hand) == 5 and max(by_hand.values()) <= 4, by_hand


def _walks() -> list[tuple[str, str, str]]:
    """Number, rest of the heading, and text of each."""
    body = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return re.findall(r"^## (\d+)\. ([^\n]*\d files[^\n]*)\n(.*?)(?=^## |\Z)", body, re.MULTILINE | re.DOTALL)
