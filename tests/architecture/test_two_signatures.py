"""What takes two people asks, before the second signature counts, whether the first one's account is still open.

ADR 0053 says it, `check_autor` asks it, and here every service that writes a second signature comes to it or says why
not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.architecture.tree import nodes_of, own_models, parsed, python_files

#: Columns in which somebody signs what another person has submitted.
SECOND = {"bestaetigt_von", "entschieden_von", "freigegeben_von", "angeordnet_von"}
#: Columns in which somebody submits something: alone, or something nobody confirms.
FIRST = {
    "angefordert_von", "aufgehoben_von", "beantragt_von", "beantwortet_von", "beendet_von", "betrifft_von",
    "eingereicht_von", "erfasst_von", "erstellt_von", "erteilt_von", "festgestellt_von", "geaendert_von",
    "vorgeschlagen_von",
}  # fmt: skip
#: Tables whose row is a second signature.
TABLES = {"Vorgabebestaetigung"}

#: Of ADR 0053.
SIX = {
    "approve_loeschlauf", "approve_mitgliedschaftsantrag", "confirm_anmeldedienst", "grant_freigabe", "grant_support",
    "grant_vorgabewert", "approve_aufnahmeantrag",
}  # fmt: skip
_NOTHING_COUNTS = "refuses or ends: nothing of the first person counts any more"
#: Services that sign second without asking for the first person's account, and why.
OTHERWISE = {
    "shared_apps/oidc/services/einstellen.py": {
        "update_anmeldedienst": "takes a signature away: what has changed waits for a new one"
    },
    "shared_apps/aufnahme/services.py": {
        "reject_aufnahmeantrag": _NOTHING_COUNTS,
        "withdraw_aufnahmeantrag": _NOTHING_COUNTS,
    },
    "shared_apps/members/services/antraege.py": {"reject_mitgliedschaftsantrag": _NOTHING_COUNTS},
    "shared_apps/members/services/zugang.py": {
        "approve_zugangsantrag": "asked for by a stranger, who has no account yet; a role for two is proposed then",
        "reject_zugangsantrag": _NOTHING_COUNTS,
    },
    "shared_apps/providers/services/entgelte.py": {
        "reject_entgeltvorschlag": _NOTHING_COUNTS,
        "withdraw_entgeltvorschlag": _NOTHING_COUNTS,
        "withdraw_entgeltvorschlaege": _NOTHING_COUNTS,
    },
    "shared_apps/providers/services/konto.py": {
        "decline_kontovorschlag": _NOTHING_COUNTS,
        "withdraw_kontovorschlag": _NOTHING_COUNTS,
    },
    "shared_apps/providers/services/stammdaten.py": {
        "reject_stammdatenvorschlag": _NOTHING_COUNTS,
        "withdraw_stammdatenvorschlag": _NOTHING_COUNTS,
    },
    "tenant_apps/audit/services/support.py": {
        "decline_support": _NOTHING_COUNTS,
        "revoke_support": _NOTHING_COUNTS,
    },
    "tenant_apps/billing/services/check.py": {
        "approve_rechnung": "a certified invoice is a finished act, not a proposal; the database wants another person"
    },
    "tenant_apps/placements/services/reserve.py": {
        "create_reservierung": "writes down that the provider has said yes to an enquiry: another party"
    },
    "tenant_apps/placements/services/decide.py": dict.fromkeys(
        ("confirm_reservierung", "reject_reservierung"), "the provider answers the office: another party"
    ),
}

#: What writes a second signature for the services that call it, which are asked.
SETTLES = {"settle_vorschlag"}


def _is_service(path: Path) -> bool:
    return path.stem == "services" or "services" in path.parts[:-1]


class Services:
    """Functions of services: which sign second, which ask for the author, which call each other."""

    def __init__(self, trees: Mapping[Path, ast.Module]) -> None:
        self.functions: dict[tuple[Path, str], ast.FunctionDef] = {}
        self._known: dict[tuple[Path, str], tuple[Path, str]] = {}
        files = {".".join(path.with_suffix("").parts): path for path in trees}
        for path, tree in trees.items():
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    self.functions[path, node.name] = node
                    self._known[path, node.name] = path, node.name
            for node in (n for n in nodes_of(tree) if isinstance(n, ast.ImportFrom) and n.module in files):
                for alias in node.names:
                    self._known[path, alias.asname or alias.name] = files[str(node.module)], alias.name

    def signing_second(self) -> Iterator[tuple[str, str, bool]]:
        """Each public service that writes a second signature, and whether it comes to `check_autor`."""
        for path, name in self.functions:
            if name.startswith("_"):
                continue
            nodes = [node for place in self._follow((path, name)) for node in ast.walk(self.functions[place])]
            if any(_signs(node) for node in nodes):
                yield str(path), name, any(isinstance(n, ast.Name) and n.id == "check_autor" for n in nodes)

    def _follow(self, start: tuple[Path, str]) -> set[tuple[Path, str]]:
        """A service and the helpers it comes to; not other public services, which are asked themselves."""
        waiting, found = {start}, set[tuple[Path, str]]()
        while waiting:
            place = waiting.pop()
            found.add(place)
            for node in ast.walk(self.functions[place]):
                if isinstance(node, ast.Name) and (known := self._known.get((place[0], node.id))) in self.functions:
                    waiting |= {known} - found if known[1].startswith("_") else set()
        return found


def _is_second(name: str | None) -> bool:
    return (name or "").removesuffix("_id") in SECOND


def _signs(node: ast.AST) -> bool:
    """`row.entschieden_von = …`, `update(entschieden_von=…)`, `{"entschieden_von_id": …}`, a row of such a table."""
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Store) and _is_second(node.attr)
    if isinstance(node, ast.Dict):
        return any(isinstance(key, ast.Constant) and _is_second(str(key.value)) for key in node.keys)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name) and node.func.id in SETTLES:
        return True
    writes = getattr(node.func, "attr", "") in {"set", "update", "create", "bulk_create", "update_or_create"}
    makes = ast.unparse(node.func).partition(".")[0] in TABLES
    return (writes and any(_is_second(keyword.arg) for keyword in node.keywords)) or (
        makes and (writes or isinstance(node.func, ast.Name))
    )


def _services() -> Services:
    return Services({path: parsed(path) for path in python_files() if _is_service(path)})


def test_second_signatures_ask_for_the_first_account():
    found: dict[str, set[str]] = {}
    asked = set()
    for path, name, asks in _services().signing_second():
        if name in SETTLES:
            continue
        if asks:
            asked.add(name)
        else:
            found.setdefault(path, set()).add(name)
    assert found == {path: set(reasons) for path, reasons in OTHERWISE.items()}, "call check_autor, or say why not"
    assert asked >= SIX


def test_each_column_of_a_signature_is_first_or_second():
    """A new one says which: otherwise nobody would look for its service."""
    signatures = {
        field.name
        for model in own_models()
        for field in model._meta.fields
        if field.name.endswith("_von") and field.get_internal_type() in {"UUIDField", "ForeignKey"}
    }
    assert signatures <= FIRST | SECOND, signatures - FIRST - SECOND
    assert {model.__name__ for model in own_models()} >= TABLES


SAMPLE = """
def grant_thing(akteur, row):
    check_autor(row.beantragt_von_id)
    _sign(row, akteur)
def grant_other(akteur, row):
    _sign(row, akteur)
def confirm_late(akteur, row):
    row.bestaetigt_von_id = akteur.user_id
def read_thing(row):
    return row.entschieden_von_id
def grant_row(wert):
    Vorgabebestaetigung.objects.create(wert=wert)
def count_rows():
    return Vorgabebestaetigung.objects.count()
def _sign(row, akteur):
    rows.update(entschieden_von=akteur.user_id)
"""


@pytest.mark.parametrize("name", ["grant_thing", "grant_other", "confirm_late", "grant_row"])
def test_a_signature_without_the_question_is_found(name):
    found = {name: asks for _, name, asks in Services({Path("services.py"): ast.parse(SAMPLE)}).signing_second()}
    assert found.pop(name) is (name == "grant_thing")
    assert len(found) == 3, "neither who reads nor who counts"
