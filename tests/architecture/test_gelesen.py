"""A form that is filled from a row says what it has shown (ADR 0057), or is in a list with the reason."""

from __future__ import annotations

import ast

from django import forms

from shared_apps.core.gelesen import BearbeitenForm
from tests.architecture.test_fields import list_forms
from tests.architecture.tree import ROOT, python_files

#: What fills a form without being a row that others change meanwhile, by its class.
OHNE_MARKEN = {
    "AufnahmeForm": "a new one, proposes the own district",
    "AbschlussForm": "proposes today",
    "HaeuserForm": "further houses of an enquiry, proposes what fits best",
    "AnmeldedienstForm": "a change takes the confirmation back, and a second person reads it whole",
    "AuswahlForm": "a new search, proposed from an old one",
    "BeendigungForm": "proposes a day",
    "BeginnForm": "proposes a day",
    "ConfirmForm": "where to go on",
    "ConsentForm": "which text was agreed to",
    "EndeForm": "proposes today",
    "EntgeltForm": "proposes today",
    "FilterForm": "a filter",
    "RufbereitschaftForm": "proposes today",
    "VorschlagForm": "a proposal, proposes the mail of the list",
    "FreigabeForm": "proposes the first choice",
    "GelesenForm": "the marks themselves, of a page without fields",
    "KontoForm": "another account, proposes the holder; a second person reads it whole",
    "MeldungForm": "proposes today",
    "StammdatenvorschlagForm": "a proposal; the office reads it beside what holds, and the database compares",
    "NeueEinrichtungForm": "a new one, proposes the only provider",
    "NeuesAngebotForm": "a new one, proposes today",
    "PasskeyForm": "where to go on",
    "PasskeyNameForm": "the name of one's own key",
    "PersonForm": "proposes whom the search was for",
    "RechnungForm": "proposes a number",
    "ReservierenForm": "a new one; the amount that was shown",
    "RolleForm": "proposes today",
    "SammeluebergabeForm": "proposes all",
    "StandortForm": "where one is; keeps it for the session of whoever types it",
    "SperreForm": "proposes today, or the day of the bar",
    "StoppForm": "proposes today",
    "SecondFactorForm": "where to go on",
    "SignInForm": "where to go on",
    "VerlaengernForm": "proposes how many days",
    "UeberlagerungForm": "asked while a booking is made; proposes a last day, and overwrites nothing",
    "VertretungForm": "proposes today",
    "WartungForm": "which state the question was about; in another one it is refused",
    "ZahlungForm": "proposes today",
    "ZugangEntscheidungForm": "proposes what was asked for; decided once",
}
_FILLS = {"initial", "instance"}


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_initial(target: ast.Subscript) -> bool:
    """`kwargs["initial"] = …`: handed on without its name."""
    return isinstance(target.slice, ast.Constant) and target.slice.value in _FILLS


def _sets_initial(form: ast.ClassDef) -> bool:
    """Its own `__init__` fills it: passes `initial`, or sets it, its own or that of a field."""
    for node in ast.walk(form):
        if isinstance(node, ast.Call) and _name(node.func) == "__init__":
            if any(keyword.arg in _FILLS for keyword in node.keywords):
                return True
            continue
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            inner = target.value if isinstance(target, ast.Subscript) else target
            if isinstance(target, ast.Subscript) and _is_initial(target):
                return True
            if isinstance(inner, ast.Attribute) and inner.attr == "initial":
                return True
    return False


def find_filled() -> set[str]:
    """Names of the forms that are filled when they are made, or by themselves."""
    found = {form.__name__ for form in list_forms() if issubclass(form, forms.BaseModelForm)}
    for path in python_files():
        if path.parts[0] == "deploy":
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func).endswith("Form"):
                if any(keyword.arg in _FILLS for keyword in node.keywords):
                    found.add(_name(node.func))
            elif isinstance(node, ast.ClassDef) and node.name.endswith("Form") and _sets_initial(node):
                found.add(node.name)
    return found - {"BearbeitenForm"}


def test_filled_forms_carry_marks() -> None:
    marked = {form.__name__ for form in list_forms() if issubclass(form, BearbeitenForm)}
    filled = find_filled()
    assert {"FallForm", "EinrichtungForm", "AnbieterForm", "VorgabeForm"} <= filled & marked
    assert filled - marked - set(OHNE_MARKEN) == set(), "a BearbeitenForm, or a line in OHNE_MARKEN with the reason"
    assert set(OHNE_MARKEN) - (filled - marked) == set(), "gone: take it out of the list"


def test_marks_are_compared() -> None:
    """Every form with marks hands them on: a view that makes one reads `marken`."""
    marked = {form.__name__ for form in list_forms() if issubclass(form, BearbeitenForm)}
    for path in python_files():
        text = (ROOT / path).read_text(encoding="utf-8")
        if "views" in path.as_posix() and any(f"{name}(posted(" in text for name in marked):
            assert ".marken" in text, path
