"""`make types` finds errors of types; no module is excused from it, and the lines that are excused are counted."""

from __future__ import annotations

import re
import tomllib

from tests.architecture.tree import ROOT, python_files

#: How many `# type: ignore[code]` there may be in what runs. It only goes down: lower it with each that you remove.
IGNORES = 16


def test_no_module_is_excused():
    assert "overrides" not in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    assert [str(path) for path in python_files() if "# mypy:" in (ROOT / path).read_text()] == []


def test_an_ignore_names_its_code():
    bare = [
        str(path) for path in python_files() if re.search(r"# type: ignore(?!\[[a-z-]+\])", (ROOT / path).read_text())
    ]
    assert bare == []


def _ignores() -> list[str]:
    """Each line of what runs that is ignored, with its file."""
    return [
        f"{path}: {line.strip()}"
        for path in python_files()
        if path.parts[0] != "tests"
        for line in (ROOT / path).read_text().splitlines()
        if "# type: ignore[" in line
    ]


def test_an_ignore_says_why():
    bare = [line for line in _ignores() if not re.search(r"# type: ignore\[[a-z-]+\]  # \w", line)]
    assert bare == [], "write the reason behind it: `# type: ignore[code]  # why`"


def test_ignores_are_few():
    """Each says of one place what Django's types cannot. Before you add one, think of a type that says it."""
    assert len(_ignores()) <= IGNORES, "find a type; when there is none, raise IGNORES and say why in the commit"
