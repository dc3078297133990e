"""Every API action names the scope a key needs, beside its policy."""

from __future__ import annotations

import pytest

from config.access_table import walk
from shared_apps.accounts.umfang import Umfang
from tests.shared_apps.factors.steps import confirmed

ROUTES = [route for urlconf in ("config.urls_tenant", "config.urls_portal") for route in walk(urlconf)]
VIEWS = {
    view
    for route in ROUTES
    if (view := getattr(route.view, "cls", None) or getattr(route.view, "view_class", None)) and hasattr(view, "policy")
}


def test_views_are_found():
    assert sum(len(view.policy) for view in VIEWS) > 20


def test_whoever_makes_a_key_reads_what_each_scope_allows(sign_in):
    page = confirmed(sign_in("anna")).get("/konto/schluessel/neu/").text
    assert [u for u in Umfang if f"{u.label}: {u.beschreibung}" not in page] == []
    assert all(len(u.beschreibung) > 20 for u in Umfang)


@pytest.mark.parametrize("view", sorted(VIEWS, key=str), ids=lambda view: view.__name__)
def test_each_action_names_its_scope(view):
    scopes = getattr(view, "scopes", {})
    assert set(scopes) == set(view.policy), "declare `scopes = {...}` beside `policy` (shared_apps.accounts.umfang)"
    assert all(isinstance(scope, Umfang) for scope in scopes.values())


@pytest.mark.parametrize("view", sorted(VIEWS, key=str), ids=lambda view: view.__name__)
def test_policy_names_the_actions_that_are_routed(view):
    """A right for what nobody can call hides a misspelt one."""
    routed = {
        action
        for route in ROUTES
        if getattr(route.view, "cls", None) is view
        for action in (getattr(route.view, "actions", None) or {}).values()
    }
    assert set(view.policy) == routed
