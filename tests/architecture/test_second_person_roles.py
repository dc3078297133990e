"""Whoever is somewhere the second person was given that role by two people herself (ADR 0078).

A role that one person gives alone makes a second person out of another mailbox of hers: she proposes as one and
confirms as the other. Which roles may confirm is computed: from what the services ask that write a second signature,
and from the functions of the database that judge one. Who adds a way to confirm adds its roles here without noticing.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from importlib import import_module
from types import FunctionType, ModuleType

from shared_apps.accounts.enums import AMT, ZU_ZWEIT, Rolle
from shared_apps.aufnahme import services as aufnahme
from shared_apps.core.zustand import Schritte
from shared_apps.einlesen.services import vorbereiten
from tenant_apps.controlling.policies import may_view_controlling
from tests.architecture.test_two_signatures import SECOND, _services
from tests.architecture.tree import ROOT

#: Where it is said who may: services ask policies, and both ask helpers of theirs.
ASKED = re.compile(r"\.(?:services|policies)(?:\.|$)")
#: Roles of an office that confirm in the market today; the search must find them.
KNOWN = {Rolle.CONTROLLING, Rolle.JUGENDAMTSLEITUNG, Rolle.TENANT_ADMIN}
_JUDGES = re.compile(rf"\bNEW\.(?:{'|'.join(sorted(SECOND))})_id\b")
_WORD = re.compile(r"'([A-Z_]+)'")


def _names(function: FunctionType) -> Iterator[object]:
    """What the body of a function names, as it is at run time."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function)))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    for node in (found for line in tree.body for found in ast.walk(line)):
        if isinstance(node, ast.Name):
            yield function.__globals__.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            home = function.__globals__.get(node.value.id)
            if isinstance(home, ModuleType) or home is Rolle:
                yield getattr(home, node.attr, None)


def _asks(service: Callable[..., object]) -> frozenset[Rolle]:
    """Roles that a service or a policy comes to ask for. A role in a service is one that is written, not asked for."""
    found: set[Rolle] = set()
    seen = set(_functions(service))
    waiting = list(seen)
    while waiting:
        function = waiting.pop()
        for named in _names(function):
            if ".policies" in function.__module__:
                several = named if isinstance(named, tuple | frozenset | set | list) else [named]
                found |= {rolle for rolle in several if isinstance(rolle, Rolle)}
            more = {one for one in _functions(named) if ASKED.search(one.__module__)} - seen
            seen |= more
            waiting += more
    return frozenset(found)


def _functions(named: object) -> Iterator[FunctionType]:
    if isinstance(named, Schritte):
        yield from (wer for wer in named.wer.values() if isinstance(wer, FunctionType))
    elif callable(named) and isinstance(plain := inspect.unwrap(named), FunctionType):
        yield plain


def _second() -> dict[str, Callable[..., object]]:
    """Services that write a second signature."""
    found = {}
    for path, name, _ in _services().signing_second():
        found[f"{path}: {name}"] = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
    return found


def test_services__every_role_of_an_office_that_confirms_is_given_by_two():
    asked = {name: _asks(function) & AMT for name, function in _second().items()}
    alone = {name: sorted(roles - ZU_ZWEIT) for name, roles in asked.items() if roles - ZU_ZWEIT}
    assert not alone, "one person gives these roles, so she is her own second person: `zweite_person` in ROLLEN"
    assert frozenset().union(*asked.values()) >= KNOWN


def _database() -> dict[str, str]:
    """Functions of migrations and their texts (`migrated.sql`, which another test holds against a database)."""
    found = {}
    for path in ROOT.glob("*/*/migrated.sql"):
        for text in path.read_text(encoding="utf-8").split("CREATE OR REPLACE FUNCTION ")[1:]:
            found[text.partition("(")[0].partition(".")[2]] = text.rpartition("$function$;")[0]
    return found


def _reached(start: str, texts: dict[str, str]) -> set[str]:
    """A function and those that it calls."""
    seen, waiting = {start}, [start]
    while waiting:
        calls = set(re.findall(r"\b(\w+)\s*\(", texts[waiting.pop()])) & set(texts)
        waiting += calls - seen
        seen |= calls
    return seen


def test_database__every_role_of_an_office_whose_signature_counts_is_given_by_two():
    texts = _database()
    judging = {name: _reached(name, texts) for name, text in texts.items() if _JUDGES.search(text)}
    assert len(judging) >= 6, sorted(judging)
    asked = {name: {word for part in parts for word in _WORD.findall(texts[part])} for name, parts in judging.items()}
    alone = {name: sorted(words & set(AMT - ZU_ZWEIT)) for name, words in asked.items() if words & set(AMT - ZU_ZWEIT)}
    assert not alone, "one person gives these roles, so she is her own second person: `zweite_person` in ROLLEN"
    assert set().union(*asked.values()) >= KNOWN


def test_a_role_that_one_person_gives__would_be_found():
    """The search sees a policy's own roles, those it has from elsewhere, and those of what it asks."""
    assert _asks(aufnahme.approve_aufnahmeantrag) >= {Rolle.JUGENDAMTSLEITUNG, Rolle.TENANT_ADMIN}
    assert Rolle.CONTROLLING in _asks(vorbereiten.approve_einlesung), "by way of SCHRITTE_EINLESUNG"
    assert Rolle.AUSSCHUSS in _asks(may_view_controlling) - ZU_ZWEIT
