"""Where I am signed in: the list, ending one, ending all others, the two limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from shared_apps.accounts.models import Sitzung
from shared_apps.signin.geraet import describe_geraet
from shared_apps.signin.sessions import SESSION_ROW
from tests.people import PASSWORD
from tests.shared_apps.signin.test_sign_in import HRO, PORTAL, VG, post

pytestmark = pytest.mark.usefixtures("vg", "hro")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Version/18.1 Mobile Safari/604.1"


def arrive(cast, name: str, host: str, agent: str = FIREFOX) -> Client:
    """Sign in with the password, as a browser does."""
    cast.user(name)
    client = Client(SERVER_NAME=host, HTTP_USER_AGENT=agent)
    post(host, name, client=client)
    assert client.get("/konto/").status_code == 200
    return client


def grow_older(client: Client, seconds: int, key: str = "sojus_seen") -> None:
    session = client.session
    session[key] = session[key] - seconds
    session.save()


def test_list_shows_every_host_device_and_marks_this_one(cast):
    here = arrive(cast, "ines", VG)
    arrive(cast, "ines", HRO, IPHONE)
    arrive(cast, "ines", PORTAL)
    arrive(cast, "jan", VG)
    page = here.get("/konto/sitzungen/").text
    assert page.count('aria-label="Beenden: ') == 2 and page.count('aria-label="Abmelden: ') == 1
    assert page.count("diese Sitzung") == 1
    assert "Firefox auf Windows" in page and "Safari auf iPhone" in page
    assert "Landesportal" in page and "Rostock" in page


def test_no_address_is_stored(cast):
    arrive(cast, "anna", VG)
    assert "127.0.0.1" not in str(list(Sitzung.objects.values()))
    assert "133" not in Sitzung.objects.get().geraet


def test_ended_session_is_worth_nothing_at_its_next_request(cast):
    here, there = arrive(cast, "ines", VG), arrive(cast, "ines", HRO)
    row = there.session[SESSION_ROW]
    assert here.post(f"/konto/sitzungen/{row}/beenden/").status_code == 302
    assert there.get("/konto/").status_code == 302
    assert SESSION_ROW not in there.session
    assert here.get("/konto/").status_code == 200


def test_end_all_others_keeps_this_one(cast):
    here, there, portal = (arrive(cast, "ines", host) for host in (VG, HRO, PORTAL))
    assert "2 andere Sitzungen sind beendet" in here.post("/konto/sitzungen/andere/beenden/", follow=True).text
    assert here.get("/konto/").status_code == 200
    assert [there.get("/konto/").status_code, portal.get("/konto/").status_code] == [302, 302]


def test_end_this_one_signs_out(cast):
    here = arrive(cast, "anna", VG)
    assert here.post(f"/konto/sitzungen/{here.session[SESSION_ROW]}/beenden/")["Location"] == "/anmelden/"
    assert here.get("/konto/").status_code == 302


def test_another_persons_session_is_not_found(cast):
    anna, bernd = arrive(cast, "anna", VG), arrive(cast, "bernd", VG)
    assert anna.post(f"/konto/sitzungen/{bernd.session[SESSION_ROW]}/beenden/").status_code == 404
    assert bernd.get("/konto/").status_code == 200


def test_password_change_ends_all_others_at_all_hosts(cast):
    here, there = arrive(cast, "ines", VG), arrive(cast, "ines", HRO)
    new = "ein ganz anderer Satz 2026"
    here.post("/passwort/", {"passwort_alt": PASSWORD, "passwort_neu": new, "passwort_neu_2": new})
    assert here.get("/konto/").status_code == 200
    assert there.get("/konto/").status_code == 302
    assert Sitzung.objects.filter(beendet_at__isnull=True).count() == 1


def test_signing_out_takes_it_off_the_list(cast):
    here = arrive(cast, "anna", VG)
    here.post("/abmelden/")
    assert not Sitzung.objects.filter(beendet_at__isnull=True).exists()


@pytest.mark.parametrize(("key", "limit"), [("sojus_seen", "IDLE"), ("sojus_started", "ABSOLUTE")])
def test_after_the_limit_it_opens_nothing(cast, settings, key, limit):
    here = arrive(cast, "anna", VG)
    grow_older(here, getattr(settings, f"SESSION_{limit}_SECONDS") - 5, key)
    assert here.get("/konto/").status_code == 200
    grow_older(here, getattr(settings, f"SESSION_{limit}_SECONDS") + 5, key)
    assert here.get("/konto/")["Location"].startswith("/anmelden/")
    assert here.get("/api/v1/kennzahlen/").status_code in {401, 403, 404}


@pytest.mark.parametrize("key", ["sojus_seen", "sojus_started"])
def test_cookie_that_is_over_opens_nothing_when_she_signs_in_again_with_it(cast, settings, key):
    """Whoever had copied it would sit in the new session, and past its ten hours."""
    here = arrive(cast, "anna", VG)
    grow_older(here, settings.SESSION_ABSOLUTE_SECONDS + 5, key)
    stolen = Client(SERVER_NAME=VG, HTTP_USER_AGENT=FIREFOX)
    stolen.cookies[settings.SESSION_COOKIE_NAME] = here.cookies[settings.SESSION_COOKIE_NAME].value
    post(VG, "anna", client=here)
    assert here.get("/konto/").status_code == 200
    assert stolen.get("/konto/").status_code == 302


def test_over_sessions_are_not_listed(cast, settings):
    here = arrive(cast, "anna", VG)
    Sitzung.objects.update(zuletzt_at=timezone.now() - timedelta(seconds=settings.SESSION_IDLE_SECONDS + 5))
    assert 'aria-label="Beenden: ' not in here.get("/konto/sitzungen/").text


def test_asking_how_long_does_not_make_it_longer(cast, settings):
    here = arrive(cast, "anna", VG)
    grow_older(here, 300)
    rest = here.get("/sitzung/").json()["rest"]
    assert settings.SESSION_IDLE_SECONDS - 310 < rest <= settings.SESSION_IDLE_SECONDS - 300
    assert here.get("/sitzung/").json()["rest"] <= rest


@pytest.mark.parametrize("key", ["sojus_seen", "sojus_started"])
@pytest.mark.parametrize(("rest", "said"), [(0.9, 1), (0.1, 1), (0, 0), (-3, 0)])
def test_page_says_that_it_is_over_exactly_when_it_is(cast, settings, monkeypatch, key, rest, said):
    """Otherwise "Neu anmelden" leads back into the old session."""
    here = arrive(cast, "anna", VG)
    at = timezone.now()
    limit = {"sojus_seen": settings.SESSION_IDLE_SECONDS, "sojus_started": settings.SESSION_ABSOLUTE_SECONDS}[key]
    session = here.session
    session[key] = at.timestamp() - limit + rest
    session.save()
    monkeypatch.setattr(timezone, "now", lambda: at)
    assert here.get("/sitzung/").json()["rest"] == said
    assert (here.get("/konto/").status_code == 200) is (said > 0)


def test_staying_makes_it_longer_but_never_beyond_the_absolute_limit(cast, settings):
    here = arrive(cast, "anna", VG)
    grow_older(here, 300)
    answer = here.post("/sitzung/verlaengern/", headers={"accept": "application/json"}).json()
    assert answer["rest"] >= settings.SESSION_IDLE_SECONDS - 5
    grow_older(here, settings.SESSION_ABSOLUTE_SECONDS - 100, "sojus_started")
    assert here.post("/sitzung/verlaengern/", headers={"accept": "application/json"}).json()["rest"] <= 100


def test_staying_without_script_leads_back(cast):
    here = arrive(cast, "anna", VG)
    assert here.post("/sitzung/verlaengern/", {"next": "/faelle/"})["Location"] == "/faelle/"
    assert here.post("/sitzung/verlaengern/", {"next": "https://boese.example/"})["Location"] == "/"
    assert here.get("/sitzung/verlaengern/").status_code == 405


def test_deactivated_person_is_out_at_once(cast):
    here = arrive(cast, "anna", VG)
    user = cast.user("anna")
    user.is_active = False
    user.save()
    assert here.get("/konto/").status_code == 302


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox auf Windows"),
        (IPHONE, "Safari auf iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36", "Chrome auf Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge auf Windows"),
        ("curl/8.5", "Unbekannter Browser"),
        ("", "Unbekannter Browser"),
    ],
)
def test_device_is_coarse(agent, words):
    assert describe_geraet(agent) == words
