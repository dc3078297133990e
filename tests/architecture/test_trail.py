"""The trail speaks one language: what was done is a member of an app's `Vorgang`, with its words beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from tenant_apps.audit.enums import Vorgang, Vorgangsart
from tenant_apps.audit.labels import label_vorgang
from tests.architecture.tree import nodes_of, parsed, python_files, text

#: Loaded here: otherwise the tests would ask the apps that somebody has happened to import by now.
FOUND = [import_module(".".join(p.with_suffix("").parts)) for p in python_files() if p.parts[2:] == ("enums.py",)]
MEMBERS = [member for app in Vorgangsart.__subclasses__() for member in app]
#: Written by the database: its code is in the SQL.
BY_THE_DATABASE = {Vorgang.SUPPORT_LESEN: "tenants/trail/support.py"}
#: Which argument says what was done.
WRITERS = {"record_access": None, "ask_about": 1, "advance": None, "advance_reservierung": None}


def _said() -> Iterator[tuple[str, ast.expr]]:
    """Where an entry is written, and what it is given."""
    for path in python_files():
        for call in (n for n in nodes_of(parsed(path)) if isinstance(n, ast.Call)):
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


def test_a_code_is_typed_where_it_is_declared_and_nowhere_again():
    """Also not beside the services: a table that is filled with entries, a comparison."""
    codes = {str(member) for member in MEMBERS}
    typed = [
        f"{path}:{node.lineno} {node.value}"
        for path in python_files()
        if path.name != "enums.py"
        for node in nodes_of(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in codes
    ]
    assert typed == []


def test_helpers_take_members():
    wrong = [
        f"{path}:{node.lineno} {node.name}"
        for path in python_files()
        if "record_access" in text(path)
        for node in nodes_of(parsed(path))
        if isinstance(node, ast.FunctionDef)
        for arg in (*node.args.args, *node.args.kwonlyargs)
        if arg.arg == "vorgang" and arg.annotation and not ast.unparse(arg.annotation).startswith("Vorgang")
    ]
    # Approvals have a kind of their own, which has the same name.
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


class Recorded:
    """Members that reach an entry: written where it is written, or handed to it through variables and helpers."""

    def __init__(self, trees: Mapping[Path, ast.Module]) -> None:
        self.trees = trees
        self.calls: dict[str, list[tuple[Path, ast.Call]]] = {}
        for path, tree in trees.items():
            for call in (node for node in nodes_of(tree) if isinstance(node, ast.Call)):
                self.calls.setdefault(_called(call), []).append((path, call))
        self.members: set[str] = set()
        self._seen: set[tuple[str, str]] = set()
        for writer, place in WRITERS.items():
            for path, call in self.calls.get(writer, ()):
                self._take(path, _given(call, "vorgang", place))

    def _take(self, path: Path, given: list[ast.expr]) -> None:
        """What an expression may be: members themselves, a constant of the module, a variable, an argument."""
        for node in (inner for expression in given for inner in ast.walk(expression)):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Vorgang":
                self.members.add(f"{_app_of(self.trees[path])}.{node.attr}")
            elif isinstance(node, ast.Name):
                self._follow(path, node)

    def _follow(self, path: Path, name: ast.Name) -> None:
        function = self._around(path, name)
        place = f"{path} {function.name if function else ''}", name.id
        if place in self._seen:
            return
        self._seen.add(place)
        scope = function if function and name.id in _assigned(function) else self.trees[path]
        self._take(path, _assigned(scope).get(name.id, []))
        parameters = [a.arg for a in (*function.args.posonlyargs, *function.args.args)] if function else []
        parameters = parameters[1:] if parameters[:1] in (["self"], ["cls"]) else parameters
        if function and name.id in (*parameters, *(a.arg for a in function.args.kwonlyargs)):
            position = parameters.index(name.id) if name.id in parameters else None
            for caller, call in self.calls.get(function.name, ()):
                self._take(caller, _given(call, name.id, position))

    def _around(self, path: Path, node: ast.AST) -> ast.FunctionDef | None:
        """The innermost function around a place."""
        around = [
            function
            for function in ast.walk(self.trees[path])
            if isinstance(function, ast.FunctionDef) and function.lineno <= node.lineno <= (function.end_lineno or 0)
        ]
        return max(around, key=lambda function: function.lineno, default=None)


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _given(call: ast.Call, name: str, place: int | None) -> list[ast.expr]:
    """What a call hands over under that name, or at that place."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == name]
    return named or ([] if place is None else call.args[place : place + 1])


def _assigned(scope: ast.FunctionDef | ast.Module) -> dict[str, list[ast.expr]]:
    """Variables of a function, or constants of a module, and all that is put into each."""
    found: dict[str, list[ast.expr]] = {}
    for node in scope.body if isinstance(scope, ast.Module) else ast.walk(scope):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            for name in ast.walk(target) if target and getattr(node, "value", None) else ():
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append(node.value)
    return found


def _app_of(tree: ast.Module) -> str:
    """Whose `Vorgang` a module means."""
    imports = [node for node in nodes_of(tree) if isinstance(node, ast.ImportFrom)]
    (app,) = {node.module for node in imports if any(alias.name == "Vorgang" for alias in node.names)}
    return str(app)


@cache
def recorded() -> frozenset[str]:
    return frozenset(Recorded({path: parsed(path) for path in python_files()}).members)


@pytest.mark.parametrize("member", MEMBERS, ids=str)
def test_member_is_recorded(member):
    """Declared and mentioned is not enough: it reaches an entry."""
    if member in BY_THE_DATABASE:
        assert f"''{member}''" in text(Path(BY_THE_DATABASE[member]))
    else:
        assert f"{type(member).__module__}.{member.name}" in recorded()


SAMPLE = """
from tenant_apps.x.enums import Vorgang
HERE = {1: Vorgang.BY_TABLE}
MENTIONED = [Vorgang.MENTIONED]
def note(vorgang, *, other):
    if vorgang == Vorgang.COMPARED:
        return
    record_access(vorgang=vorgang, text=Vorgang.TEXT)
def act(kind):
    end = Vorgang.BY_VARIABLE if kind else HERE[kind]
    record_access(vorgang=end)
    note(Vorgang.BY_HELPER, other=Vorgang.OTHER)
    ask_about(kind, Vorgang.ASKED)
"""


def test_a_mention_is_no_entry():
    found = Recorded({Path("x.py"): ast.parse(SAMPLE)}).members
    assert {name.rpartition(".")[2] for name in found} == {"BY_TABLE", "BY_VARIABLE", "BY_HELPER", "ASKED"}


def test_members_are_in_one_place_of_each_app():
    assert len(Vorgangsart.__subclasses__()) == sum("class Vorgang(" in text(path) for path in python_files()) >= 9
    places = {app.__module__ for app in Vorgangsart.__subclasses__()}
    assert all(re.fullmatch(r"tenant_apps\.\w+\.enums", place) for place in places)
    assert all(app.__name__ == "Vorgang" for app in Vorgangsart.__subclasses__())
