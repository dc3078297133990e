"""One word for one thing on the pages of the market (docs/glossary.md, One word on the screen)."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import ROOT

APPS = ("einlesen", "aufnahme", "providers", "occupancy", "inbox", "catalogue", "operations")
NOT = {r"\bVorlagen?\b": "Musterliste, or the verb vorlegen", r"\bImports? zur": "Liste zurücknehmen",
       r"\bBezirke?s?\b": "Kreis"}  # fmt: skip
FILES = [
    path
    for app in APPS
    for path in sorted((ROOT / "shared_apps" / app).rglob("*"))
    if path.suffix in {".py", ".html"} and "migrations" not in path.parts
]


@pytest.mark.parametrize("wrong", NOT)
def test_nothing_has_two_names(wrong: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(wrong, line)
    ]
    assert found == [], f"write {NOT[wrong]}"
