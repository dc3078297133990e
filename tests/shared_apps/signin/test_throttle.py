"""Guessing gets slow; a stranger locks nobody out; nothing tells whether a name exists."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from shared_apps.accounts.models import Anmeldeversuch, Faktor, Mailauftrag, Sicherheitsereignis
from shared_apps.factors.services.mfa import CODES_AM_TAG
from shared_apps.factors.siegel import seal_secret
from shared_apps.signin.services import throttle
from tests.people import PASSWORD
from tests.shared_apps.factors.steps import SECRET, add_totp, code

pytestmark = pytest.mark.usefixtures("vg")
VG = "vg.localhost"
STEP = "/anmelden/zweiter-faktor/"
NEW = f"{PASSWORD} neu"
HOME, STRANGER = "198.51.100.7", "203.0.113.9"


def attempt(address: str, password: str = "falsch", name: str = "anna", client: Client | None = None):
    client = client or Client(SERVER_NAME=VG)
    data = {"username": name, "password": password}
    return client.post("/anmelden/", data, REMOTE_ADDR=address)


def fail(times: int, address: str, **extra) -> None:
    for _ in range(times):
        attempt(address, **extra)


def test_ten_failures_from_one_network_must_wait(cast):
    cast.user("anna")
    fail(10, STRANGER)
    assert attempt(STRANGER, PASSWORD).status_code == 429
    assert attempt("203.0.113.200", PASSWORD).status_code == 429, "the same network"


def test_a_strangers_failures_do_not_lock_the_person_out(cast):
    cast.user("anna")
    fail(12, STRANGER)
    assert attempt(HOME, PASSWORD).status_code == 302


def test_her_own_device_gets_in_while_the_name_is_under_attack(cast):
    cast.user("anna")
    own = Client(SERVER_NAME=VG)
    assert attempt(HOME, PASSWORD, client=own).status_code == 302
    own.post("/abmelden/")
    attempt(STRANGER)
    slow = Anmeldeversuch.objects.filter(schluessel=throttle._key("langsam", VG, "anna"))
    slow.update(anzahl=throttle.LANGSAM_AB + 5, zuletzt_at=timezone.now())
    assert attempt(HOME, PASSWORD).status_code == 429, "an unknown device must be slow"
    assert attempt(HOME, PASSWORD, client=own).status_code == 302
    own.post("/abmelden/")
    assert attempt(STRANGER, PASSWORD, client=own).status_code == 302, "also in the strangers' network"


def test_a_known_device_has_a_limit_of_its_own(cast):
    cast.user("anna")
    own = Client(SERVER_NAME=VG)
    attempt(HOME, PASSWORD, client=own)
    own.post("/abmelden/")
    fail(10, HOME, client=own)
    assert attempt(HOME, PASSWORD, client=own).status_code == 429


def test_device_counts_for_its_person_and_host_and_cannot_be_forged(cast, settings):
    cast.user("anna")
    cast.user("bernd")
    own = Client(SERVER_NAME=VG)
    attempt(HOME, PASSWORD, client=own)
    own.post("/abmelden/")
    cookie = own.cookies[settings.DEVICE_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and "anna" not in cookie.value
    fail(10, HOME, name="bernd")
    assert attempt(HOME, PASSWORD, name="bernd", client=own).status_code == 429
    forged = Client(SERVER_NAME=VG)
    forged.cookies[settings.DEVICE_COOKIE_NAME] = cookie.value[:-3] + "AAA"
    fail(10, HOME)
    assert attempt(HOME, PASSWORD, client=forged).status_code == 429


def test_slower_and_slower_but_never_impossible(cast):
    cast.user("anna")
    for number in range(3):
        attempt(f"203.0.{number}.9")
    slow = Anmeldeversuch.objects.filter(schluessel=throttle._key("langsam", VG, "anna"))
    slow.update(anzahl=throttle.LANGSAM_AB + 4)
    assert attempt(HOME, PASSWORD).status_code == 429
    slow.update(zuletzt_at=timezone.now() - timedelta(seconds=throttle.LANGSAM_HOECHSTENS + 1))
    assert attempt(HOME, PASSWORD).status_code == 302


def test_one_network_trying_many_names_must_wait(cast):
    cast.user("anna")
    Anmeldeversuch.objects.create(
        schluessel=throttle._key("netz", "203.0.113.0/24"), anzahl=throttle.NETZ_MAX,
        beginn_at=timezone.now(), zuletzt_at=timezone.now(),
    )  # fmt: skip
    assert attempt(STRANGER, PASSWORD).status_code == 429
    assert attempt(HOME, PASSWORD).status_code == 302


def test_unknown_name_is_answered_like_a_known_one(cast):
    cast.user("anna")
    known = [attempt(STRANGER) for _ in range(11)]
    unknown = [attempt(HOME, name="niemand") for _ in range(11)]
    assert [r.status_code for r in known] == [r.status_code for r in unknown]
    assert "Zu viele" in known[-1].text and "Zu viele" in unknown[-1].text


def test_no_address_and_no_name_is_stored(cast):
    cast.user("anna")
    attempt(STRANGER)
    stored = str(list(Anmeldeversuch.objects.values()))
    assert "203.0.113" not in stored and "anna" not in stored


def test_behind_the_proxy_its_last_entry_counts(cast, settings):
    settings.BEHIND_PROXY = True
    cast.user("anna")
    for number in range(10):
        data = {"username": "anna", "password": "falsch"}
        forwarded = f"10.9.{number}.1, {STRANGER}"  # the first part is what the sender claims
        Client(SERVER_NAME=VG).post("/anmelden/", data, headers={"x-forwarded-for": forwarded})
    data = {"username": "anna", "password": PASSWORD}
    again = Client(SERVER_NAME=VG).post("/anmelden/", data, headers={"x-forwarded-for": f"1.2.3.4, {STRANGER}"})
    assert again.status_code == 429


def test_a_stranger_in_the_same_network_does_not_lock_the_person_out_of_her_device(cast):
    cast.user("anna")
    own = Client(SERVER_NAME=VG)
    attempt(HOME, PASSWORD, client=own)
    own.post("/abmelden/")
    fail(throttle.VERSUCHE_MAX + 2, HOME)
    assert attempt(HOME, PASSWORD).status_code == 429, "the stranger"
    assert attempt(HOME, PASSWORD, client=own).status_code == 302, "she, beside him"


def test_wrong_codes_of_a_stranger_leave_her_device_its_own_count(cast):
    """Somebody knows her password and guesses codes: she still gets in where she has been before."""
    anna, own = cast.user("anna"), Client(SERVER_NAME=VG)
    attempt(HOME, PASSWORD, client=own)
    own.post("/abmelden/")
    add_totp(anna)
    stranger = Client(SERVER_NAME=VG)
    attempt(STRANGER, PASSWORD, client=stranger)
    for _ in range(throttle.VERSUCHE_MAX):
        stranger.post("/anmelden/zweiter-faktor/", {"code": "000000"})
    assert stranger.post("/anmelden/zweiter-faktor/", {"code": code()}).status_code == 429
    attempt(HOME, PASSWORD, client=own)
    assert own.post("/anmelden/zweiter-faktor/", {"code": code()}).status_code == 302


def test_codes_of_strangers_end_for_the_day__she_is_told_and_a_new_password_begins_afresh(cast, monkeypatch):
    """Ten codes each quarter of an hour are a thousand a day: somebody with her password would be in within a year."""
    anna, stranger, at = cast.user("anna"), Client(SERVER_NAME=VG), timezone.now()
    add_totp(anna)
    for quarter in range(CODES_AM_TAG // throttle.VERSUCHE_MAX + 1):
        moment = at + quarter * throttle.VERSUCHE_FENSTER
        monkeypatch.setattr(throttle, "real_now", lambda moment=moment: moment)
        attempt(STRANGER, PASSWORD, client=stranger)
        answers = [stranger.post("/anmelden/zweiter-faktor/", {"code": "000000"}) for _ in range(throttle.VERSUCHE_MAX)]
    assert "erst morgen" in answers[0].text
    assert [row.art for row in Sicherheitsereignis.objects.filter(user=anna)] == ["CODES_FALSCH"]

    anna.refresh_from_db()
    anna.set_password(PASSWORD)
    anna.save()
    attempt(STRANGER, PASSWORD, client=stranger)
    assert stranger.post("/anmelden/zweiter-faktor/", {"code": code()}).status_code == 302


def quarters(number: int, monkeypatch):
    """One quarter of an hour after another."""
    at = timezone.now()
    for quarter in range(number):
        moment = at + quarter * throttle.VERSUCHE_FENSTER
        monkeypatch.setattr(throttle, "real_now", lambda moment=moment: moment)
        yield quarter


def guess(client: Client, address: str, data: dict | None = None) -> int:
    """Her password, and then as many wrong codes as a quarter of an hour takes; how many were looked at."""
    attempt(address, PASSWORD, client=client)
    answers = [client.post(STEP, data or {"code": "000000"}) for _ in range(throttle.VERSUCHE_MAX + 1)]
    return sum(answer.status_code == 422 for answer in answers)


def sign_in(client: Client, address: str) -> None:
    """With the password and a right code, and out again."""
    Faktor.objects.update(data={"secret": seal_secret(SECRET, user_id=Faktor.objects.get().user_id)})
    attempt(address, PASSWORD, client=client)
    assert client.post(STEP, {"code": code()}).status_code == 302
    client.post("/abmelden/")


@pytest.mark.parametrize("between", [{"code": ""}, {"credential": ""}, {"credential": "x"}])
def test_who_guesses_codes_is_announced__whatever_is_sent_between(cast, between):
    """It used to be said at the fifth attempt and at no other: something else there, and she never knew."""
    anna, stranger = cast.user("anna"), Client(SERVER_NAME=VG)
    add_totp(anna)
    attempt(STRANGER, PASSWORD, client=stranger)
    for _ in range(throttle.WARNUNG_AB - 1):
        stranger.post(STEP, {"code": "000000"})
    assert not Sicherheitsereignis.objects.exists()
    stranger.post(STEP, between)
    stranger.post(STEP, {"code": "000000"})
    assert [row.art for row in Sicherheitsereignis.objects.filter(user=anna)] == ["CODES_FALSCH"]


def test_made_up_passkeys_are_attempts_too__and_she_is_told(cast):
    add_totp(cast.user("anna"))
    assert guess(Client(SERVER_NAME=VG), STRANGER, {"credential": "{}"}) == throttle.VERSUCHE_MAX
    assert Sicherheitsereignis.objects.filter(art="CODES_FALSCH").exists()


def test_browser_in_which_she_has_signed_in__has_a_limit_of_a_day_too_and_she_is_told(cast, monkeypatch):
    """A shared computer: without one there were forty codes an hour, day and night."""
    anna, shared = cast.user("anna"), Client(SERVER_NAME=VG)
    attempt(HOME, PASSWORD, client=shared)
    shared.post("/abmelden/")
    add_totp(anna)
    assert sum(guess(shared, HOME) for _ in quarters(6, monkeypatch)) == CODES_AM_TAG
    assert "In diesem Browser geht es erst morgen wieder" in shared.post(STEP, {"code": code()}).text
    assert [row.art for row in Sicherheitsereignis.objects.filter(user=anna)] == ["CODES_FALSCH"]
    sign_in(Client(SERVER_NAME=VG), "192.0.2.1")


@pytest.mark.parametrize("where", ["at her own device", "at one that is new"])
def test_her_own_sign_ins_give_a_stranger_no_more_codes(cast, monkeypatch, where):
    """Four of them on a day were a hundred and sixty codes."""
    anna, own, stranger = cast.user("anna"), Client(SERVER_NAME=VG), Client(SERVER_NAME=VG)
    if where == "at her own device":
        attempt(HOME, PASSWORD, client=own)
        own.post("/abmelden/")
    add_totp(anna)
    tried = 0
    for quarter in quarters(6, monkeypatch):
        if quarter < 3:
            own = own if where == "at her own device" else Client(SERVER_NAME=VG)
            sign_in(own, HOME)
        tried += guess(stranger, STRANGER)
    assert tried == CODES_AM_TAG


@pytest.mark.parametrize("nothing", [{"code": ""}, {"code": "   "}, {"credential": ""}])
def test_an_empty_code_is_no_attempt(cast, nothing):
    add_totp(cast.user("anna"))
    client = Client(SERVER_NAME=VG)
    guess(client, HOME, nothing)
    assert client.post(STEP, {"code": code()}).status_code == 302


def test_old_password_cannot_be_guessed_in_a_session_left_open(cast, sign_in):
    client, new = sign_in("anna"), "ein ganz anderer Satz 2026"
    wrong = {"passwort_alt": "falsch", "passwort_neu": new, "passwort_neu_2": new}
    for _ in range(throttle.VERSUCHE_MAX):
        assert "stimmt nicht" in client.post("/passwort/", wrong).text
    right = client.post("/passwort/", wrong | {"passwort_alt": PASSWORD})
    assert right.status_code == 429 and "15 Minuten" in right.text


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/konto/sicherheit/bestaetigen/", {"password": "falsch"}),
        ("/konto/sicherheit/bestaetigen/", {"code": "000000"}),
        ("/konto/sicherheit/bestaetigen/", {"credential": "{}"}),
        ("/passwort/", {"passwort_alt": "falsch", "passwort_neu": NEW, "passwort_neu_2": NEW}),
    ],
)
def test_who_guesses_in_a_session_left_open_is_announced_once(cast, path, wrong):
    """Somebody has her cookie, or sits at her desk: she was told nothing of it."""
    client, anna = cast.sign_in("anna"), cast.user("anna")
    add_totp(anna)
    note_factor(client)
    for _ in range(throttle.WARNUNG_AB - 1):
        client.post(path, wrong)
    assert not Sicherheitsereignis.objects.exists()
    for _ in range(2):
        assert client.post(path, wrong).status_code == 422
    assert [row.art for row in Sicherheitsereignis.objects.filter(user=anna)] == ["FEHLVERSUCHE"]
    assert list(Mailauftrag.objects.filter(user_id=anna.pk).values_list("art", flat=True)) == ["FEHLVERSUCHE"]
    assert "mehrere Fehlversuche in einer offenen Sitzung" in client.get("/konto/sicherheit/").text


def note_factor(client: Client) -> None:
    """The session has shown a second factor."""
    session = client.session
    session["sojus_faktor"] = "totp"
    session.save()


def test_codes_are_not_guessed_in_a_session_left_open_either(cast, sign_in, monkeypatch):
    """The page that asks once more takes codes, too: forty a day, and a new password begins afresh."""
    client, confirm = sign_in("anna"), "/konto/sicherheit/bestaetigen/"
    wrong = [
        client.post(confirm, {"password": "falsch"}).status_code
        for _ in quarters(6, monkeypatch)
        for _ in range(throttle.VERSUCHE_MAX)
    ]
    assert wrong.count(422) == CODES_AM_TAG
    assert "erst morgen" in client.post(confirm, {"password": PASSWORD}).text
    new = "ein ganz anderer Satz 2026"
    client.post("/passwort/", {"passwort_alt": PASSWORD, "passwort_neu": new, "passwort_neu_2": new})
    assert client.post(confirm, {"password": new}).status_code == 302


@pytest.mark.parametrize(
    ("path", "nothing", "right"),
    [
        ("/konto/sicherheit/bestaetigen/", {"password": ""}, {"password": PASSWORD}),
        ("/konto/sicherheit/bestaetigen/", {"credential": ""}, {"password": PASSWORD}),
        (
            "/passwort/",
            {"passwort_alt": PASSWORD, "passwort_neu": "kurz", "passwort_neu_2": "kurz"},
            {"passwort_alt": PASSWORD, "passwort_neu": f"{PASSWORD} neu", "passwort_neu_2": f"{PASSWORD} neu"},
        ),
    ],
)
def test_a_form_that_is_refused_before_anything_is_tried_is_no_attempt(sign_in, path, nothing, right):
    client = sign_in("anna")
    for _ in range(throttle.VERSUCHE_MAX + 2):
        assert client.post(path, nothing).status_code == 422
    assert client.post(path, right).status_code == 302


def test_a_name_that_is_too_long_is_no_attempt_of_the_network(cast):
    cast.user("anna")
    for _ in range(throttle.VERSUCHE_MAX + 2):
        attempt(HOME, password="x" * 400)
    assert attempt(HOME, PASSWORD).status_code == 302


def test_an_empty_form_is_no_attempt(cast):
    cast.user("anna")
    for _ in range(throttle.VERSUCHE_MAX + 2):
        attempt(HOME, password="")
    assert attempt(HOME, PASSWORD).status_code == 302
