"""`make types` finds errors of types; no module is excused from it, and the single lines that are get counted."""

from __future__ import annotations

import re
import tomllib

from tests.architecture.tree import ROOT, python_files

#: `# type: ignore[code]` in what runs. One more needs a reason beside it, and this line.
IGNORES = 18


def test_no_module_is_excused():
    assert "overrides" not in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    assert [str(path) for path in python_files() if "# mypy:" in (ROOT / path).read_text()] == []


def test_an_ignore_names_its_code():
    bare = [
        str(path) for path in python_files() if re.search(r"# type: ignore(?!\[[a-z-]+\])", (ROOT / path).read_text())
    ]
    assert bare == []


def test_ignores_are_few():
    """Each says of one place what Django's types cannot; a second one beside it is a reason to think of a type."""
    places = [str(path) for path in python_files() if not str(path).startswith("tests/")]
    found = sum((ROOT / path).read_text().count("# type: ignore[") for path in places)
    assert found == IGNORES
