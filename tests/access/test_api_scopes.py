"""Every API action names the scope a key needs, beside its policy."""

from __future__ import annotations

import pytest

from shared_apps.accounts.access import walk
from shared_apps.accounts.umfang import Umfang

VIEWS = {
    view
    for urlconf in ("config.urls_tenant", "config.urls_portal")
    for route in walk(urlconf)
    if (view := getattr(route.view, "cls", None) or getattr(route.view, "view_class", None)) and hasattr(view, "policy")
}


def test_views_are_found():
    assert len(VIEWS) > 15


@pytest.mark.parametrize("view", sorted(VIEWS, key=str), ids=lambda view: view.__name__)
def test_each_action_names_its_scope(view):
    scopes = getattr(view, "scopes", {})
    assert set(scopes) == set(view.policy), "declare `scopes = {...}` beside `policy` (shared_apps.accounts.umfang)"
    assert all(isinstance(scope, Umfang) for scope in scopes.values())
