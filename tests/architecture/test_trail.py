"""The trail speaks one language: what was done is a member of an app's `Vorgang`, with its words beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenant_apps.audit.enums import Vorgang, Vorgangsart
from tenant_apps.audit.labels import label_vorgang
from tests.architecture.tree import ROOT, parsed, python_files, text

MEMBERS = [member for app in Vorgangsart.__subclasses__() for member in app]
#: Written by the database: its code is in the SQL.
BY_THE_DATABASE = {Vorgang.SUPPORT_LESEN: "tenants/trail/support.py"}
#: Which argument says what was done.
WRITERS = {"record_access": None, "ask_about": 1}


def _said() -> Iterator[tuple[str, ast.expr]]:
    """Where an entry is written, and what it is given."""
    for path in python_files():
        for call in (n for n in ast.walk(parsed(path)) if isinstance(n, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            place = WRITERS.get(name)
            if name in WRITERS:
                given = [k.value for k in call.keywords if k.arg == "vorgang"]
                given += [] if place is None else call.args[place : place + 1]
                assert len(given) == 1, f"{path}:{call.lineno} says nothing"
                yield f"{path}:{call.lineno}", given[0]


def test_every_entry_says_it_with_a_member():
    """No text, typed or put together; what a helper hands on is checked by its annotation below."""
    said = list(_said())
    assert len(said) > 60
    texts = [
        place
        for place, given in said
        if any(isinstance(n, ast.JoinedStr) or (isinstance(n, ast.Constant) and isinstance(n.value, str))
               for n in ast.walk(given))
    ]  # fmt: skip
    assert texts == []


def test_helpers_take_members():
    wrong = [
        f"{path}:{node.lineno} {node.name}"
        for path in python_files()
        if "record_access" in text(path)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef)
        for arg in (*node.args.args, *node.args.kwonlyargs)
        if arg.arg == "vorgang" and arg.annotation and not ast.unparse(arg.annotation).startswith("Vorgang")
    ]
    # Approvals have a kind of their own, which is also called so.
    assert wrong == [f"tenant_apps/audit/services/freigabe.py:{_line('request_freigabe')} request_freigabe"]


def _line(function: str) -> int:
    source = text(Path("tenant_apps/audit/services/freigabe.py"))
    return source[: source.index(f"def {function}(")].count("\n") + 1


@pytest.mark.parametrize("member", MEMBERS, ids=str)
def test_member_has_words_and_a_code_of_one_style(member):
    assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", member), "the thing, a dot, what is done with it"
    assert len(member) <= 60
    assert not re.search(r"_|\w[:.]\w", member.wort) and member.wort[0].isupper()
    assert {label_vorgang(code) for code in member.codes} == {member.wort}, "also of entries of former releases"


@pytest.mark.parametrize("member", MEMBERS, ids=str)
def test_member_is_written_by_its_app(member):
    if member in BY_THE_DATABASE:
        assert f"''{member}''" in text(Path(BY_THE_DATABASE[member]))
        return
    folder = ROOT / Path(*type(member).__module__.split(".")[:2])
    word = re.compile(rf"\bVorgang\.{member.name}\b")
    assert any(word.search(path.read_text()) for path in folder.rglob("*.py") if path.name != "enums.py")


def test_members_are_in_one_place_of_each_app():
    places = {app.__module__ for app in Vorgangsart.__subclasses__()}
    assert all(re.fullmatch(r"tenant_apps\.\w+\.enums", place) for place in places)
    assert all(app.__name__ == "Vorgang" for app in Vorgangsart.__subclasses__())
