"""What every page does alike is done in one place (ADR 0041): no view builds it by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

import pytest

from shared_apps.core.seite import VORLEGEN
from tests.architecture.tree import ROOT, parsed, python_files, templates
from tests.architecture.tree import text as read

VIEWS = [path for path in python_files() if "views" in path.parts or path.name == "views.py"]
#: What a copy looks like → what there is for it.
COPIES = {
    r'"Start"': "seite.crumbs",
    r"\.feld\b(?! is None)": "seite.show_error",
    r"request\.POST or\b|Form\(\s*(?:data=)?request\.POST|POST if request\.method[^\n]*else None": "seite.posted",
    r"\b422 if\b|\belse 422\b|(?<!False\}, )\bstatus(?:_code)? ?= ?422\b": "seite.status_of",
    r"\bposted\(request\) (?:or|and|else)\b|\"\" if request\.method|and request\.method != \"POST\"": (
        "seite.is_just_opened, or vorab= of ask_about"
    ),
    r"components/confirm\.html": "core/frage.html",
    r"except .*\bKonflikt\b": "frage.ask, frage.decide or seite.show_error, which keep what was typed",
    r"except RegelVerletzt as \w+:\s+show_error": "except SojusError: a Konflikt would lose what was typed",
    r"POST\.get\(\"entscheidung\"|POST\[\"entscheidung\"": "frage.decide",
    r"Paginator\b|\bpaginate_by\b|\bListView\b": "core.liste.Liste",
    r"\"(?:Speichern|Zur Bestätigung vorlegen)\"": "seite.save_label, or wartet= of seite.enter",
    r"pop\(\s*\"(?:seite|nach)\"|del \w+\[\"(?:seite|nach)\"\]": "core.liste.without_page",
}
#: The only modules that cut pages: the shape itself, and the API's.
PAGES = {"shared_apps/core/liste.py", "shared_apps/core/api.py"}
PAGING = r"core\.paginator import|rest_framework\.pagination import"


def test_there_are_views():
    assert len(VIEWS) > 60


def find_copies(source: str) -> list[str]:
    """What a view builds by hand, each with what there is for it."""
    return [f"{found[0]!r}: use {use}" for copy, use in COPIES.items() if (found := re.search(copy, source))]


@pytest.mark.parametrize("path", VIEWS, ids=str)
def test_view_takes_the_shape_there_is(path):
    copies = find_copies((ROOT / path).read_text())
    assert not copies, f"{path}: {copies}"


@pytest.mark.parametrize(
    "source",
    [
        'trail = [dict(label="Start", url="/")]',
        "form.add_error(exc.feld if exc.feld in form.fields else None, exc.message)",
        "form.fields.get(problem.feld)",
        "form = NotizForm(request.POST, fall=fall)",
        "form = NotizForm(\n        data=request.POST)",
        "data = request.POST or {}",
        'return render(request, "a.html", dict(form=form), status=422)',
        "response.status_code = 422",
        'unmoeglich="" if posted(request) else describe_abgelaufen(row)',
        'unmoeglich="" if request.method == "POST" else KEIN_ANDERER',
        'if nachweis and request.method != "POST":',
        "status = 200 if form.is_valid() else 422",
        "pages = paginator.Paginator(rows, 50)",
        'del query["seite"]',
        'query.pop("nach", None)',
        'Frage(action_label="Zur Bestätigung vorlegen" if vorgabe.zu_zweit else "Festlegen")',
    ],
)
def test_a_slip_is_found(source):
    assert find_copies(source)


#: Templates that hold the question itself. Every other page comes to it by `ask`, with its words in a Frage.
QUESTIONS = {"shared_apps/core/templates/core/frage.html"}


def test_no_template_asks_by_itself():
    asking = {str(path) for path in templates() if "components/confirm.html" in read(path)}
    assert asking == QUESTIONS, "give the words to a Frage, and let core.frage.ask show the page"


def test_no_template_says_by_itself_that_somebody_confirms():
    """A page that enters what somebody else confirms gets its button from the view, so all say the same."""
    saying = {str(path) for path in templates() if VORLEGEN in read(path)}
    assert saying == set(), "{{ knopf }}, and wartet= of core.seite.enter, or VORLEGEN as knopf"


#: Views that show no form again, each with what they do instead.
NO_FORM_AGAIN = {
    "tenant_apps/cases/views/liste.py: search": "leads to the list, which says what part of the filter it ignores",
    "tenant_apps/placements/faelle/views/liste.py: search_faelle": "the same",
    "tenant_apps/placements/search/views/auswahl.py: count": "counts while somebody types: half a date is no mistake",
    "shared_apps/factors/views/second_factor.py: _sign_in_with_passkey": "leads to the sign-in page, which says so",
}
#: `enter`: the page of one form (core/seite.py).
SHAPES = {"status_of", "ask", "ask_about", "decide", "enter", "ask_counted"}


def _called(function: ast.FunctionDef) -> set[str]:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {func.id if isinstance(func, ast.Name) else getattr(func, "attr", "") for func in calls}


def _takes_a_form(function: ast.FunctionDef, functions: Mapping[str, ast.FunctionDef]) -> bool:
    """It answers a request with what was sent in a form."""
    if function.returns is None or "HttpResponse" not in ast.unparse(function.returns):
        return False
    builds = [function, *(functions[name] for name in _called(function) if name in functions)]
    posts = any({"posted", "answered"} & _called(f) or "request.POST" in ast.unparse(f) for f in builds)
    return posts and ("is_valid" in _called(function) or any("Form" in name for name in _called(function)))


def test_a_form_with_errors_is_answered_with_the_status_of_the_form():
    wrong, seen = set(), 0
    for path in VIEWS:
        functions = {node.name: node for node in parsed(path).body if isinstance(node, ast.FunctionDef)}
        for name, function in functions.items():
            if not _takes_a_form(function, functions):
                continue
            seen += 1
            helpers = [functions[called] for called in _called(function) if called in functions]
            if not SHAPES & set.union(*map(_called, [function, *helpers])):
                wrong.add(f"{path}: {name}")
    assert wrong == set(NO_FORM_AGAIN), "a page with errors is not 200: status=status_of(form), or ask"
    assert seen > 40


def test_a_list_is_paged_in_one_place():
    pagers = {str(path) for path in python_files() if re.search(PAGING, (ROOT / path).read_text())}
    assert pagers == PAGES


def test_a_list_of_the_api_names_its_declaration():
    asks = [path for path in python_files() if "self.paginate_queryset(" in (ROOT / path).read_text()]
    declared = {path for path in asks if re.search(r"^    liste = [A-Z]", (ROOT / path).read_text(), re.MULTILINE)}
    # A hundred people at most, cut by their selector and sorted in memory: names are sealed.
    assert {str(path) for path in set(asks) - declared} == {"tenant_apps/placements/api/klienten.py"}
    assert len(declared) > 3
    seen = {path for path in declared if "    def seen(self)" in (ROOT / path).read_text()}
    assert seen == declared, "says what a page goes on from: def seen(self), all rows she may see, filtered by nothing"


#: A refusal of the database is told by its constraint's name (`core.errors.refused_by`), never by words of its message.
TOLD_BY_WORDS = r"\bin str\((?:error|exc|e)\)|\.constraint_name\b|\"constraint_name\""


def test_a_refusal_of_the_database_is_told_by_its_name():
    shared = [path for path in python_files() if path.parts[0] in ("shared_apps", "tenant_apps", "config")]
    found = {str(path) for path in shared if re.search(TOLD_BY_WORDS, read(path))}
    assert found == {"shared_apps/core/errors.py"}, "use refused_by(error)"
    assert re.search(TOLD_BY_WORDS, 'isinstance(error.__cause__, CheckViolation) and "meanwhile" in str(error)')
