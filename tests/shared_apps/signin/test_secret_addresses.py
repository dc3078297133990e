"""A link that holds a secret works whoever is signed in, and its address is passed on to no other.

Before, a person who still owed her consent or second factor and opened an invitation was sent to
`/anmelden/zustimmung/?next=/einladung/…/<token>/`: in the address bar, the next page's referrer, the logs.
"""

from __future__ import annotations

import pytest
from django.test import Client

from config.access_table import Route, walk
from shared_apps.signin.services import create_invitation
from tests.shared_apps.factors.steps import CONSENT, add_totp, post_password

pytestmark = pytest.mark.usefixtures("vg", "hro")
HOSTS = {"vg.localhost": "config.urls_tenant", "portal.localhost": "config.urls_portal"}
SECRET = "c9dk4x-f00ba7f00ba7f00ba7f00ba7f00ba7f0"
#: Texts in a path that are no secret: a short name, a kind, a code of the catalogue.
HARMLESS = {"kuerzel", "code", "kind", "art", "slug"}


def secret_routes(host: str) -> list[Route]:
    """Those that declare it."""
    return [route for route in walk(HOSTS[host]) if getattr(route.view, "has_secret_address", False)]


def address(route: Route) -> str:
    return route.fill({"uid": "dW5r", "str": SECRET}) + f"?code={SECRET}&state={SECRET}"


@pytest.fixture(params=["consent", "factor"])
def owing(request, cast) -> Client:
    """Anna has a session that owes a step."""
    anna = cast.user("anna", has_agreed=request.param != "consent")
    client, _ = post_password("anna")
    if request.param == "factor":
        add_totp(anna)  # set up elsewhere while this session lives
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("host", HOSTS)
def test_whatever_takes_a_secret_in_its_address__says_so(host) -> None:
    undeclared = [
        route.path
        for route in walk(HOSTS[host])
        for kind, name in route.arguments
        if kind == "str" and name not in HARMLESS and not getattr(route.view, "has_secret_address", False)
    ]
    assert not undeclared, "Mark the view with @secret_address, or name its argument in HARMLESS."
    names = {route.name for route in secret_routes(host)}
    assert {"invitation", "password_new", "zugang_bestaetigen"} <= names
    assert host != "vg.localhost" or "oidc_callback" in names


def test_a_held_session__passes_the_secret_on_to_no_address(owing) -> None:
    assert owing.get("/konto/")["Location"].startswith("/anmelden/"), "she owes something"
    for route in secret_routes("vg.localhost"):
        for method in ("get", "post"):
            response = getattr(owing, method)(address(route), headers={"Origin": "http://vg.localhost"})
            assert SECRET not in response.get("Location", ""), (route.path, method)
            assert "next=" not in response.get("Location", ""), (route.path, method)
            assert response["Referrer-Policy"] == "no-referrer", (route.path, method)
            if method == "get":
                assert SECRET not in response.text.replace('action="', ""), route.path


def test_a_session_that_has_run_out__keeps_no_draft_under_a_secret(cast, settings) -> None:
    cast.user("anna")
    client, _ = post_password("anna")
    session = client.session
    session.set_expiry(None)
    settings.SESSION_IDLE_SECONDS = -1
    for route in secret_routes("vg.localhost"):
        response = client.post(address(route), {"grund": "getippt"})
        assert SECRET not in response.get("Location", ""), route.path


def test_an_invitation_works_although_somebody_else_owes_a_step_here(owing, cast) -> None:
    """At a shared computer: the colleague's half sign-in is no reason that the newcomer cannot begin."""
    path = create_invitation(user=cast.user("bernd"), host="vg.localhost")
    page = owing.get(path)
    assert page.status_code == 200 and CONSENT not in page.text
    assert "Willkommen" in page.text
