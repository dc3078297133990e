"""What a stranger is told costs no row, and is shown once."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from shared_apps.factors.views.second_factor import EXPIRED
from tests.tenant_apps.drafts.test_keep_after_end import run_out, sign_in_again

pytestmark = pytest.mark.usefixtures("vg")
STEP = "/anmelden/zweiter-faktor/"


def test_stranger__is_told_once_and_leaves_no_row():
    client = Client(SERVER_NAME="vg.localhost")
    for _ in range(2):
        assert client.get(STEP)["Location"] == "/anmelden/"
        assert not Session.objects.exists()
    assert EXPIRED in client.get("/anmelden/").text
    assert EXPIRED not in client.get("/anmelden/").text
    assert not Session.objects.exists()


def test_stranger__writes_a_cookie_of_her_own__is_told_nothing():
    client = Client(SERVER_NAME="vg.localhost")
    client.get(STEP)
    client.cookies[settings.MESSAGES_COOKIE_NAME] = '[["__json_message",0,40,"Rufen Sie 0900 an"]]:falsch'
    assert "0900" not in client.get("/anmelden/").text


def test_signed_out__is_told_so_and_leaves_no_row(sign_in):
    client = sign_in("anna")
    assert Session.objects.count() == 1
    client.post("/abmelden/")
    assert not Session.objects.exists()
    assert "Sie sind abgemeldet" in client.get("/anmelden/").text


def test_signed_in__what_waited_in_the_cookie_and_in_the_session_is_shown_once(sign_in):
    client, stranger = sign_in("anna"), Client(SERVER_NAME="vg.localhost")
    stranger.get(STEP)
    client.cookies[settings.MESSAGES_COOKIE_NAME] = stranger.cookies[settings.MESSAGES_COOKIE_NAME].value
    assert EXPIRED in client.get("/konto/").text
    assert EXPIRED not in client.get("/konto/").text


@pytest.mark.parametrize("why", ["run out", "deactivated"])
def test_session_opens_nothing_any_more__what_waited_in_it_is_told_to_nobody(sign_in, cast, settings, why):
    """It may say who booked what for whom, and somebody else sits there now."""
    client, waiting = sign_in("anna"), "Es gab keine andere Sitzung."
    client.post("/konto/sitzungen/andere/beenden/")
    if why == "run out":
        run_out(client, settings)
    else:
        type(cast.user("anna")).objects.update(is_active=False)
    assert waiting not in client.get("/anmelden/").text
    client.get(STEP)
    page = client.get("/anmelden/").text
    assert EXPIRED in page and waiting not in page, "what she is told now is told"
    assert EXPIRED not in client.get("/anmelden/").text
    type(cast.user("anna")).objects.update(is_active=True)
    sign_in_again(client, "anna", "/konto/")
    assert waiting not in client.get("/konto/").text
