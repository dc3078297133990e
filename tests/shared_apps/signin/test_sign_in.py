"""Signing in: who is admitted where, what is stored, what is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from shared_apps.accounts.models import Anmeldeversuch
from tests.people import PASSWORD

WRONG = "Benutzername oder Passwort stimmt nicht, oder Sie haben hier keinen Zugang."
VG, HRO, PORTAL = "vg.localhost", "hro.localhost", "portal.localhost"


def post(host: str, username: str, password: str = PASSWORD, *, client=None, **extra):
    client = client or Client(SERVER_NAME=host)
    data = {"username": username, "password": password, **extra}
    return client, client.post("/anmelden/", data)


def is_signed_in(client: Client) -> bool:
    return client.get("/konto/").status_code == 200


@pytest.mark.usefixtures("vg")
class TestGoodSignIn:
    def test_member_enters_and_is_led_on(self, cast):
        cast.user("anna")
        client, response = post(VG, "anna", next="/anbieter/")
        assert (response.status_code, response["Location"]) == (302, "/anbieter/")
        assert is_signed_in(client)

    def test_name_in_other_case_and_with_blanks_is_the_same_person(self, cast):
        cast.user("anna")
        client, _ = post(VG, " ANNA ")
        assert is_signed_in(client)

    def test_session_key_is_new(self, cast):
        cast.user("anna")
        client = Client(SERVER_NAME=VG)
        session = client.session
        session["x"] = 1
        session.save()
        before = client.cookies["sojus-session"].value
        post(VG, "anna", client=client)
        assert client.cookies["sojus-session"].value != before

    def test_cookie_belongs_to_this_host_only(self, cast):
        cast.user("anna")
        client, _ = post(VG, "anna")
        cookie = client.cookies["sojus-session"]
        assert cookie["domain"] == ""
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"

    @pytest.mark.parametrize("ziel", ["https://boese.example/", "//boese.example", "/\\boese.example", "javascript:x"])
    def test_next_leads_only_to_this_host(self, cast, ziel):
        cast.user("anna")
        _, response = post(VG, "anna", next=ziel)
        assert response["Location"] == "/"


@pytest.mark.usefixtures("vg")
class TestRefused:
    def test_wrong_name_and_wrong_password_say_the_same_and_keep_the_name(self, cast):
        cast.user("anna")
        _, wrong_password = post(VG, "anna", "falsch")
        _, wrong_name = post(VG, "anne", "falsch")
        message = WRONG
        assert message in wrong_password.content.decode()
        assert message in wrong_name.content.decode()
        assert 'value="anna"' in wrong_password.content.decode()
        assert "falsch" not in wrong_password.content.decode()
        assert wrong_password.status_code == wrong_name.status_code == 422

    @pytest.mark.parametrize(("name", "host"), [("anna", HRO), ("nora", PORTAL), ("nora", VG)])
    def test_who_has_no_role_here_hears_what_a_stranger_hears(self, cast, name, host):
        cast.user(name)
        client, refused = post(host, name)
        _, unknown = post(host, "anne", "falsch")
        assert refused.status_code == unknown.status_code == 422
        assert WRONG in refused.content.decode()
        assert WRONG in unknown.content.decode()
        assert not is_signed_in(client)
        assert "sojus-session" not in refused.cookies
        assert Anmeldeversuch.objects.exists()

    def test_deactivated_person_is_a_stranger(self, cast):
        anna = cast.user("anna")
        anna.is_active = False
        anna.save()
        _, response = post(VG, "anna")
        assert WRONG in response.content.decode()

    def test_ten_failures_lock_the_name_for_fifteen_minutes(self, cast):
        cast.user("anna")
        for _ in range(10):
            post(VG, "anna", "falsch")
        _, response = post(VG, "anna")
        assert response.status_code == 429
        assert "15 Minuten" in response.content.decode()
        long_ago = timezone.now() - timedelta(minutes=16)
        Anmeldeversuch.objects.update(beginn_at=long_ago, zuletzt_at=long_ago)
        client, _ = post(VG, "anna")
        assert is_signed_in(client)
        assert not Anmeldeversuch.objects.filter(anzahl__gt=0).exists()

    def test_failures_of_one_name_do_not_lock_another(self, cast):
        cast.user("anna")
        cast.user("bernd")
        for _ in range(10):
            post(VG, "anna", "falsch")
        client, _ = post(VG, "bernd")
        assert is_signed_in(client)


@pytest.mark.usefixtures("vg")
class TestSession:
    def test_cookie_of_one_office_replayed_at_another_is_worth_nothing(self, cast, sign_in):
        ines = sign_in("ines", at="VG")  # a provider's person would be admitted at HRO as well
        stolen = Client(SERVER_NAME=HRO)
        stolen.cookies["sojus-session"] = ines.cookies["sojus-session"].value
        assert not is_signed_in(stolen)

    def test_cookie_of_the_portal_replayed_at_an_office_is_worth_nothing(self, sign_in):
        portal = sign_in("ines")
        stolen = Client(SERVER_NAME=VG)
        stolen.cookies["sojus-session"] = portal.cookies["sojus-session"].value
        assert not is_signed_in(stolen)

    def test_sign_out_ends_the_session_for_copies_of_the_cookie_too(self, sign_in):
        client = sign_in("anna")
        copy = Client(SERVER_NAME=VG)
        copy.cookies["sojus-session"] = client.cookies["sojus-session"].value
        assert client.get("/abmelden/").status_code == 405
        client.post("/abmelden/")
        assert not is_signed_in(copy)

    def test_idle_session_ends(self, sign_in, settings):
        client = sign_in("anna")
        assert is_signed_in(client)
        settings.SESSION_IDLE_SECONDS = -1
        assert not is_signed_in(client)

    def test_session_ends_after_the_working_day_even_when_busy(self, sign_in):
        client = sign_in("anna")
        session = client.session
        session["sojus_started"] = timezone.now().timestamp() - 10 * 3600 - 1
        session.save()
        assert not is_signed_in(client)

    def test_ended_role_signs_out(self, cast, sign_in):
        client = sign_in("anna")
        cast.user("anna").memberships.update(gueltig_bis=timezone.localdate())
        assert not is_signed_in(client)

    def test_stranger_is_asked_to_sign_in_and_comes_back(self):
        response = Client(SERVER_NAME=VG).get("/anbieter/?kreis=VG")
        assert response["Location"] == "/anmelden/?next=/anbieter/%3Fkreis%3DVG"


@pytest.mark.usefixtures("vg")
class TestAccount:
    def test_shows_roles_and_consents(self, sign_in):
        page = sign_in("anna").get("/konto/").content.decode()
        assert "Sozialpädagogischer Dienst (ASD)" in page
        assert "Fassung 2026-11b" in page

    def test_password_change_asks_for_the_old_one_and_ends_other_sessions(self, cast, sign_in):
        here, elsewhere = sign_in("anna"), sign_in("anna")
        new = "Wolken-ziehen-schnell-7"
        data = {"passwort_alt": "falsch", "passwort_neu": new, "passwort_neu_2": new}
        assert "Das bisherige Passwort stimmt nicht." in here.post("/passwort/", data).content.decode()
        assert here.post("/passwort/", data | {"passwort_alt": PASSWORD}).status_code == 302
        assert is_signed_in(here)
        assert not is_signed_in(elsewhere)
        client, _ = post(VG, "anna", new)
        assert is_signed_in(client)

    def test_key_is_revoked_by_its_owner_only(self, cast, sign_in):
        api = cast.api("anna")
        token = cast.user("anna").api_tokens.get()
        assert sign_in("bernd").post(f"/konto/schluessel/{token.pk}/widerrufen/").status_code == 404
        assert sign_in("anna").post(f"/konto/schluessel/{token.pk}/widerrufen/").status_code == 302
        token.refresh_from_db()
        assert token.revoked_at
        assert api.get("/api/v1/buchungen/").status_code in {401, 403}

    @pytest.mark.parametrize("path", ["/datenschutz/", "/impressum/", "/barrierefreiheit/", "/kontakt/"])
    def test_texts_are_public(self, path):
        assert Client(SERVER_NAME=VG).get(path).status_code == 200
        assert Client(SERVER_NAME=PORTAL).get(path).status_code == 200
