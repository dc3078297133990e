"""The generated table is complete, current, and says what the matrix written by hand says."""

from __future__ import annotations

from collections import defaultdict

import pytest
from django.conf import settings
from django.views.decorators.http import require_safe

from config import access_table as access
from config.access_table import AMT_HOST, Column, Route, Undeclared, kinds, list_rows, render
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.guards import anyone, public, require
from tests.access.matrix import MATRIX, PUBLIC, expected, place_of

HOW = (
    "Add the URL name to `reads` or `writes` of the row it belongs to in tests/access/matrix.py (or a new Right; "
    "routes without sign-in: PUBLIC), then run: python manage.py access_table --write"
)


@pytest.fixture
def rows() -> list[access.Row]:
    return list_rows()


def test_every_route_and_method_has_a_declared_policy():
    """The message of `Undeclared` names each view and what to write above it."""
    list_rows()


def test_document_is_current():
    path = settings.BASE_DIR / "docs" / "access.md"
    stored = path.read_text(encoding="utf-8") if path.exists() else ""
    assert stored == render(), "docs/access.md is stale. Run: python manage.py access_table --write"


def test_every_route_stands_in_the_matrix_once(rows):
    names = {row.route.name: row.route.path for row in rows}
    missing = {f"{name} (/{path})" for name, path in names.items() if not place_of(name)}
    assert not missing, f"Not in the matrix: {sorted(missing)}. {HOW}"
    twice = {name for name in names if len(place_of(name)) > 1}
    assert not twice, f"More than once in tests/access/matrix.py: {sorted(twice)}"


def test_matrix_names_no_route_that_is_gone(rows):
    there = {row.route.name for row in rows}
    named = {name for right in MATRIX for name in right.reads + right.writes} | set(PUBLIC)
    assert not named - there, f"Take these away from tests/access/matrix.py: {sorted(named - there)}"


def test_policies_say_what_the_matrix_says(rows):
    wrong = defaultdict(list)
    for row in rows:
        if len(place_of(row.route.name)) != 1:
            continue  # another test says so
        for kind in kinds():
            want, got = expected(row, kind), row.cells[kind.key]
            if want != got:
                wrong[f"{row.host} {row.method} /{row.route.path} ({row.route.name}, {row.rule})"].append(
                    f"{kind.key}: policy says {got!r}, matrix says {want!r}"
                )
    assert not wrong, (
        "Policy and tests/access/matrix.py disagree. Which of the two does docs/security.md support? Mend the other.\n"
        + "\n".join(f"{route}: {'; '.join(cells)}" for route, cells in wrong.items())
    )


# -- the walker itself --------------------------------------------------------------------------


def _problems(view) -> str:
    problems: list[str] = []
    list(access._rows_of(AMT_HOST, Route("neu/", view, "neu"), problems))
    return "\n".join(problems)


def test_view_without_policy_is_found():
    assert "declare who may" in _problems(require_safe(lambda request: None))


def test_view_without_methods_is_found():
    assert "declare its methods" in _problems(require(anyone)(lambda request: None))


def test_view_open_and_guarded_at_once_is_found():
    assert "both a policy and @public" in _problems(public("x")(require(anyone)(require_safe(lambda request: None))))


def test_method_of_the_api_without_policy_is_found():
    from rest_framework.views import APIView

    class Leaky(APIView):
        policy = {"get": anyone}

        def get(self, request): ...

        def delete(self, request): ...

    assert "DELETE: declare who may" in _problems(Leaky.as_view())


def test_a_loosened_policy_is_noticed(rows):
    row = next(row for row in rows if row.route.name == "billing:settle")
    asd = next(kind for kind in kinds() if kind.key == "ASD")
    assert expected(row, asd) == access.NEIN != access.JA  # a policy that says yes to the ASD would differ


def test_columns_are_all_roles_and_the_two_outsiders():
    from shared_apps.accounts.enums import Rolle

    assert {kind.rolle for kind in kinds()} == {*Rolle, None}
    assert isinstance(kinds()[0], Column)
    assert len({kind.head for kind in kinds()}) == len(kinds())


def test_gaps_are_listed_all_at_once(monkeypatch):
    view = require_safe(lambda request: None)
    monkeypatch.setattr(access, "walk", lambda urlconf: iter([Route("a/", view, "a"), Route("b/", view, "b")]))
    with pytest.raises(Undeclared, match=r"(?s)a/ \(a\).*b/ \(b\)"):
        list_rows()


#: How the plan in docs/security.md calls each role.
IN_WORDS = {
    Rolle.ASD: "ASD", Rolle.TEAMLEITUNG: "team lead", Rolle.WJH: "WJH", Rolle.CONTROLLING: "controlling",
    Rolle.JUGENDAMTSLEITUNG: "head of the office", Rolle.TENANT_ADMIN: "administration",
    Rolle.DATENSCHUTZ: "data protection", Rolle.AUSSCHUSS: "committee", Rolle.VORMUND: "guardians",
    Rolle.RUFBEREITSCHAFT: "on call at night",
    Rolle.PRUEFUNG: "auditor", Rolle.ANBIETER: "the provider", Rolle.ANBIETER_ABRECHNUNG: "the provider's billing",
    Rolle.EINRICHTUNG: "facility", Rolle.LANDESJUGENDAMT: "Landesjugendamt", Rolle.MINISTERIUM: "ministry",
    Rolle.BETRIEB: "operator",
}  # fmt: skip


@pytest.mark.parametrize("rolle", Rolle)
def test_the_plan_names_every_role(rolle: Rolle) -> None:
    """The matrix is written by hand from the plan; a role it does not name has rights that nobody decided on."""
    plan = (settings.BASE_DIR / "docs" / "security.md").read_text(encoding="utf-8")
    plan = plan.partition("## Who may see what")[2].partition("\n## ")[0]
    who = " ".join(row.split("|")[2] for row in plan.splitlines() if row.startswith("|"))
    word = IN_WORDS.get(rolle, "")
    assert word and word in who, (
        f"{rolle}: say in docs/security.md, Who may see what, what this role may do, and in IN_WORDS how it is called"
    )
