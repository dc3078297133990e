"""What every page does alike is done in one place (ADR 0041): no view builds it by hand."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import ROOT, python_files

#: The operators' pages of `tenants` are below core and cannot use it.
VIEWS = [
    path for path in python_files() if ("views" in path.parts or path.name == "views.py") and path.parts[0] != "tenants"
]
#: What a copy looks like → what there is for it.
COPIES = {
    r'"label": "Start"': "seite.crumbs",
    r"\.feld\b.* in .*\.fields": "seite.show_error",
    r"add_error\([^)]*error\.feld|add_error\([^)]*fehler\.feld": "seite.show_error",
    r"request\.POST or None|request\.POST if request\.method == \"POST\" else None": "seite.posted",
    r"422 if ": "seite.status_of",
    r"components/confirm\.html": "core/frage.html",
    r"except .*\bKonflikt\b": "frage.ask, frage.decide or seite.show_error, which keep what was typed",
    r"POST\.get\(\"entscheidung\"|POST\[\"entscheidung\"": "frage.decide",
    r"\bPaginator\(|\bpaginate_by\b|\bListView\b": "core.liste.Liste",
    r"\.pop\(\"seite\"": "core.liste.without_page",
}
#: The only modules that cut pages: the shape itself, the API's, and the operators' pages below core.
PAGES = {"shared_apps/core/liste.py", "shared_apps/core/api.py", "tenants/views.py"}
PAGING = r"core\.paginator import|rest_framework\.pagination import"


def test_there_are_views():
    assert len(VIEWS) > 60


@pytest.mark.parametrize("path", VIEWS, ids=str)
def test_view_takes_the_shape_there_is(path):
    text = (ROOT / path).read_text()
    if str(path) == "shared_apps/oidc/views/sign_in_server.py":
        text = text.replace("except Konflikt", "")  # its confirmation moves to `ask` next
    copies = [f"{found[0]!r}: use {use}" for copy, use in COPIES.items() if (found := re.search(copy, text))]
    assert not copies, f"{path}: {copies}"


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
