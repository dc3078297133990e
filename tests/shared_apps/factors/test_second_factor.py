"""The second step of a sign-in: code, recovery code, passkey; nobody is in before."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from fido2.utils import websafe_decode, websafe_encode

from shared_apps.accounts.models import Anmeldeversuch, Faktor
from shared_apps.factors.services import mfa, passkeys
from shared_apps.factors.views import second_factor
from shared_apps.signin.services import throttle
from tenants.crypto.rotation import rotate_all
from tenants.door import middleware
from tests.shared_apps.factors.authenticator import SoftPasskey
from tests.shared_apps.factors.steps import (
    add_totp,
    code,
    is_signed_in,
    options_on,
    post_password,
)
from tests.shared_apps.signin.test_handover import go, redeem

pytestmark = pytest.mark.usefixtures("vg")
STEP = "/anmelden/zweiter-faktor/"
NEW_PASSKEY = "/konto/sicherheit/passkey/"
VG, PORTAL = "vg.localhost", "portal.localhost"


@pytest.fixture
def anna(cast):
    user = cast.user("anna")
    add_totp(user)
    return user


def enter(client: Client, value: str):
    return client.post(STEP, {"code": value})


class TestCode:
    def test_password_alone_opens_nothing(self, anna):
        client, response = post_password("anna")
        assert (response.status_code, response["Location"]) == (302, STEP)
        assert not is_signed_in(client)
        assert "_auth_user_id" not in client.session
        assert "Sechs Ziffern aus der App" in client.get(STEP).content.decode()

    def test_right_code_signs_in_and_leads_where_she_wanted(self, anna):
        client, _ = post_password("anna", next="/anbieter/")
        before = client.cookies["sojus-session"].value
        response = enter(client, code())
        assert (response.status_code, response["Location"]) == (302, "/anbieter/")
        assert is_signed_in(client)
        assert client.cookies["sojus-session"].value != before, "the session key is new"
        assert client.get(STEP)["Location"] == "/"

    def test_code_with_blank_and_of_the_neighbouring_half_minute(self, anna):
        client, _ = post_password("anna")
        value = code(steps=-1)
        assert enter(client, f"{value[:3]} {value[3:]}").status_code == 302
        assert is_signed_in(client)

    @pytest.mark.parametrize("wrong", ["000000", "abc", "１２３４５６", "'; DROP TABLE", "9" * 40])
    def test_wrong_code_says_so_and_is_counted(self, anna, wrong):
        client, _ = post_password("anna")
        page = enter(client, wrong).content.decode()
        assert "Der Code stimmt nicht" in page
        assert not is_signed_in(client)
        key = throttle._key("name", "", f"zweiter faktor {anna.pk}")
        assert Anmeldeversuch.objects.get(schluessel=key).anzahl == 1

    def test_old_code_is_refused(self, anna):
        client, _ = post_password("anna")
        enter(client, code(steps=-3))
        assert not is_signed_in(client)

    def test_code_works_once_on_any_host(self, anna):
        value = code()
        first, _ = post_password("anna")
        enter(first, value)
        assert is_signed_in(first)
        second, _ = post_password("anna", PORTAL)
        assert "schon benutzt" in enter(second, value).content.decode()
        assert not is_signed_in(second)

    def test_ten_wrong_codes_lock_over_all_hosts(self, anna):
        for host in (VG, PORTAL):
            client, _ = post_password("anna", host)
            for _ in range(5):
                enter(client, "000000")
        response = enter(client, code())
        assert response.status_code == 429
        assert "15 Minuten" in response.content.decode()
        assert not is_signed_in(client)

    def test_second_step_lapses(self, anna, settings):
        client, _ = post_password("anna")
        settings.SECOND_STEP_SECONDS = -1
        assert enter(client, code())["Location"] == "/anmelden/"
        assert not is_signed_in(client)

    def test_new_password_ends_a_waiting_second_step(self, anna):
        client, _ = post_password("anna")
        anna.set_password("ein ganz anderes Kennwort 7")
        anna.save()
        assert enter(client, code())["Location"] == "/anmelden/"

    def test_waiting_second_step_of_one_host_is_worth_nothing_at_another(self, anna):
        client, _ = post_password("anna", PORTAL)
        stolen = Client(SERVER_NAME=VG)
        stolen.cookies["sojus-session"] = client.cookies["sojus-session"].value
        assert enter(stolen, code())["Location"] == "/anmelden/"

    def test_whoever_comes_without_a_password_is_sent_to_the_start(self, anna):
        client = Client(SERVER_NAME=VG)
        assert client.get(STEP)["Location"] == "/anmelden/"
        assert enter(client, code())["Location"] == "/anmelden/"

    def test_secret_is_not_in_the_database(self, anna):
        assert "JBSWY3" not in json.dumps(Faktor.objects.get().data)

    def test_secret_copied_to_another_person_does_not_open(self, anna, cast):
        from tenants.crypto import SealBroken

        bernd = cast.user("bernd")
        Faktor.objects.create(user=bernd, art="totp", data=Faktor.objects.get(user=anna).data)
        with pytest.raises(SealBroken):
            mfa.redeem_code(user=bernd, code=code())


class TestRecoveryCode:
    def test_works_once_and_says_so(self, anna):
        client, _ = post_password("anna")
        enter(client, code())
        page = client.get("/konto/sicherheit/").text
        assert "Sie haben noch keine Codes angelegt." in page and "von 10 Codes" not in page
        codes = mfa.create_recovery_codes(user=anna)
        assert len(set(codes)) == 10
        assert "Noch 10 von 10 Codes sind unbenutzt." in client.get("/konto/sicherheit/").text
        client, _ = post_password("anna")
        assert enter(client, codes[3]).status_code == 302
        assert "gilt nicht mehr" in client.get("/konto/").content.decode()
        again, _ = post_password("anna")
        enter(again, codes[3])
        assert not is_signed_in(again)
        enter(again, codes[4])
        assert is_signed_in(again)

    def test_new_codes_end_the_old_ones(self, anna):
        old = mfa.create_recovery_codes(user=anna)
        mfa.create_recovery_codes(user=anna)
        assert mfa.redeem_code(user=anna, code=old[0]) is None

    def test_of_another_person_are_worth_nothing(self, anna, cast):
        add_totp(cast.user("bernd"))
        codes = mfa.create_recovery_codes(user=cast.user("bernd"))
        assert mfa.redeem_code(user=anna, code=codes[0]) is None


BASE = "sojus.example"


@pytest.fixture
def offices(settings, monkeypatch):
    """Everything under a real domain, as in production (the login role may not write host names)."""
    settings.BASE_DOMAIN, settings.PORTAL_HOST = BASE, f"portal.{BASE}"
    settings.ALLOWED_HOSTS = [f".{BASE}"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    find = middleware.find_tenant
    monkeypatch.setattr(middleware, "find_tenant", lambda host: find(host.replace(BASE, "localhost")))


def at(kuerzel: str) -> Client:
    return Client(HTTP_HOST=f"{kuerzel}.{BASE}", HTTP_X_FORWARDED_PROTO="https")


def origin(kuerzel: str) -> str:
    return f"https://{kuerzel}.{BASE}"


def make_passkey(cast, name: str = "anna", *, kuerzel: str = "vg", **more) -> SoftPasskey:
    """Registered on the page of an office."""
    key = SoftPasskey(**more)
    client = at(kuerzel)
    post_password(name, client=client)
    page = client.get("/konto/sicherheit/passkey/").content.decode()
    answer = key.create(options_on(page), origin=origin(kuerzel))
    response = client.post("/konto/sicherheit/passkey/", {"name": "Laptop", "credential": answer})
    key.page = response.content.decode()
    return key


@pytest.mark.usefixtures("offices")
class TestPasskey:
    @pytest.fixture(autouse=True)
    def _people(self, cast):
        cast.user("anna")
        cast.user("bernd")

    def test_made_at_an_office_it_is_the_second_step_there_and_at_the_portal(self, cast):
        key = make_passkey(cast)
        assert key.rp_id == BASE
        for kuerzel in ("vg", "portal"):
            client = at(kuerzel)
            _, response = post_password("anna", client=client)
            assert response["Location"] == STEP
            answer = key.get(options_on(client.get(STEP).content.decode()), origin=origin(kuerzel))
            assert client.post(STEP, {"credential": answer})["Location"] == "/"
            assert is_signed_in(client) or (kuerzel == "portal" and client.get("/konto/").status_code == 200)

    def test_first_one_brings_the_recovery_codes(self, cast):
        assert "Diese Codes sehen Sie nur jetzt" in make_passkey(cast).page

    def test_signs_in_without_name_and_password(self, cast):
        key = make_passkey(cast)
        client = at("portal")
        answer = key.get(client.get("/anmelden/passkey/").content.decode(), origin=origin("portal"))
        assert client.post("/anmelden/passkey/", {"credential": answer, "next": "/konto/"})["Location"] == "/konto/"
        assert is_signed_in(client)

    def test_challenge_for_whoever_sits_there_costs_no_row(self, cast):
        client = at("vg")
        for _ in range(3):
            assert client.get("/anmelden/passkey/").status_code == 200
        client.post("/anmelden/passkey/", {"credential": "{}"})
        assert not Session.objects.exists()

    def test_challenge_for_whoever_sits_there_works_once(self, cast):
        key, first, again = make_passkey(cast), at("vg"), at("vg")
        answer = key.get(first.get("/anmelden/passkey/").text, origin=origin("vg"))
        kept = first.cookies[settings.PASSKEY_COOKIE_NAME].value
        first.post("/anmelden/passkey/", {"credential": answer})
        assert is_signed_in(first)
        for _ in range(2):
            again.cookies[settings.PASSKEY_COOKIE_NAME] = kept
            again.post("/anmelden/passkey/", {"credential": answer})
            assert not is_signed_in(again)

    def test_challenge_that_was_answered_wrongly_is_used_up(self, cast):
        key, client = make_passkey(cast), at("vg")
        answer = key.get(client.get("/anmelden/passkey/").text, origin=origin("vg"))
        kept = client.cookies[settings.PASSKEY_COOKIE_NAME].value
        client.post("/anmelden/passkey/", {"credential": "{}"})
        client.cookies[settings.PASSKEY_COOKIE_NAME] = kept
        client.post("/anmelden/passkey/", {"credential": answer})
        assert not is_signed_in(client)

    @pytest.mark.parametrize("why", ["made up", "another host", "too old", "none"])
    def test_challenge_that_this_host_did_not_give_now_is_refused(self, cast, monkeypatch, why):
        key, client = make_passkey(cast), at("vg")
        answer = key.get(client.get("/anmelden/passkey/").text, origin=origin("vg"))
        if why == "made up":
            kept = signing.loads(client.cookies[settings.PASSKEY_COOKIE_NAME].value, salt="sojus.passkey")
            client.cookies[settings.PASSKEY_COOKIE_NAME] = signing.dumps(kept, salt="other")
        elif why == "another host":
            other = at("hro")
            answer = key.get(other.get("/anmelden/passkey/").text, origin=origin("vg"))
            client.cookies[settings.PASSKEY_COOKIE_NAME] = other.cookies[settings.PASSKEY_COOKIE_NAME].value
        elif why == "too old":
            monkeypatch.setattr(passkeys, "OPEN_SECONDS", -1)
        else:
            del client.cookies[settings.PASSKEY_COOKIE_NAME]
        assert client.post("/anmelden/passkey/", {"credential": answer})["Location"] == "/anmelden/"
        assert not is_signed_in(client)

    def test_passkeys_that_one_network_makes_up_are_counted(self, cast):
        key, client = make_passkey(cast), at("vg")
        for _ in range(second_factor.PASSKEYS_MAX):
            client.post("/anmelden/passkey/", {"credential": "{}"})
        answer = key.get(client.get("/anmelden/passkey/").text, origin=origin("vg"))
        client.post("/anmelden/passkey/", {"credential": answer})
        assert not is_signed_in(client)
        assert second_factor.PASSKEYS_THROTTLED in client.get("/anmelden/").text
        elsewhere = at("vg")
        elsewhere.defaults["REMOTE_ADDR"] = "198.51.100.7"
        answer = key.get(elsewhere.get("/anmelden/passkey/").text, origin=origin("vg"))
        elsewhere.post("/anmelden/passkey/", {"credential": answer})
        assert is_signed_in(elsewhere)

    def test_passkeys_that_nobody_sent_are_not_counted(self, cast):
        key, client = make_passkey(cast), at("vg")
        for _ in range(second_factor.PASSKEYS_MAX):
            client.post("/anmelden/passkey/", {"credential": ""})
        answer = key.get(client.get("/anmelden/passkey/").text, origin=origin("vg"))
        client.post("/anmelden/passkey/", {"credential": answer})
        assert is_signed_in(client)

    def test_without_name_is_refused_where_she_is_no_member_in_the_same_words_as_an_unknown_key(self, cast):
        key, unknown = make_passkey(cast), SoftPasskey()
        unknown.rp_id = BASE
        pages = []
        for passkey in (key, unknown):
            client = at("hro")
            answer = passkey.get(client.get("/anmelden/passkey/").content.decode(), origin=origin("hro"))
            response = client.post("/anmelden/passkey/", {"credential": answer})
            assert response["Location"] == "/anmelden/"
            pages.append(client.get("/anmelden/").content.decode())
            assert not is_signed_in(client)
        assert all("Mit diesem Passkey ist hier keine Anmeldung möglich" in page for page in pages)

    def _second_step(self, key: SoftPasskey, *, page: str, name: str = "anna", answer: str | None = None) -> Client:
        client = at("vg")
        post_password(name, client=client)
        answer = answer or key.get(options_on(client.get(STEP).content.decode()), origin=page)
        client.post(STEP, {"credential": answer})
        return client

    @pytest.mark.parametrize(
        "shown", ["https://vg.sojus.example.evil.org", "https://hro.sojus.example", "http://vg.sojus.example"]
    )
    def test_made_on_another_page_is_refused(self, cast, shown):
        assert not is_signed_in(self._second_step(make_passkey(cast), page=shown))

    def test_of_another_person_is_refused(self, cast):
        key = make_passkey(cast, "bernd")
        make_passkey(cast, "anna")
        assert not is_signed_in(self._second_step(key, page=origin("vg")))

    def test_of_another_domain_is_refused(self, cast):
        key = make_passkey(cast)
        key.rp_id = "evil.org"
        assert not is_signed_in(self._second_step(key, page=origin("vg")))

    def test_without_pin_or_finger_is_refused(self, cast):
        assert passkeys.WRONG_PASSKEY in make_passkey(cast, verified=False).page
        key = make_passkey(cast)
        key.verified = False
        assert not is_signed_in(self._second_step(key, page=origin("vg")))

    def test_answer_works_once(self, cast):
        key = make_passkey(cast)
        client = at("vg")
        post_password("anna", client=client)
        answer = key.get(options_on(client.get(STEP).content.decode()), origin=origin("vg"))
        assert client.post(STEP, {"credential": answer})["Location"] == "/"
        assert not is_signed_in(self._second_step(key, page=origin("vg"), answer=answer))

    @pytest.mark.parametrize("junk", ["", "null", "[]", "{}", '{"response": {}}', "x" * 30_000, '{"id": 1}'])
    def test_junk_is_refused(self, cast, junk):
        make_passkey(cast)
        client = at("vg")
        post_password("anna", client=client)
        client.get(STEP)
        assert client.post(STEP, {"credential": junk}).status_code == 422
        assert client.post("/anmelden/passkey/", {"credential": junk})["Location"] == "/anmelden/"
        assert not is_signed_in(client)

    @pytest.mark.parametrize("tail", [b"\x19", b"\xa1\x19\x00", b"\x5f"])
    def test_data_that_ends_in_the_middle_of_a_number_is_refused(self, cast, tail):
        key = make_passkey(cast)
        client = at("vg")
        answer = json.loads(key.get(client.get("/anmelden/passkey/").text, origin=origin("vg")))
        cut = bytes(32) + b"\x85" + bytes(4) + tail  # extensions are announced, and end too soon
        answer["response"]["authenticatorData"] = websafe_encode(cut)
        refused = client.post("/anmelden/passkey/", {"credential": json.dumps(answer)})
        assert refused["Location"] == "/anmelden/" and not is_signed_in(client)

    def test_same_passkey_twice_is_refused(self, cast):
        key = make_passkey(cast)
        client = at("vg")
        post_password("anna", client=client)
        answer = key.get(options_on(client.get(STEP).content.decode()), origin=origin("vg"))
        client.post(STEP, {"credential": answer})
        page = client.get("/konto/sicherheit/passkey/").content.decode()
        again = key.create(options_on(page), origin=origin("vg"))
        response = client.post("/konto/sicherheit/passkey/", {"name": "Noch einmal", "credential": again})
        assert "schon eingerichtet" in response.content.decode()

    def test_answer_cut_anywhere_is_refused(self, cast):
        cast.user("anna")
        client, key = at("vg"), SoftPasskey()
        post_password("anna", client=client)
        good = json.loads(key.create(options_on(client.get(NEW_PASSKEY).text), origin=origin("vg")))
        whole = websafe_decode(good["response"]["attestationObject"])
        for end in range(0, len(whole), 17):
            good["response"]["attestationObject"] = websafe_encode(whole[:end])
            page = client.post(NEW_PASSKEY, {"name": "Laptop", "credential": json.dumps(good)}).text
            assert passkeys.WRONG_PASSKEY in page, end
        assert passkeys.WRONG_PASSKEY in client.post(NEW_PASSKEY, {"name": "x", "credential": "[" * 19_000}).text
        assert not Faktor.objects.exists()


class TestGate:
    def test_session_from_before_the_factor_is_asked_at_its_next_click(self, cast, sign_in):
        old = sign_in("anna")
        assert is_signed_in(old)
        add_totp(cast.user("anna"))
        response = old.get("/konto/")
        assert response["Location"] == f"{STEP}?next=/konto/"
        assert old.get("/api/v1/buchungen/").status_code == 403
        assert old.get("/konto/sicherheit/")["Location"].startswith(STEP)
        assert old.get("/datenschutz/").status_code == 200
        assert old.post(STEP, {"code": code(), "next": "/konto/"})["Location"] == "/konto/"
        assert is_signed_in(old)

    def test_key_of_a_program_is_not_asked(self, cast):
        api = cast.api("anna")
        add_totp(cast.user("anna"))
        assert api.get("/api/v1/buchungen/").status_code == 200

    def test_handover_carries_the_second_factor_on(self, cast):
        add_totp(cast.user("ines"))
        client, _ = post_password("ines", PORTAL)
        enter(client, code())
        office, response = redeem(go(client, ziel="/konto/"))
        assert response["Location"] == "/konto/"
        assert is_signed_in(office)

    def test_session_that_owes_the_factor_gets_no_ticket(self, cast, sign_in):
        portal = sign_in("ines")
        add_totp(cast.user("ines"))
        assert portal.get("/weiter/vg/")["Location"].startswith(STEP)


def test_rotate_keys__seals_secrets_anew(anna, settings):
    mfa.create_recovery_codes(user=anna)
    settings.FIELD_KEYS = [("neu", b"n" * 32), *settings.FIELD_KEYS]
    found = {turned.what: turned.count for turned in rotate_all()}
    assert found["Geheimnisse zweiter Faktoren"] == 2
    assert mfa.update_mfa_secrets() == 0
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert mfa.redeem_code(user=anna, code=code()) is not None
