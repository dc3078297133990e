"""The first administrator of a new office gets no password from anybody; she sets it herself."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from shared_apps.signin.services import create_invitation
from tests.shared_apps.factors.steps import agree

pytestmark = pytest.mark.usefixtures("vg")
NEW = "Wolken-ziehen-schnell-7"
DATA = {"passwort_neu": NEW, "passwort_neu_2": NEW}


@pytest.fixture
def anton(cast):
    """The administrator, as onboarding leaves him: without a password."""
    user = cast.user("anton", has_agreed=False)
    user.set_unusable_password()
    user.save()
    return user


def test_operator_prints_a_link_to_the_office_and_he_enters(anton, capsys):
    call_command("invite", "anton")
    link = urlsplit(capsys.readouterr().out.strip())
    assert link.hostname == "vg.localhost"
    client = Client(SERVER_NAME="vg.localhost")
    page = client.get(link.path)
    assert "Willkommen, Anton Arndt" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert client.post(link.path, DATA)["Location"] == "/anmelden/"
    client.post("/anmelden/", {"username": "anton", "password": NEW})
    assert client.get("/konto/")["Location"].startswith("/anmelden/zustimmung/"), "he has agreed to nothing yet"
    agree(client)
    assert client.get("/konto/").status_code == 200


def test_the_sign_in_page_knows_the_name_of_whoever_has_just_set_a_password_and_nobody_elses(anton):
    path, client = create_invitation(user=anton, host="vg.localhost"), Client(SERVER_NAME="vg.localhost")
    filled_in = 'value="anton"'
    assert filled_in not in client.get("/anmelden/").content.decode()
    client.post(path, DATA)
    assert filled_in in client.get("/anmelden/").content.decode()
    assert filled_in not in Client(SERVER_NAME="vg.localhost").get("/anmelden/").content.decode(), "another browser"
    client.post("/anmelden/", {"username": "anton", "password": NEW})
    client.post("/abmelden/")
    assert filled_in not in client.get("/anmelden/").content.decode(), "the browser may be anybody's now"


def test_link_works_once(anton):
    path, client = create_invitation(user=anton, host="vg.localhost"), Client(SERVER_NAME="vg.localhost")
    client.post(path, DATA)
    assert client.get(path).status_code == 403
    assert client.post(path, DATA).status_code == 403


def test_link_ends_after_three_days(anton, settings):
    path = create_invitation(user=anton, host="vg.localhost")
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert Client(SERVER_NAME="vg.localhost").get(path).status_code == 403


def test_link_of_one_person_opens_no_other(anton, cast):
    uid = create_invitation(user=cast.user("anna"), host="vg.localhost").split("/")[2]
    token = create_invitation(user=anton, host="vg.localhost").split("/")[3]
    client = Client(SERVER_NAME="vg.localhost")
    assert client.get(f"/einladung/{uid}/{token}/").status_code == 403
    assert client.get(f"/einladung/quatsch/{token}/").status_code == 403
    assert client.get(f"/einladung/_w/{token}/").status_code == 403


def test_weak_passwords_are_refused_in_german(anton):
    path = create_invitation(user=anton, host="vg.localhost")
    weak = {"passwort_neu": "kurz", "passwort_neu_2": "kurz"}
    page = Client(SERVER_NAME="vg.localhost").post(path, weak).content.decode()
    assert "Passwort" in page
    assert "12 Zeichen" in page
    anton.refresh_from_db()
    assert not anton.has_usable_password()


def test_unknown_person_is_said(anton):
    with pytest.raises(CommandError, match="gibt es nicht"):
        call_command("invite", "niemand")


def test_link_works_at_the_host_it_was_made_for_only(anton):
    link = create_invitation(user=anton, host="vg.localhost:8000")
    for host in ("hro.localhost", "portal.localhost"):
        client = Client(SERVER_NAME=host)
        assert client.get(link).status_code == 403
        assert client.post(link, DATA).status_code == 403
    anton.refresh_from_db()
    assert not anton.has_usable_password()
    assert Client(SERVER_NAME="vg.localhost").get(link).status_code == 200


def test_new_link_voids_the_old_one_at_any_host(anton):
    old = create_invitation(user=anton, host="vg.localhost")
    elsewhere = create_invitation(user=anton, host="portal.localhost")
    new = create_invitation(user=anton, host="vg.localhost")
    client = Client(SERVER_NAME="vg.localhost")
    assert client.get(old).status_code == 403 and client.post(old, DATA).status_code == 403
    assert Client(SERVER_NAME="portal.localhost").get(elsewhere).status_code == 403
    assert client.post(new, DATA)["Location"] == "/anmelden/"
