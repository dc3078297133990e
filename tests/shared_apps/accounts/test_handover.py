"""From the portal to an office without a second password: once, at once, one person, one office, one path."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from shared_apps.accounts.models import Handover
from tenants.models import Tenant

pytestmark = pytest.mark.usefixtures("vg", "hro")
ZIEL = "/reservierungen/0199c0de-0000-7000-8000-000000000001/"


def go(client: Client, kuerzel: str = "vg", ziel: str = ZIEL) -> str:
    """Follow the portal's link; the address it sends the browser to."""
    response = client.get(f"/weiter/{kuerzel}/", {"ziel": ziel})
    assert response.status_code == 302, response.content
    return response["Location"]


def redeem(location: str, host: str = "vg.localhost", client: Client | None = None):
    parts = urlsplit(location)
    client = client or Client(SERVER_NAME=host)
    return client, client.get(f"{parts.path}?{parts.query}")


def test_provider_arrives_signed_in_at_the_object(sign_in):
    location = go(sign_in("ines"))
    assert location.startswith("http://vg.localhost/uebergabe/?ticket=")
    client, response = redeem(location)
    assert (response.status_code, response["Location"]) == (302, ZIEL)
    assert response["Referrer-Policy"] == "no-referrer"
    assert client.get("/konto/").status_code == 200
    assert "Ines Ihde" in client.get("/konto/").content.decode()


def test_ticket_is_stored_as_a_hash_only(sign_in):
    ticket = go(sign_in("ines")).rpartition("=")[2]
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
    _, response = redeem(f"{location}&ziel=/abrechnung/")
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
