"""Konto, Sicherheit: setting up, taking away, codes; a fresh confirmation before each change."""

from __future__ import annotations

import base64
import re

import pytest
from django.db import transaction

from shared_apps.accounts.models import Faktor
from shared_apps.core.errors import Fehlt
from shared_apps.factors.services import mfa
from tests.people import PASSWORD
from tests.shared_apps.factors.steps import add_totp, code, confirmed, is_signed_in, post_password

pytestmark = pytest.mark.usefixtures("vg")
HOME = "/konto/sicherheit/"


def secret_on(page: str) -> str:
    return re.search(r'id="schluessel">([^<]*)<', page)[1].replace(" ", "")


class TestConfirm:
    @pytest.mark.parametrize("path", ["app/", "passkey/", "passkey/1/", "1/entfernen/", "codes/", "codes/datei/"])
    def test_every_change_asks_first(self, cast, sign_in, path):
        client = sign_in("anna")
        for method in ("get", "post"):
            response = getattr(client, method)(HOME + path)
            assert response.status_code in {302, 405}
            if response.status_code == 302:
                assert response["Location"].startswith(f"{HOME}bestaetigen/?next=")

    def test_overview_needs_none(self, sign_in):
        assert "App einrichten" in sign_in("anna").get(HOME).content.decode()

    def test_password_opens_for_ten_minutes(self, sign_in, settings):
        client = sign_in("anna")
        wrong = client.post(f"{HOME}bestaetigen/", {"password": "falsch", "next": f"{HOME}app/"})
        assert "Passwort oder Code stimmt nicht" in wrong.content.decode()
        right = client.post(f"{HOME}bestaetigen/", {"password": PASSWORD, "next": f"{HOME}app/"})
        assert right["Location"] == f"{HOME}app/"
        assert client.get(f"{HOME}app/").status_code == 200
        settings.CONFIRMATION_SECONDS = -1
        assert client.get(f"{HOME}app/").status_code == 302

    def test_code_opens_too_and_leads_only_to_this_host(self, cast, sign_in):
        client = sign_in("anna")
        add_totp(cast.user("anna"))
        session = client.session
        session["sojus_faktor"] = "totp"
        session.save()
        response = client.post(f"{HOME}bestaetigen/", {"code": code(), "next": "https://boese.example/"})
        assert response["Location"] == "/"
        assert client.get(f"{HOME}codes/").status_code == 200

    def test_ten_failures_lock(self, sign_in):
        client = sign_in("anna")
        for _ in range(10):
            client.post(f"{HOME}bestaetigen/", {"password": "falsch"})
        assert client.post(f"{HOME}bestaetigen/", {"password": PASSWORD}).status_code == 429

    def test_sign_in_a_moment_ago_is_enough(self, cast):
        cast.user("anna")
        client, _ = post_password("anna")
        assert client.get(f"{HOME}app/").status_code == 200


class TestApp:
    def test_is_set_up_with_a_right_code_and_brings_the_codes(self, cast, sign_in):
        client = confirmed(sign_in("anna"))
        page = client.get(f"{HOME}app/").content.decode()
        secret = secret_on(page)
        image = base64.b64decode(re.search(r"data:image/svg\+xml;base64,([^\"]*)", page)[1])
        assert b"<svg" in image
        assert secret_on(client.get(f"{HOME}app/").content.decode()) == secret, "a reload keeps the secret"
        assert "Der Code stimmt nicht" in client.post(f"{HOME}app/", {"code": "000000"}).content.decode()
        assert not Faktor.objects.exists()
        shown = client.post(f"{HOME}app/", {"code": code(secret=secret)}).content.decode()
        codes = re.findall(r"<code>(\d{5} \d{5})</code>", shown)
        assert len(codes) == 10
        assert is_signed_in(client), "this session has shown the factor"
        other, response = post_password("anna")
        assert response["Location"] == "/anmelden/zweiter-faktor/"
        assert other.post("/anmelden/zweiter-faktor/", {"code": codes[0]}).status_code == 302

    def test_waiting_secret_is_sealed_in_the_session(self, sign_in):
        client = confirmed(sign_in("anna"))
        secret = secret_on(client.get(f"{HOME}app/").content.decode())
        assert secret not in str(dict(client.session))

    def test_code_that_set_it_up_does_not_sign_in(self, cast, sign_in):
        client = confirmed(sign_in("anna"))
        value = code(secret=(secret := secret_on(client.get(f"{HOME}app/").content.decode())))
        client.post(f"{HOME}app/", {"code": value})
        other, _ = post_password("anna")
        other.post("/anmelden/zweiter-faktor/", {"code": value})
        assert not is_signed_in(other)
        other.post("/anmelden/zweiter-faktor/", {"code": code(steps=1, secret=secret)})
        assert is_signed_in(other)

    def test_is_taken_out_with_its_codes_after_a_question(self, cast, sign_in):
        anna = cast.user("anna")
        add_totp(anna)
        mfa.create_recovery_codes(user=anna)
        client, _ = post_password("anna")
        client.post("/anmelden/zweiter-faktor/", {"code": code()})
        factor = Faktor.objects.get(art="totp")
        assert "Zweiten Faktor entfernen?" in client.get(f"{HOME}{factor.pk}/entfernen/").content.decode()
        assert client.post(f"{HOME}{factor.pk}/entfernen/").status_code == 302
        assert not Faktor.objects.exists()

    def test_taken_out_in_another_window_meanwhile__is_missing(self, cast):
        anna = cast.user("anna")
        add_totp(anna)
        pk = Faktor.objects.get().pk
        mfa.revoke_factor(user=anna, factor_id=pk, is_pflicht=False)
        with pytest.raises(Fehlt):
            mfa.revoke_factor(user=anna, factor_id=pk, is_pflicht=False)
        with pytest.raises(Fehlt), transaction.atomic():
            mfa.update_passkey_name(user=anna, factor_id=pk, name="x")

    def test_of_another_person_is_not_found(self, cast, sign_in):
        add_totp(cast.user("bernd"))
        client = confirmed(sign_in("anna"))
        pk = Faktor.objects.get().pk
        assert client.post(f"{HOME}{pk}/entfernen/").status_code == 404
        assert client.get(f"{HOME}passkey/{pk}/").status_code == 404
        assert Faktor.objects.count() == 1


class TestPasskeyName:
    def test_is_changed_by_its_owner(self, cast, sign_in):
        anna = cast.user("anna")
        client = confirmed(sign_in("anna"))
        key = Faktor.objects.create(user=anna, art="webauthn", data={"name": "Alt", "credential": {}})
        session = client.session
        session["sojus_faktor"] = "webauthn"
        session.save()
        assert client.post(f"{HOME}passkey/{key.pk}/", {"name": "Neu"})["Location"] == HOME
        key.refresh_from_db()
        assert key.data["name"] == "Neu"


class TestCodes:
    def test_file_holds_them_once(self, cast):
        anna = cast.user("anna")
        add_totp(anna)
        client, _ = post_password("anna")
        client.post("/anmelden/zweiter-faktor/", {"code": code()})
        page = client.post(f"{HOME}codes/").content.decode()
        shown = re.findall(r"<code>(\d{5} \d{5})</code>", page)
        file = client.post(f"{HOME}codes/datei/")
        assert file["Content-Disposition"] == 'attachment; filename="sojus-codes.txt"'
        assert [line for line in file.content.decode().split("\r\n") if re.fullmatch(r"\d{5} \d{5}", line)] == shown
        assert file["Cache-Control"] and "no-store" in file["Cache-Control"]
        assert client.post(f"{HOME}codes/datei/")["Location"] == f"{HOME}codes/"
        assert "Noch 10 von 10" in client.get(f"{HOME}codes/").content.decode()

    def test_without_a_factor_there_are_none(self, sign_in):
        assert confirmed(sign_in("anna")).get(f"{HOME}codes/")["Location"] == HOME
