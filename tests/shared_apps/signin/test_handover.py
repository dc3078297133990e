"""From the portal to an office without a second password: once, at once, one person, one office, one path."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from shared_apps.accounts.models import Handover
from shared_apps.signin.services import end_sitzungen
from shared_apps.signin.sessions import SESSION_ROW
from tenants.models import Tenant

pytestmark = pytest.mark.usefixtures("vg", "hro")
ZIEL = "/reservierungen/0199c0de-0000-7000-8000-000000000001/"


PORTAL = "http://portal.localhost"


def go(client: Client, kuerzel: str = "vg", ziel: str = ZIEL) -> tuple[str, str]:
    """Follow the portal's link; host and ticket of the form it answers with."""
    response = client.get(f"/weiter/{kuerzel}/", {"ziel": ziel})
    assert response.status_code == 200, response.content
    found = re.search(r'action="http://([^/"]+)/uebergabe/".*?name="ticket" value="([^"]+)"', response.text, re.DOTALL)
    return found[1], found[2]


def redeem(form: tuple[str, str], host: str = "", client: Client | None = None, origin: str = PORTAL, **extra):
    client = client or Client(SERVER_NAME=host or form[0], enforce_csrf_checks=True)
    headers = {"origin": origin} if origin else {}
    return client, client.post("/uebergabe/", {"ticket": form[1], **extra}, headers=headers)


def test_provider_arrives_signed_in_at_the_object(sign_in):
    form = go(sign_in("ines"))
    assert form[0] == "vg.localhost"
    client, response = redeem(form)
    assert (response.status_code, response["Location"]) == (302, ZIEL)
    assert response["Referrer-Policy"] == "no-referrer"
    assert client.get("/konto/").status_code == 200
    assert "Ines Ihde" in client.get("/konto/").content.decode()


def test_ticket_is_stored_as_a_hash_only(sign_in):
    ticket = go(sign_in("ines"))[1]
    assert ticket not in str(list(Handover.objects.values()))


def test_second_use_is_refused(sign_in):
    location = go(sign_in("ines"))
    redeem(location)
    client, response = redeem(location)
    assert response.status_code == 403
    assert "schon benutzt" in response.content.decode()
    assert client.get("/konto/").status_code == 302


def test_after_thirty_seconds_it_is_refused(sign_in):
    location = go(sign_in("ines"))
    Handover.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert redeem(location)[1].status_code == 403


def test_it_ends_with_all_her_sessions(sign_in, cast):
    form = go(sign_in("ines"))
    end_sitzungen(user=cast.user("ines"))
    assert redeem(form)[1].status_code == 403


@pytest.mark.parametrize("how", ["signed out", "ended from elsewhere"])
def test_it_ends_with_the_session_it_came_from(sign_in, how):
    portal, elsewhere = sign_in("ines"), sign_in("ines")
    form = go(portal)
    if how == "signed out":
        portal.post("/abmelden/")
    else:
        elsewhere.post(f"/konto/sitzungen/{portal.session[SESSION_ROW]}/beenden/")
    assert redeem(form)[1].status_code == 403


def test_one_that_the_release_before_has_issued_is_good(sign_in):
    form = go(sign_in("ines"))
    Handover.objects.update(sitzung_id=None)
    assert redeem(form)[1].status_code == 302


def test_it_lives_thirty_seconds(sign_in):
    go(sign_in("ines"))
    rest = Handover.objects.get().expires_at - timezone.now()
    assert timedelta(seconds=25) < rest <= timedelta(seconds=30)


def test_other_office_refuses_and_does_not_use_it_up(sign_in):
    location = go(sign_in("ines"))
    assert redeem(location, "hro.localhost")[1].status_code == 403
    assert redeem(location, "portal.localhost")[1].status_code == 403
    assert redeem(location)[1].status_code == 302


def test_path_is_bound_to_the_ticket(sign_in):
    location = go(sign_in("ines"))
    _, response = redeem(location, ziel="/abrechnung/")
    assert response["Location"] == ZIEL


@pytest.mark.parametrize("ziel", ["https://boese.example/", "//boese.example/", "/\\boese.example", ""])
def test_foreign_path_becomes_the_start_page(sign_in, ziel):
    _, response = redeem(go(sign_in("ines"), ziel=ziel))
    assert response["Location"] == "/"


def test_member_of_one_office_is_not_carried_to_another(sign_in):
    anna = sign_in("anna", at="PORTAL")
    assert anna.get("/weiter/hro/").status_code == 403
    assert not Handover.objects.exists()
    assert redeem(go(anna, "vg", "/"))[1].status_code == 302


def test_ministry_is_carried_nowhere(sign_in):
    assert sign_in("karla").get("/weiter/vg/").status_code == 403


def test_unknown_office_and_office_host_have_no_such_page(sign_in):
    assert sign_in("ines").get("/weiter/xy/").status_code == 404
    assert sign_in("ines", at="VG").get("/weiter/hro/").status_code == 404


def test_another_persons_session_at_the_office_is_replaced(sign_in):
    jan = sign_in("jan", at="VG")
    client, response = redeem(go(sign_in("ines")), client=jan)
    assert response.status_code == 302
    page = client.get("/konto/").content.decode()
    assert "Ines Ihde" in page
    assert "Jan Jessen" not in page


def test_stranger_is_asked_to_sign_in_first():
    response = Client(SERVER_NAME="portal.localhost").get("/weiter/vg/")
    assert response["Location"].startswith("/anmelden/?next=/weiter/vg/")


def test_provider_finds_the_way_back_to_the_portal(sign_in):
    assert 'href="http://portal.localhost/">Landesportal</a>' in sign_in("ines", at="VG").get("/").content.decode()
    start = sign_in("anna").get("/").content.decode()
    assert 'class="sojus-strip__links"' in start


def test_office_in_maintenance_is_said(sign_in, vg):
    Tenant.objects.filter(pk=vg.pk).update(zustand="WARTUNG")
    response = sign_in("ines").get("/weiter/vg/")
    assert response.status_code == 409
    assert "zurzeit in Wartung" in response.content.decode()
    assert not Handover.objects.exists()


@pytest.mark.parametrize(
    "origin", ["", "null", "http://boese.example", "http://vg.localhost", "https://portal.localhost"]
)
def test_only_a_page_of_the_portal_may_hand_over(sign_in, origin):
    """Otherwise a stranger could put my browser into a session of hers (login CSRF)."""
    form = go(sign_in("ines"))
    client, response = redeem(form, origin=origin)
    assert response.status_code == 403
    assert "nicht vom Landesportal" in response.text
    assert client.get("/konto/").status_code == 302
    assert redeem(form)[1].status_code == 302, "not used up"


def test_ticket_stands_in_no_address(sign_in):
    response = sign_in("ines").get("/weiter/vg/", {"ziel": ZIEL})
    assert "Location" not in response
    assert Client(SERVER_NAME="vg.localhost").get("/uebergabe/", {"ticket": "x"}).status_code == 405


def test_page_lets_the_form_go_to_that_office_only_and_names_the_person(sign_in):
    response = sign_in("ines").get("/weiter/vg/")
    policy = response["Content-Security-Policy"]
    assert "form-action 'self' http://vg.localhost;" in policy + ";"
    assert "hro.localhost" not in policy
    assert response["Referrer-Policy"] == "strict-origin"
    assert '<meta name="referrer" content="strict-origin">' in response.text
    assert "als Ines Ihde" in response.text
