"""Every view at a youth office that can load social data records the access, or says why it shows nobody.

The read guard (tenants/tables/reads.py) finds a forgotten entry when a request loads somebody; this finds it in the
text, before anybody calls. It follows the names a view uses through the modules of the house.
"""

from __future__ import annotations

import ast
from functools import cache
from inspect import unwrap
from pathlib import Path

import pytest

from config.access_table import Route, walk
from tenant_apps.cases.encrypted import EncryptedTextField
from tenants.tables.data_class import DataClass
from tenants.tables.people import identity, person_model
from tenants.tables.reads import is_exempt
from tests.architecture.tree import ROOT, nodes_of, own_models, parsed, python_files

RECORD = "tenant_apps.audit.services.record.record_access"
#: module.Class of everything that holds social data.
SOCIAL = {
    f"{m.__module__}.{m.__name__}" for m in own_models() if m.data_class is DataClass.SOZIALDATUM and not m.no_look
}


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {_module(path): path for path in python_files()}


@cache
def imported(module: str) -> dict[str, str]:
    """Name in the module → what it means, with dots. Imports inside functions count as well."""
    names = {}
    for node in nodes_of(parsed(FILES[module])):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    return names


@cache
def defined(module: str) -> dict[str, ast.AST]:
    """Functions, classes and constants of the module."""
    found: dict[str, ast.AST] = {}
    for node in parsed(FILES[module]).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found |= {target.id: node.value for target in node.targets if isinstance(target, ast.Name)}
    return found


@cache
def resolve(dotted: str) -> str:
    """Where a name is really defined: packages hand names on."""
    module, _, name = dotted.rpartition(".")
    if module in FILES and name not in defined(module) and name in imported(module):
        further = imported(module)[name]
        return dotted if further == dotted else resolve(further)
    return dotted


@cache
def uses(dotted: str) -> frozenset[str]:
    """Everything of the house that this function or class names."""
    module, _, name = dotted.rpartition(".")
    if module not in FILES or name not in defined(module):
        return frozenset()
    return _names_in(defined(module)[name], module) - {dotted}


def _names_in(tree: ast.AST, module: str) -> frozenset[str]:
    found = set()
    for node in nodes_of(tree):
        text = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""
        head, _, rest = text.partition(".")
        if not head.isidentifier():
            continue
        start = imported(module).get(head) or (f"{module}.{head}" if head in defined(module) else "")
        for known in (start, f"{start}.{rest.partition('.')[0]}" if rest else ""):
            if known.partition(".")[0] in {"config", "tenant_apps", "shared_apps", "tenants"}:
                found.add(resolve(known))
    return frozenset(found)


@cache
def reach_of_action(view: str, action: str) -> frozenset[str]:
    """What one action of a view set can reach: its method, and those it calls on itself."""
    module, _, name = view.rpartition(".")
    methods = {node.name: node for node in defined(module)[name].body if isinstance(node, ast.FunctionDef)}
    seen, open_ = set(), [action]
    while open_:
        if (method := open_.pop()) not in seen and method in methods:
            seen.add(method)
            own = (node for node in ast.walk(methods[method]) if isinstance(node, ast.Attribute))
            open_ += [node.attr for node in own if ast.unparse(node.value) == "self"]
    named = frozenset().union(*(_names_in(methods[method], module) for method in seen))
    return named.union(*(reach(known) for known in named))


@cache
def reach(dotted: str) -> frozenset[str]:
    """Everything that can be reached from here."""
    seen, open_ = set(), [dotted]
    while open_:
        if (name := open_.pop()) not in seen:
            seen.add(name)
            if name not in SOCIAL:
                open_ += uses(name)
    return frozenset(seen)


def view_name(route: Route) -> str:
    view = unwrap(getattr(route.view, "cls", None) or getattr(route.view, "view_class", None) or route.view)
    return f"{view.__module__}.{view.__qualname__}"


OWN = [
    route
    for route in walk("config.urls_tenant")
    if view_name(route).partition(".")[0] in {"config", "tenant_apps", "shared_apps", "tenants"}
]


def _reached(route: Route) -> dict[str, frozenset[str]]:
    """What the view reaches; a view set of the API: each action for itself."""
    name = view_name(route)
    actions = getattr(route.view, "actions", None) or {}
    return {f"{name}.{a}": reach_of_action(name, a) for a in actions.values()} or {name: reach(name)}


@pytest.mark.parametrize("route", OWN, ids=lambda r: r.name or r.path)
def test_view_that_can_load_social_data_records_the_look_or_says_why_not(route):
    for name, reached in _reached(route).items():
        if social := sorted(reached & SOCIAL):
            marked = is_exempt(route.view) or getattr(route.view, "names_nobody", "")
            assert marked or RECORD in reached, f"{name} reaches {social[:5]}: record_access or tenants.tables.reads"


def test_mark_is_no_excuse_for_what_loads_nothing():
    """There is a mark only where it is needed: on a view that reaches social data and writes no entry."""
    marked = [r for r in OWN if getattr(r.view, "names_nobody", "")]
    assert marked
    assert [r.name for r in marked if RECORD in reach(view_name(r)) or not reach(view_name(r)) & SOCIAL] == []


@pytest.mark.parametrize(
    ("view", "model"),
    [
        ("tenant_apps.cases.views.detail.show", "tenant_apps.cases.models.hilfefall.Hilfefall"),
        ("tenant_apps.billing.views.nachweis.open_nachweis", "tenant_apps.billing.models.Leistungsnachweis"),
        ("config.home.home", "tenant_apps.placements.models.reservierung.Reservierung"),
    ],
)
def test_names_are_followed_through_selectors_and_policies(view, model):
    assert model in reach(view)


def test_an_action_of_the_api_is_followed_by_itself():
    """What another action of the same view set records is no entry of this one."""
    view = "tenant_apps.placements.api.reservierungen.ReservierungViewSet"
    assert RECORD in reach_of_action(view, "retrieve") and RECORD in reach_of_action(view, "confirm")
    assert "tenant_apps.placements.models.reservierung.Reservierung" in reach_of_action(view, "list")
    assert RECORD not in reach_of_action(view, "answer")


def test_most_views_of_an_office_are_about_people_and_are_looked_at():
    assert sum(bool(reach(view_name(route)) & SOCIAL) for route in OWN) > 60
    assert (ROOT / FILES[RECORD.rpartition(".")[0]]).is_file()


#: Rows of social data that lead to nobody, and why.
LEAD_TO_NOBODY = {"cases.Notizfreigabe": "belongs to a note that the database may hide; its page names the case"}


@pytest.mark.parametrize("model", [m for m in own_models() if m.data_class is DataClass.SOZIALDATUM])
def test_a_row_of_social_data_says_whose_it_is(model):
    """Whom a loaded row is about is declared on its model; a way that is missing would be a read that nobody notes."""
    assert bool(model.is_person or model.ways_to_person or model.no_look) is (model._meta.label not in LEAD_TO_NOBODY)
    straight = [f.name for f in model._meta.concrete_fields if f.related_model is person_model()]
    assert model.no_look or set(straight) <= set(model.ways_to_person)
    assert list(model.ways_to_person[: len(straight)]) == straight, "nearest first"


def test_what_says_who_somebody_is__declared_on_the_models():
    """A name read by `values()` is a read of a person's data, too; the lowest floor knows none of these columns."""
    sealed = {f.name for f in person_model()._meta.concrete_fields if isinstance(f, EncryptedTextField)}
    assert sealed and sealed <= set(person_model().says_who)
    for model in own_models():
        assert set(getattr(model, "says_who", ())) <= {f.name for f in model._meta.concrete_fields}, model
    assert identity() == {"pkz", "vorname", "nachname", "geburtsdatum", "fallnummer", "klient", "klient_id"}
