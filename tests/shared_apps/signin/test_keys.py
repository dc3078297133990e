"""API keys: one person, one host, some scopes, an end; revocable by her and by her office."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from shared_apps.accounts.models import ApiToken
from shared_apps.core.errors import RegelVerletzt
from shared_apps.signin.services import create_api_token, create_invitation
from shared_apps.signin.services.password_reset import build_reset_path
from tests.people import PASSWORD
from tests.shared_apps.factors.steps import confirmed
from tests.shared_apps.signin.test_password_reset import work

pytestmark = pytest.mark.usefixtures("vg", "hro")
NEU = {"bezeichnung": "Schnittstelle", "umfang": ["lesen", "suchen"], "tage": "90"}


def client(key: str, host: str = "vg.localhost") -> Client:
    return Client(SERVER_NAME=host, HTTP_AUTHORIZATION=f"Token {key}")


def make(browser: Client, **changes: object) -> str:
    """Make a key on the screen; the secret it shows."""
    response = confirmed(browser).post("/konto/schluessel/neu/", NEU | changes)
    return re.search(r'id="schluessel">([^<]+)<', response.text)[1]


def test_secret_is_shown_once_and_stored_as_a_hash(sign_in):
    anna = sign_in("anna")
    key = make(anna)
    assert key not in str(list(ApiToken.objects.values()))
    page = anna.get("/konto/schluessel/").text
    assert 'href="/schnittstelle/"' in page and 'href="/api/v1/schema/"' in page, (
        "what a program can ask is told where its key is made"
    )
    assert key not in page and "Schnittstelle" in page and "Lesen, Angebote suchen" in page
    assert client(key).get("/api/v1/reservierungen/").status_code == 200


def test_many_keys_are_paged__mine_and_those_of_the_office(sign_in, cast, vg):
    anna = cast.user("anna")
    for nummer in range(51):
        create_api_token(user=anna, tenant=vg, bezeichnung=f"Programm {nummer}")
    for who, url in (("anna", "/konto/schluessel/"), ("anton", "/konto/schluessel/amt/")):
        browser = sign_in(who)
        erste, zweite = browser.get(url).text, browser.get(f"{url}?seite=2").text
        assert "51 Schlüssel" in erste and "Programm 50" in erste and "Widerrufen: Programm 0" not in erste
        assert "Widerrufen: Programm 0" in zweite and "Programm 50" not in zweite


def test_scope_is_the_outer_limit(sign_in):
    key = make(sign_in("anna"), umfang=["kennzahlen"])
    assert client(key).get("/api/v1/reservierungen/").status_code == 403
    assert client(key).post("/api/v1/suchen/", {}, content_type="application/json").status_code == 403
    reading = make(sign_in("anna"), umfang=["lesen"])
    assert client(reading).post("/api/v1/reservierungen/", {}, content_type="application/json").status_code == 403


def test_policy_is_the_inner_limit(cast, vg):
    key = create_api_token(user=cast.user("frieda"), tenant=vg)
    assert client(key).post("/api/v1/reservierungen/", {}, content_type="application/json").status_code == 403


def test_key_works_at_its_host_only(cast, vg):
    key = create_api_token(user=cast.user("ines"), tenant=vg)
    assert client(key).get("/api/v1/reservierungen/").status_code == 200
    assert client(key, "hro.localhost").get("/api/v1/reservierungen/").status_code == 401
    assert client(key, "portal.localhost").get("/api/v1/hinweise/").status_code in {401, 404}


def test_key_opens_no_page_and_makes_no_key(cast, vg):
    key = client(create_api_token(user=cast.user("anna"), tenant=vg))
    for path in ("/konto/", "/konto/schluessel/", "/konto/schluessel/neu/", "/konto/sitzungen/", "/faelle/"):
        assert key.get(path)["Location"].startswith("/anmelden/"), path
    assert key.post("/konto/schluessel/neu/", NEU)["Location"].startswith("/anmelden/")
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize("change", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now() - timedelta(1)}])
def test_revoked_or_over_it_is_worth_nothing(cast, vg, change):
    key = create_api_token(user=cast.user("anna"), tenant=vg)
    ApiToken.objects.update(**change)
    assert client(key).get("/api/v1/reservierungen/").status_code == 401


@pytest.mark.parametrize("tage", [0, 366])
def test_end_is_obligatory_and_within_a_year(cast, vg, tage):
    with pytest.raises(RegelVerletzt):
        create_api_token(user=cast.user("anna"), tenant=vg, tage=tage)


def test_use_is_noted(cast, vg):
    key = create_api_token(user=cast.user("anna"), tenant=vg)
    assert ApiToken.objects.get().zuletzt_at is None
    client(key).get("/api/v1/reservierungen/")
    assert ApiToken.objects.get().zuletzt_at is not None


@pytest.mark.parametrize("change", [{"umfang": []}, {"umfang": ["alles"]}, {"tage": "999"}])
def test_form_refuses(sign_in, change):
    response = confirmed(sign_in("anna")).post("/konto/schluessel/neu/", NEU | change)
    assert 'id="schluessel"' not in response.text
    assert not ApiToken.objects.exists()


def test_unattended_screen_makes_no_key(sign_in):
    """Nor that of a person who signs in at her district's own server: a key outlives the session."""
    anna = sign_in("anna")
    for answer in (anna.get("/konto/schluessel/neu/"), anna.post("/konto/schluessel/neu/", NEU)):
        assert answer["Location"].startswith("/konto/sicherheit/bestaetigen/")
    assert not ApiToken.objects.exists()


def test_she_is_told_of_a_new_key(sign_in, cast):
    make(sign_in("anna"))
    work()
    assert [m.subject for m in mail.outbox] == ["SoJuS: ein API-Schlüssel wurde angelegt"]
    assert mail.outbox[0].to == [cast.user("anna").email]
    assert "API-Schlüssel angelegt" in sign_in("anna").get("/konto/sicherheit/").text


def test_own_key_is_revoked_another_ones_not_found(sign_in, cast, vg):
    create_api_token(user=cast.user("bernd"), tenant=vg)
    bernds = ApiToken.objects.get()
    assert sign_in("anna").post(f"/konto/schluessel/{bernds.pk}/widerrufen/").status_code == 404
    assert sign_in("bernd").post(f"/konto/schluessel/{bernds.pk}/widerrufen/").status_code == 302
    assert ApiToken.objects.get().revoked_at


def test_administration_sees_and_revokes_keys_of_its_office(sign_in, cast, vg, hro):
    create_api_token(user=cast.user("anna"), tenant=vg, bezeichnung="im Amt")
    create_api_token(user=cast.user("gerd"), tenant=hro, bezeichnung="anderswo")
    anton = sign_in("anton")
    page = anton.get("/konto/schluessel/amt/").text
    assert "Anna Ahlers" in page and "im Amt" in page and "anderswo" not in page
    here, there = ApiToken.objects.get(tenant=vg), ApiToken.objects.get(tenant=hro)
    assert anton.post(f"/konto/schluessel/amt/{there.pk}/widerrufen/").status_code == 404
    assert anton.post(f"/konto/schluessel/amt/{here.pk}/widerrufen/").status_code == 302
    assert ApiToken.objects.get(pk=here.pk).revoked_at and not ApiToken.objects.get(pk=there.pk).revoked_at


@pytest.mark.parametrize("name", ["anna", "emil", "ines"])
def test_others_do_not_see_the_offices_keys(sign_in, name):
    assert sign_in(name, at="VG").get("/konto/schluessel/amt/").status_code == 403


def test_command_prints_a_key_for_the_persons_office(cast, capsys):
    cast.user("anna")
    call_command("api_token", "anna", "--tage", "10", "--umfang", "lesen")
    assert client(capsys.readouterr().out.strip()).get("/api/v1/reservierungen/").status_code == 200
    token = ApiToken.objects.get()
    assert token.umfang == ["lesen"] and token.tenant.kuerzel == "VG"
    with pytest.raises(CommandError):
        call_command("api_token", "anna", "--tage", "1000")
    with pytest.raises(CommandError):
        call_command("api_token", "anna", "--ort", "XYZ")


# --- a key ends with what it stands for --------------------------------------------------------


NEUES = "ein ganz anderer Satz 2026"
AENDERN = {"passwort_alt": PASSWORD, "passwort_neu": NEUES, "passwort_neu_2": NEUES}


def works(key: str) -> bool:
    return client(key).get("/api/v1/reservierungen/").status_code == 200


def mails() -> str:
    """What the worker has written by now."""
    work()
    return mail.outbox[-1].body


def test_new_password_ends_the_keys_and_says_so(sign_in):
    anna = sign_in("anna")
    key = make(anna)
    assert "Meine API-Schlüssel sollen weiter gelten" in anna.get("/passwort/").text
    page = anna.post("/passwort/", AENDERN, follow=True).text
    assert "Ihre API-Schlüssel gelten nicht mehr" in page
    assert not works(key)
    assert "API-Schlüssel gelten nicht mehr" in mails()


def test_she_may_keep_them_and_the_mail_tells(sign_in):
    anna = sign_in("anna")
    key = make(anna)
    anna.post("/passwort/", AENDERN | {"schluessel_behalten": "on"})
    assert works(key)
    assert "API-Schlüssel gelten weiter" in mails()


def test_without_a_key_nobody_is_asked(sign_in):
    assert "API-Schlüssel sollen" not in sign_in("anna").get("/passwort/").text


@pytest.mark.parametrize("kind", ["reset", "invitation"])
def test_a_link_always_ends_them(cast, vg, kind):
    anna = cast.user("anna")
    key = create_api_token(user=anna, tenant=vg)
    host = "vg.localhost"
    path = build_reset_path(user=anna, host=host) if kind == "reset" else create_invitation(user=anna, host=host)
    answer = Client(SERVER_NAME=host).post(path, {"passwort_neu": NEUES, "passwort_neu_2": NEUES, "keeps": "on"})
    assert answer.status_code == 302
    assert not works(key)


def test_ending_all_other_sessions_ends_them_unless_she_says_otherwise(cast, sign_in):
    anna = sign_in("anna")
    first = make(anna)
    sign_in("anna").get("/konto/")
    anna.get("/konto/")
    page = anna.get("/konto/sitzungen/").text
    assert "enden auch Ihre API-Schlüssel (1)" in page
    anna.post("/konto/sitzungen/andere/beenden/", {"schluessel_behalten": "1"})
    assert works(first)
    assert "API-Schlüssel gilt nicht mehr" in anna.post("/konto/sitzungen/andere/beenden/", follow=True).text
    assert not works(first)
