"""SQL goes down only, as imports do: no text names a table or model of an app that the module could not import.

A name in a string is a dependency that `lint-imports` does not see. What an app below has to know of one above is
declared on the model (`is_person`, `ways_to_person`, `says_who`, `trail_part`, `is_journaled`, `view`, …), or in the
app's `portal.py` and `migrated.py`, and collected.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from tests.architecture.tree import ROOT, nodes_of, parsed, python_files


@cache
def _below() -> dict[str, frozenset[str]]:
    """App -> apps it may import, as the layers of .importlinter say."""
    read = ConfigParser()
    read.read(ROOT / ".importlinter", encoding="utf-8")
    order = [
        ["tenants"],
        *(
            [f"{floor}.{name}" for name in re.findall(r"\w+", row)]
            for floor, contract in (("shared_apps", "shared-apps"), ("tenant_apps", "tenant-apps"))
            for row in reversed(read[f"importlinter:contract:{contract}"]["layers"].strip().splitlines())
        ),
        ["config"],
        ["deploy"],
    ]
    found: dict[str, frozenset[str]] = {}
    for row, names in enumerate(order):
        lower = frozenset(name for below in order[:row] for name in below)
        found |= {name: lower | {name} for name in names}
    return found


@cache
def _owners() -> dict[str, str]:
    """Table or label of a model (`cases.klient`) -> app of ours that has it."""
    ours = [m for m in apps.get_models(include_auto_created=True) if m._meta.app_config.name in _below()]
    return {name: m._meta.app_config.name for m in ours for name in (m._meta.db_table, m._meta.label_lower)}


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _owners()), key=len, reverse=True))
    return re.compile(rf"(?<![\w.])(?:{names})(?!\w)|(?<=public\.)(?:{names})(?!\w)|(?<=tenant\.)(?:{names})(?!\w)")


def app_of(path: Path) -> str:
    """The app a file belongs to."""
    return ".".join(path.parts[:2]) if path.parts[0] in {"shared_apps", "tenant_apps"} else path.parts[0]


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string of a module that is no docstring, with its line."""
    docstrings = {
        id(node.body[0].value)
        for node in nodes_of(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes_of(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def names_above(app: str, text: str) -> list[str]:
    """Tables and models in a text that belong to an app which this one may not import."""
    return [name for name in _pattern().findall(text) if _owners()[name] not in _below()[app]]


def test_no_text_names_a_table_of_an_app_above_or_beside():
    found = [
        f"{path}:{line} {name}"
        for path in python_files()
        for line, text in texts(parsed(path))
        for name in names_above(app_of(path), text)
    ]
    assert found == [], "declare it on the model, or let the app above register what it knows"


@pytest.mark.parametrize(
    ("app", "text", "found"),
    [
        ("tenants", "SELECT 1 FROM accounts_user u", ["accounts_user"]),
        ("tenants", "public.accounts_user", ["accounts_user"]),
        ("tenant_apps.placements", "JOIN tenant.billing_rechnung i", ["billing_rechnung"]),
        ("tenant_apps.billing", "JOIN tenant.placements_buchung b", []),
        ("tenant_apps.audit", "cases.klient", ["cases.klient"]),
        ("shared_apps.members", "journal_journaleintrag und accounts_membership", []),
        ("shared_apps.providers", "accounts_users", []),
    ],
)
def test_a_name_from_above_is_found(app, text, found):
    assert names_above(app, text) == found


#: Functions of an app above that one below calls in its own SQL, and why no hook serves.
_CALLED_FROM_BELOW = {
    ("shared_apps.providers", "occupancy_vakanzen"): "counts are joined, filtered and sorted page by page in one query",
    ("shared_apps.providers", "occupancy_je_belegt"): "one query for all offers of a list, under the role of a house",
}


@cache
def _functions() -> dict[str, str]:
    """Function that an app's migrations made -> the app."""
    found = (path for path in python_files() if path.name == "migrated.py" and len(path.parts) == 3)
    modules = {app_of(path): import_module(".".join(path.with_suffix("").parts)) for path in found}
    return {name: app for app, module in modules.items() for name in getattr(module, "FUNCTIONS", {})}


def test_functions_of_an_app_above_are_called_where_it_is_said():
    """A function is a door as a table is none: it answers one question, and whoever lies to it learns no more."""
    call = re.compile(r"\b(\w+)\(")
    called = {
        (app_of(path), name)
        for path in python_files()
        if path.name != "migrated.py"
        for _, text in texts(parsed(path))
        for name in call.findall(text)
        if name in _functions() and _functions()[name] not in _below()[app_of(path)]
    }
    assert called == set(_CALLED_FROM_BELOW)


_BY_RESERVATION = "who may know them follows from the reservation, and cases knows none"
_TALKED_ABOUT = "a house sees a talk through its reservation, which gespraeche does not know"
#: Portal views of another app's table, and why.
_OF_ANOTHER = {
    "accounts_fachkraft": "whom a provider knows by name is collected from every app (KNOWN_PEOPLE)",
    "cases_hilfefall": _BY_RESERVATION,
    "cases_klient": _BY_RESERVATION,
    "cases_personenschluessel": _BY_RESERVATION,
    "gespraeche_gespraech": _TALKED_ABOUT,
    "gespraeche_gespraechsnachricht": _TALKED_ABOUT,
}


def test_an_app_declares_the_portal_views_of_its_own_tables():
    found = [path for path in python_files() if path.name == "portal.py" and path.parts[0] == "tenant_apps"]
    views = {
        view.table: app_of(path)
        for path in found
        for view in import_module(".".join(path.with_suffix("").parts)).PORTAL_VIEWS
    }
    assert len(views) >= 8
    assert {table for table, app in views.items() if _owners()[table] != app} == set(_OF_ANOTHER)
