"""Sign-in with the account of the district, against a real OpenID provider: discovery, code, PKCE, signature."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from urllib.parse import parse_qs, urlsplit

import flask
import jwt
import oidc_provider_mock
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from oidc_provider_mock._server import _threaded_server

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Anmeldedienst, Dienstkonto, User
from shared_apps.factors.services import mfa
from shared_apps.oidc import server
from shared_apps.oidc.services import (
    Anmeldung,
    anmelden,
    compute_gelesen,
    confirm_anmeldedienst,
    find_person,
    update_anmeldedienst,
    update_oidc_secrets,
)
from tests.people import appoint
from tests.shared_apps.factors.steps import add_totp, code, is_signed_in
from tests.shared_apps.oidc.slow_server import say, slow_server

pytestmark = [
    pytest.mark.usefixtures("vg"),
    pytest.mark.filterwarnings("ignore:get_jwt_config"),  # of the mock, not of ours
]
BEGIN, BACK = "/anmelden/dienst/", "/anmelden/dienst/zurueck/"
CLIENT = {"token_endpoint_auth_method": "client_secret_basic"}
NOT_DONE = "Die Anmeldung mit dem Konto des Landkreises ist nicht gelungen"


class Provider:
    """The district's server, with what the browser does there."""

    def __init__(self, url: str) -> None:
        self.url = url
        asked = {"redirect_uris": [f"http://vg.localhost{BACK}", f"http://hro.localhost{BACK}"], **CLIENT}
        self.client = requests.post(f"{url}/oauth2/clients", json=asked, timeout=10).json()

    def has(self, sub: str, **claims: object) -> None:
        requests.put(f"{self.url}/users/{sub}", json=claims, timeout=10)

    def sign_in(self, address: str, sub: str) -> str:
        """The person signs in there; returns the address she is sent back to."""
        answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@pytest.fixture(scope="module")
def provider():
    """The mock, with PKCE enforced in front of it (it does not check that itself)."""
    app = oidc_provider_mock.app(require_client_registration=True, require_nonce=True)
    challenges: list[str] = []

    @app.before_request
    def enforce_pkce():
        if flask.request.path == "/oauth2/authorize":
            assert flask.request.args["code_challenge_method"] == "S256"
            challenges.append(flask.request.args["code_challenge"])
        if flask.request.path == "/oauth2/token":
            digest = hashlib.sha256(flask.request.form["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() not in challenges:
                return flask.jsonify(error="invalid_grant"), 400
        return None

    with _threaded_server(app) as server:
        yield Provider(f"http://localhost:{server.server_port}")


@pytest.fixture
def dienst(provider, vg, cast) -> Anmeldedienst:
    update_anmeldedienst(
        tenant=vg,
        issuer=provider.url,
        client_id=provider.client["client_id"],
        client_secret=provider.client["client_secret"],
        mfa_werte=["mfa"],
    )
    return sign(cast, vg)


def sign(cast, vg) -> Anmeldedienst:
    """The second signature, under what is there now."""
    gelesen = compute_gelesen(Anmeldedienst.objects.get(tenant=vg))
    return confirm_anmeldedienst(akteur=cast.akteur("emil"), tenant=vg, gelesen=gelesen)


@pytest.fixture
def anna(cast) -> User:
    """Has agreed to the rules before."""
    return cast.user("anna")


def start(ziel: str = "/konto/") -> tuple[Client, str]:
    client = Client(SERVER_NAME="vg.localhost")
    return client, client.get(f"{BEGIN}?next={ziel}")["Location"]


def come_back(client: Client, address: str):
    parts = urlsplit(address)
    assert parts.hostname == "vg.localhost"
    return client.get(f"{parts.path}?{parts.query}")


def sign_in(provider: Provider, sub: str = "anna-sub", **claims: object):
    """All the way; returns client and answer."""
    provider.has(sub, **({"email": "anna@example.org", "email_verified": True} | claims))
    client, address = start()
    return client, come_back(client, provider.sign_in(address, sub))


def assert_refused(client: Client, response, caplog=None) -> None:
    assert response["Location"] == "/anmelden/"
    assert NOT_DONE in client.get("/anmelden/").content.decode()
    assert not is_signed_in(client)


@pytest.mark.usefixtures("dienst")
class TestAdmitted:
    def test_member_by_verified_address_then_by_subject(self, provider, anna):
        client, response = sign_in(provider)
        assert response["Location"] == "/konto/"
        assert is_signed_in(client)
        link = Dienstkonto.objects.get()
        assert (link.user_id, link.uid, link.extra_data) == (anna.pk, "anna-sub", {})
        client, _ = sign_in(provider, email="umbenannt@example.org")
        assert is_signed_in(client), "the subject stays when the address changes"

    def test_own_second_factor_is_asked_unless_the_server_has_seen_one(self, provider, anna):
        add_totp(anna)
        client, response = sign_in(provider)
        assert response["Location"] == "/anmelden/zweiter-faktor/"
        client.post("/anmelden/zweiter-faktor/", {"code": code()})
        assert is_signed_in(client)
        client, response = sign_in(provider, amr=["pwd", "mfa"])
        assert response["Location"] == "/konto/"
        client, response = sign_in(provider, amr=["pwd", "sms"])
        assert response["Location"] == "/anmelden/zweiter-faktor/"

    def test_obligation_is_met_by_the_server_only_where_the_operator_has_said_so(self, provider, anna, settings):
        settings.MFA_PFLICHT = ["alle"]
        client, _ = sign_in(provider, acr="mfa")
        assert is_signed_in(client)
        client, _ = sign_in(provider, acr="urn:anything")
        assert client.get("/konto/")["Location"] == "/konto/sicherheit/"

    def test_does_not_open_the_pages_that_change_the_account(self, provider, anna):
        client, _ = sign_in(provider)
        assert client.get("/konto/sicherheit/app/")["Location"].startswith("/konto/sicherheit/bestaetigen/")

    def test_opens_them_for_whom_it_is_the_only_way_in(self, provider, anna):
        anna.set_unusable_password()
        anna.save()
        client, _ = sign_in(provider)
        assert client.get("/konto/sicherheit/app/").status_code == 200

    def test_button_stands_at_this_office_only(self, dienst):
        assert (
            "Anmelden mit dem Konto des Landkreises"
            in Client(SERVER_NAME="vg.localhost").get("/anmelden/").content.decode()
        )
        for host in ("hro.localhost", "portal.localhost"):
            client = Client(SERVER_NAME=host)
            assert "Konto des Landkreises" not in client.get("/anmelden/").content.decode()
            assert [client.get(p).status_code for p in (BEGIN, BACK)] == [404, 404]
        dienst.ist_aktiv = False
        dienst.save()
        assert Client(SERVER_NAME="vg.localhost").get(BEGIN).status_code == 404


@pytest.mark.usefixtures("dienst")
class TestRefused:
    @pytest.mark.parametrize(
        "claims",
        [
            {"email": "fremd@example.org"},
            {"email_verified": False},
            {"email_verified": "true"},
            {"email": ""},
            {"email": "gerd@example.org"},  # works in Rostock
            {"email": "ines@example.org"},  # works for a provider
            {"email": "nora@example.org"},  # works nowhere
        ],
    )
    def test_unknown_unverified_or_foreign_person(self, provider, cast, claims):
        for name in ("anna", "gerd", "ines", "nora"):
            cast.user(name)
        before = User.objects.count()
        assert_refused(*sign_in(provider, **claims))
        assert User.objects.count() == before
        assert not Dienstkonto.objects.exists()

    def test_who_also_works_elsewhere_is_not_linked_by_an_address(self, provider, anna, hro):
        appoint(user=anna, tenant=hro, rolle=Rolle.ASD, gueltig_ab="2020-01-01")
        assert_refused(*sign_in(provider))

    def test_two_people_with_one_address(self, provider, anna, cast):
        User.objects.filter(pk=cast.user("bernd").pk).update(email="ANNA@example.org")
        assert_refused(*sign_in(provider))

    def test_second_subject_for_one_person(self, provider, anna):
        sign_in(provider)
        assert_refused(*sign_in(provider, sub="other-sub"))

    def test_deactivated_and_former_people(self, provider, anna):
        sign_in(provider)
        User.objects.update(is_active=False)
        assert_refused(*sign_in(provider))
        User.objects.update(is_active=True)
        assert is_signed_in(sign_in(provider)[0])
        anna.memberships.update(gueltig_bis="2026-01-01")
        assert_refused(*sign_in(provider))

    @pytest.mark.parametrize("state", ["", "erfunden", "../x"])
    def test_tampered_state(self, provider, anna, state):
        provider.has("anna-sub", email="anna@example.org", email_verified=True)
        client, address = start()
        back = provider.sign_in(address, "anna-sub")
        value = parse_qs(urlsplit(back).query)["state"][0]
        assert_refused(client, come_back(client, back.replace(value, state)))

    def test_answer_of_another_browser_or_used_twice(self, provider, anna):
        provider.has("anna-sub", email="anna@example.org", email_verified=True)
        client, address = start()
        back = provider.sign_in(address, "anna-sub")
        stranger = Client(SERVER_NAME="vg.localhost")
        assert_refused(stranger, come_back(stranger, back))
        come_back(client, back)
        assert is_signed_in(client)
        again = Client(SERVER_NAME="vg.localhost")
        assert_refused(again, come_back(again, back))

    def test_answer_used_twice_at_the_same_moment(self, provider, anna, monkeypatch):
        """Both requests have read the session before either has written it."""
        provider.has("anna-sub", email="anna@example.org", email_verified=True)
        client, address = start()
        back = provider.sign_in(address, "anna-sub")
        other, asked = Client(SERVER_NAME="vg.localhost"), []
        other.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        find, exchange = anmelden._find, server.exchange_code

        def find_while_the_other_comes(*args):
            monkeypatch.setattr(anmelden, "_find", find)
            kept = find(*args)
            come_back(other, back)
            return kept

        monkeypatch.setattr(anmelden, "_find", find_while_the_other_comes)
        monkeypatch.setattr(server, "exchange_code", lambda *a, **kw: asked.append(1) or exchange(*a, **kw))
        come_back(client, back)
        assert [is_signed_in(one) for one in (client, other)] == [False, True] and len(asked) == 1

    def test_code_of_another_sign_in_has_another_nonce(self, provider, anna, cast):
        """An injected code: state and verifier are ours, the token was made for the attacker's sign-in."""
        provider.has("anna-sub", email="anna@example.org", email_verified=True)
        provider.has("evil-sub", email="bernd@example.org", email_verified=True)
        cast.user("bernd")
        victim, address = start()
        ours = provider.sign_in(address, "anna-sub")
        _, attackers = start()
        theirs = provider.sign_in(attackers, "evil-sub")
        stolen = parse_qs(urlsplit(theirs).query)["code"][0]
        value = parse_qs(urlsplit(ours).query)["code"][0]
        assert_refused(victim, come_back(victim, ours.replace(value, stolen)))

    def test_without_the_verifier_there_is_no_token(self, provider, anna):
        provider.has("anna-sub", email="anna@example.org", email_verified=True)
        client, address = start()
        back = provider.sign_in(address, "anna-sub")
        session = client.session
        states = session["socialaccount_states"]
        next(iter(states.values()))[0]["verifier"] = "x" * 50
        session["socialaccount_states"] = states
        session.save()
        assert_refused(client, come_back(client, back))

    def test_begun_sign_in_lapses__and_ten_are_remembered(self, provider, anna):
        provider.has("anna-sub", email="anna@example.org", email_verified=True)
        client, address = start()
        back = provider.sign_in(address, "anna-sub")
        session = client.session
        for kept in session["socialaccount_states"].values():
            kept[1] -= 601
        session.save()
        assert_refused(client, come_back(client, back))
        for _ in range(12):
            client.get(BEGIN)
        assert len(client.session["socialaccount_states"]) == 10

    def test_code_goes_to_no_other_address(self, provider, anna, monkeypatch):
        """A token endpoint that sends us on gets the code, and nobody behind it."""
        provider.has("anna-sub", email="anna@example.org", email_verified=True)
        client, address = start()
        back = provider.sign_in(address, "anna-sub")
        config = server.fetch_description(provider.url)
        with slow_server() as gate, slow_server() as elsewhere:
            gate.answer = say(f"HTTP/1.1 307 Temporary Redirect\nLocation: {elsewhere.url}/\nContent-Length: 0")
            moved = config | {"token_endpoint": f"{gate.url}/token"}
            monkeypatch.setattr(server, "fetch_description", lambda issuer: moved)
            answer = come_back(client, back)
            monkeypatch.undo()
            assert_refused(client, answer)
            assert (gate.asked, elsewhere.asked) == (["/token"], [])

    def test_answer_of_another_issuer(self, provider, anna):
        provider.has("anna-sub", email="anna@example.org", email_verified=True)
        client, address = start()
        assert_refused(client, come_back(client, provider.sign_in(address, "anna-sub") + "&iss=https://evil.example"))

    @pytest.mark.parametrize("issuer", ["/realm", None])
    def test_server_that_is_away(self, provider, issuer, cast, vg):
        away = provider.url + issuer if issuer else "http://127.0.0.1:1"
        Anmeldedienst.objects.update(issuer=away, bestaetigt_at=None, bestaetigt_von=None)
        sign(cast, vg)
        client = Client(SERVER_NAME="vg.localhost")
        assert_refused(client, client.get(BEGIN))

    def test_server_that_calls_itself_otherwise(self, provider, anna, monkeypatch):
        provider.has("anna-sub", email="anna@example.org", email_verified=True)
        client, address = start()
        back = provider.sign_in(address, "anna-sub")
        get = server.fetch_document
        cache.clear()  # what it said a moment ago is forgotten
        monkeypatch.setattr(
            server, "fetch_document", lambda url, **m: get(url, **m) | {"issuer": "https://evil.example"}
        )
        assert_refused(client, come_back(client, back))
        assert_refused(client, client.get(BEGIN))

    def test_person_who_says_no_there(self, provider, anna):
        client, _ = start()
        state = next(iter(client.session["socialaccount_states"]))
        assert_refused(client, client.get(f"{BACK}?error=access_denied&state={state}"))


def confirm_again(cast, vg, **changed) -> Anmeldedienst:
    """Somebody changes the server, somebody else confirms it at once."""
    dienst = Anmeldedienst.objects.get(tenant=vg)
    update_anmeldedienst(tenant=vg, **({"issuer": dienst.issuer, "client_id": dienst.client_id} | changed))
    return sign(cast, vg)


@pytest.mark.usefixtures("dienst", "anna")
class TestChangedMeanwhile:
    """The row is read before the server is asked; what is true afterwards counts."""

    OTHER = "https://keycloak.example.org/r"

    @pytest.fixture
    def meanwhile(self, monkeypatch):
        """Have something happen while the server is asked for the token."""
        real = server.exchange_code

        def set_work(work):
            def ask(*args, **kwargs):
                token = real(*args, **kwargs)
                work()
                return token

            monkeypatch.setattr(server, "exchange_code", ask)

        return set_work

    def _refused(self, client, response):
        assert response["Location"] == "/anmelden/" and not is_signed_in(client)
        assert server.CHANGED in client.get("/anmelden/").text

    def _off(self, vg):
        Anmeldedienst.objects.filter(tenant=vg).update(ist_aktiv=False)

    def _unconfirmed(self, vg):
        Anmeldedienst.objects.filter(tenant=vg).update(bestaetigt_at=None, bestaetigt_von=None)

    @pytest.mark.parametrize("what", ["_off", "_unconfirmed"])
    def test_switched_off_or_unconfirmed__nobody_comes_in(self, what, provider, meanwhile, vg):
        assert is_signed_in(sign_in(provider)[0])
        meanwhile(lambda: getattr(self, what)(vg))
        self._refused(*sign_in(provider))

    def test_another_issuer__its_subjects_are_linked_to_nobody(self, provider, meanwhile, vg, cast):
        """Whoever had this subject at the new server would be her from then on."""
        meanwhile(lambda: confirm_again(cast, vg, issuer=self.OTHER))
        self._refused(*sign_in(provider))
        assert not Dienstkonto.objects.exists()

    @pytest.mark.parametrize(
        "changed", [{"email_claim": "upn", "adresse_vom_landkreis": True}, {"mfa_werte": []}, {"faktor_claim": "stufe"}]
    )
    def test_mapping__is_asked_again(self, changed, provider, meanwhile, vg, cast):
        meanwhile(lambda: confirm_again(cast, vg, **changed))
        self._refused(*sign_in(provider))
        assert not Dienstkonto.objects.exists()

    def test_words_on_the_button__change_nothing(self, provider, meanwhile, vg, cast):
        meanwhile(lambda: Anmeldedienst.objects.filter(tenant=vg).update(bezeichnung="Kreiskonto"))
        assert is_signed_in(sign_in(provider)[0])

    def test_between_begin_and_way_back__she_begins_again(self, provider, vg, cast):
        provider.has("anna-sub", email="anna@example.org", email_verified=True)
        client, address = start()
        back = provider.sign_in(address, "anna-sub")
        confirm_again(cast, vg, mfa_werte=["otp"])
        self._refused(client, come_back(client, back))
        assert not Dienstkonto.objects.exists()
        assert is_signed_in(sign_in(provider)[0])

    @pytest.mark.parametrize("changed", [False, True])
    def test_begun_before_this_release__comes_back_unless_it_was_confirmed_since(self, changed, provider, vg, cast):
        provider.has("anna-sub", email="anna@example.org", email_verified=True)
        client, address = start()
        back = provider.sign_in(address, "anna-sub")
        session = client.session
        for what, _, _ in session["socialaccount_states"].values():
            del what["gelesen"]
        session.save()
        if changed:
            confirm_again(cast, vg, mfa_werte=["otp"])
            self._refused(client, come_back(client, back))
        else:
            come_back(client, back)
            assert is_signed_in(client)

    def test_row_is_held_until_she_is_signed_in(self, dienst):
        """Between the second look and the link nobody replaces the server."""
        anmeldung = Anmeldung(
            subject="s", email="anna@example.org", ist_adresse_belegt=True, shows_factor=False, ziel="/"
        )
        with CaptureQueriesContext(connection) as found:
            find_person(dienst=dienst, anmeldung=anmeldung)
        first = found[1]["sql"]  # after the savepoint
        assert '"accounts_anmeldedienst"' in first and first.endswith("FOR NO KEY UPDATE")


class TestToken:
    """Tokens as an attacker would make them, against the keys of the real server."""

    def _claims(self, dienst, **more):
        now = int(time.time())
        return {
            "iss": dienst.issuer, "aud": dienst.client_id, "sub": "anna-sub", "iat": now, "exp": now + 60,
            "nonce": "n", **more,
        }  # fmt: skip

    def _refused(self, dienst, token: str) -> str:
        with pytest.raises(server.OidcRefused) as refused:
            server.read_id_token(token, client_id=dienst.client_id, config=server.fetch_description(dienst.issuer))
        return refused.value.grund

    def test_signed_by_another_key(self, dienst, provider):
        kid = requests.get(f"{provider.url}/jwks", timeout=10).json()["keys"][0].get("kid")
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        headers = {"kid": kid} if kid else {}
        token = jwt.encode(self._claims(dienst), key, algorithm="RS256", headers=headers)
        assert "InvalidSignature" in self._refused(dienst, token)

    def test_unsigned_and_signed_with_what_is_public(self, dienst, provider):
        unsigned = jwt.encode(self._claims(dienst), None, algorithm="none")
        self._refused(dienst, unsigned)
        jwks = requests.get(f"{provider.url}/jwks", timeout=10).json()["keys"][0]
        secret = jwks["n"]
        self._refused(dienst, jwt.encode(self._claims(dienst), secret, algorithm="HS256"))
        self._refused(dienst, "kein.token")
        self._refused(dienst, "")

    def _with_own_key(self, monkeypatch, dienst, **more) -> str:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) | {"kid": "k", "alg": "RS256"}
        get = server.fetch_document
        monkeypatch.setattr(
            server, "fetch_document", lambda url, **m: {"keys": [public]} if url.endswith("/jwks") else get(url)
        )
        claims = {k: v for k, v in self._claims(dienst, **more).items() if v is not None}
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k"})

    @pytest.mark.parametrize(
        "wrong",
        [
            {"iss": "https://evil.example"},
            {"aud": "another-client"},
            {"aud": ["x", "y"]},
            {"exp": 1},
            {"iat": None},
            {"sub": None},
            {"exp": None},
        ],
    )
    def test_for_others_late_or_incomplete(self, dienst, monkeypatch, wrong):
        self._refused(dienst, self._with_own_key(monkeypatch, dienst, **wrong))

    def test_good_one_is_read(self, dienst, monkeypatch):
        token = self._with_own_key(monkeypatch, dienst)
        assert (
            server.read_id_token(token, client_id=dienst.client_id, config=server.fetch_description(dienst.issuer))[
                "sub"
            ]
            == "anna-sub"
        )

    def test_two_audiences_need_us_as_authorised_party(self, dienst, monkeypatch):
        token = self._with_own_key(monkeypatch, dienst, aud=[dienst.client_id, "x"], azp="x")
        assert self._refused(dienst, token) == "token for another client"


class TestConfigure:
    def test_command_writes_it_down_sealed(self, provider, vg, tmp_path, capsys):
        file = tmp_path / "secret"
        file.write_text(provider.client["client_secret"] + "\n")
        call_command(
            "configure_oidc", "--kuerzel", "vg", "--issuer", provider.url, "--client-id", "sojus",
            "--client-secret-file", str(file), "--bezeichnung", "Konto von VG",
        )  # fmt: skip
        assert "Anmelden mit dem Konto von VG" in capsys.readouterr().out
        dienst = Anmeldedienst.objects.get(tenant=vg)
        assert provider.client["client_secret"] not in dienst.client_secret

    @pytest.mark.parametrize("issuer", ["http://127.0.0.1:1", "file:///etc/passwd"])
    def test_command_refuses_an_address_that_does_not_answer(self, vg, issuer):
        with pytest.raises(CommandError):
            call_command("configure_oidc", "--kuerzel", "VG", "--issuer", issuer, "--client-id", "x")
        assert not Anmeldedienst.objects.exists()

    def test_another_issuer_cuts_the_links(self, dienst, anna, vg):
        Dienstkonto.objects.create(user=anna, provider=dienst.provider_id, uid="x")
        update_anmeldedienst(tenant=vg, issuer=dienst.issuer, client_id="other")
        assert Dienstkonto.objects.exists()
        update_anmeldedienst(
            tenant=vg, issuer="https://keycloak.example.org/r", client_id=dienst.client_id, ist_aktiv=False
        )
        assert not Dienstkonto.objects.exists()

    def test_in_production_no_address_without_tls(self, dienst, settings):
        settings.PUBLIC_SCHEME = "https"
        with pytest.raises(server.OidcRefused):
            server.fetch_description(dienst.issuer)

    def test_secret_is_sealed_anew_with_the_current_key(self, dienst, settings):
        settings.FIELD_KEYS = [("neu", b"n" * 32), *settings.FIELD_KEYS]
        assert (update_oidc_secrets(), update_oidc_secrets()) == (1, 0)


def test_removing_all_factors__is_the_operators_way_out(cast, capsys):
    add_totp(cast.user("anna"))
    mfa.create_recovery_codes(user=cast.user("anna"))
    call_command("reset_factors", "anna")
    assert "2 Faktoren" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("reset_factors", "niemand")
