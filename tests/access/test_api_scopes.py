"""Every API action names the scope a key needs, beside its policy."""

from __future__ import annotations

import pytest

from config.access_table import walk
from shared_apps.accounts.models import ApiToken
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.errors import RegelVerletzt
from shared_apps.signin.services import create_api_token
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
    read: set[Umfang] = set()
    for who, at in (("anna", "VG"), ("doris", "VG"), ("frieda", "VG"), ("ines", "PORTAL"), ("ines", "VG")):
        page = confirmed(sign_in(who, at=at)).get("/konto/schluessel/neu/").text
        read |= {u for u in Umfang if f"{u.label}: {u.beschreibung}" in page}
    assert read == set(Umfang)
    assert all(len(u.beschreibung) > 20 for u in Umfang)


OFFERED = {
    ("anna", "VG"): {Umfang.LESEN, Umfang.SUCHEN, Umfang.RESERVIEREN, Umfang.KENNZAHLEN},
    ("ines", "PORTAL"): {Umfang.LESEN, Umfang.REGISTER, Umfang.VAKANZEN, Umfang.PFLEGEN},
    ("ines", "VG"): {Umfang.LESEN, Umfang.RESERVIEREN, Umfang.ABRECHNEN},
    ("karla", "PORTAL"): {Umfang.KENNZAHLEN},
    ("lars", "PORTAL"): set(),
}


@pytest.mark.parametrize(("who", "at"), OFFERED)
def test_only_scopes_of_use_are_offered__and_no_other_is_taken(who, at, sign_in):
    """A provider's key cannot search for a child; a key that could do nothing is not made."""
    client = confirmed(sign_in(who, at=at))
    page = client.get("/konto/schluessel/neu/").text
    offered = {u for u in Umfang if f'value="{u.value}"' in page}
    assert offered == OFFERED[who, at]
    assert ("Hier gibt es nichts abzurufen" in page) == (not offered)
    for fremd in set(Umfang) - offered:
        answer = client.post("/konto/schluessel/neu/", {"bezeichnung": "x", "umfang": [fremd.value], "tage": "90"})
        assert (answer.status_code == 422 and "passt nicht zu Ihrer Rolle" in answer.text) or not offered
    assert not ApiToken.objects.exists()


def test_service_takes_no_scope_of_another_role(cast, vg):
    with pytest.raises(RegelVerletzt, match="„Angebote suchen“"):
        create_api_token(user=cast.user("ines"), tenant=None, umfang=[Umfang.SUCHEN, Umfang.REGISTER])


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
