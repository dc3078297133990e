"""A forgotten password: tells nothing, works once, for an hour, at one host."""

from __future__ import annotations

import re
import socket
import time

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from shared_apps.accounts.models import Dienstkonto, Mailauftrag
from shared_apps.signin.services import password_reset
from shared_apps.signin.views.forgotten import THROTTLED
from tests.mails import work
from tests.shared_apps.factors.steps import add_totp, is_signed_in, post_password

pytestmark = pytest.mark.usefixtures("vg")
VG, HRO = "vg.localhost", "hro.localhost"
ASK = "/passwort/vergessen/"
NEW = "Wolken ziehen schnell über das Haff"
DATA = {"passwort_neu": NEW, "passwort_neu_2": NEW}


def ask(kennung: str, host: str = VG):
    return Client(SERVER_NAME=host).post(ASK, {"kennung": kennung})


def link() -> str:
    return re.search(r"http://[^/]+(/passwort/neu/\S+)", mail.outbox[-1].body)[1]


def page_without_token(response) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*', "", response.content.decode())


@pytest.mark.parametrize("kennung", ["anna", "ANNA", "anna@example.org", " Anna@Example.org "])
def test_link_comes_to_the_stored_address_without_a_name(cast, kennung):
    cast.user("anna")
    ask(kennung)
    assert mail.outbox == [], "the request writes no mail"
    assert work() == 1
    (message,) = mail.outbox
    assert message.to == ["anna@example.org"]
    assert not re.search(r"anna|ahlers|Vorpommern|Jugendamt", message.body + message.subject, re.IGNORECASE)
    assert "http://vg.localhost/passwort/neu/" in message.body


@pytest.mark.parametrize(
    "kennung", ["niemand", "niemand@example.org", "gerd", "nora", "x" * 254, "%", "anna' OR '1'='1"]
)
def test_answer_and_work_are_the_same_for_strangers(cast, kennung):
    for name in ("anna", "gerd", "nora"):
        cast.user(name)
    ask("warm")  # the first request of a process loads more
    with CaptureQueriesContext(
        connection,
    ) as known:
        first = ask("anna")
    with CaptureQueriesContext(connection) as unknown:
        second = ask(kennung)
    assert (first.status_code, second.status_code) == (200, 200)
    assert page_without_token(first) == page_without_token(second)
    assert [q["sql"].split()[0] for q in known] == [q["sql"].split()[0] for q in unknown]
    work()
    assert [m.to for m in mail.outbox] == [["anna@example.org"]]


def made_up(number: int) -> None:
    """This many names of nobody, each from a network of its own."""
    for n in range(number):
        sender = f"10.{n // 250}.{n % 250}.1"
        Client(SERVER_NAME=VG, REMOTE_ADDR=sender).post(ASK, {"kennung": f"niemand{n}"})


def test_strangers__made_up_names__are_bounded_and_the_answer_and_the_work_stay_the_same(cast, monkeypatch):
    """Before, 150 names were 150 orders and jobs, and a thousand made everybody's resets and role mails fail."""
    monkeypatch.setattr(password_reset, "FUER_NIEMAND_MAX", 5)
    cast.user("anna")
    made_up(8)
    assert Mailauftrag.objects.count() == ProcrastinateJob.objects.count() == 5
    ask("warm")
    with CaptureQueriesContext(connection) as unknown:
        first = ask("nobody at all")
    with CaptureQueriesContext(connection) as known:
        second = ask("anna")
    assert page_without_token(first) == page_without_token(second)
    kinds = [[q["sql"].split()[0] for q in queries] for queries in (known, unknown)]
    assert [k.replace("RELEASE", "ROLLBACK") for k in kinds[0]] == [k.replace("RELEASE", "ROLLBACK") for k in kinds[1]]
    assert Mailauftrag.objects.count() == 6
    assert work() == 6
    assert [m.to for m in mail.outbox] == [["anna@example.org"]]
    made_up(3)
    assert Mailauftrag.objects.count() == 9, "what waits counts, not what is done"


def test_strangers__repeated_name_of_a_person__is_bounded_as_well(cast, monkeypatch):
    monkeypatch.setattr(password_reset, "FUER_NIEMAND_MAX", 2)
    cast.user("anna")
    for _ in range(8):
        ask("anna")
    assert Mailauftrag.objects.count() == password_reset.MAILS_MAX + 2


def test_one_network__asks_for_many_names__is_told_to_wait_and_others_go_on(cast):
    cast.user("anna")
    for n in range(password_reset.NETZ_MAX):
        assert ask(f"niemand{n}").status_code == 200
    answers = [ask(kennung) for kennung in ("anna", "niemand")]
    assert {a.status_code for a in answers} == {429}
    assert all(THROTTLED in a.text for a in answers)
    assert Mailauftrag.objects.count() == password_reset.NETZ_MAX
    assert ask("anna", HRO).status_code == 200
    elsewhere = Client(SERVER_NAME=VG, REMOTE_ADDR="198.51.100.7").post(ASK, {"kennung": "anna"})
    assert "sehen Sie in Ihr Postfach" in elsewhere.text


@pytest.mark.parametrize("refused", ["", "x" * 300])
def test_one_network__sends_forms_that_are_refused__everybody_there_still_gets_a_new_password(cast, refused):
    cast.user("anna")
    for _ in range(password_reset.NETZ_MAX):
        assert ask(refused).status_code == 422
    assert ask("anna").status_code == 200


def test_deactivated_and_addressless_people_get_none(cast):
    anna, bernd = cast.user("anna"), cast.user("bernd")
    anna.is_active = False
    anna.save()
    bernd.email = ""
    bernd.save()
    ask("anna"), ask("bernd")
    assert work() == 2
    assert mail.outbox == []


def test_three_mails_in_a_quarter_of_an_hour(cast):
    cast.user("anna")
    for _ in range(5):
        assert ask("anna").status_code == 200
    work()
    assert len(mail.outbox) == 3


def test_whose_password_the_district_keeps_gets_none(cast):
    anna = cast.user("anna")
    anna.set_unusable_password()
    anna.save()
    Dienstkonto.objects.create(user=anna, provider="oidc:1", uid="x")
    ask("anna")
    work()
    assert mail.outbox == []


def test_new_password_ends_all_sessions_and_the_link(cast, sign_in):
    elsewhere = sign_in("anna")
    ask("anna")
    work()
    client, path = Client(SERVER_NAME=VG), link()
    page = client.get(path)
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert client.post(path, DATA)["Location"] == "/anmelden/"
    assert not is_signed_in(elsewhere)
    assert not is_signed_in(client)
    assert client.get(path).status_code == 403
    assert client.post(path, DATA).status_code == 403
    client.post("/anmelden/", {"username": "anna", "password": NEW})
    assert is_signed_in(client)
    work()
    assert "Ihr Passwort wurde neu festgelegt" in mail.outbox[-1].subject


def test_weak_password_is_refused_and_the_link_stays_good(cast):
    cast.user("anna")
    ask("anna")
    work()
    client = Client(SERVER_NAME=VG)
    weak = {"passwort_neu": "Sommer2026!!", "passwort_neu_2": "Sommer2026!!"}
    assert "erratener und gestohlener" in client.post(link(), weak).content.decode()
    assert client.post(link(), DATA).status_code == 302


def test_second_factor_is_still_asked_afterwards(cast):
    add_totp(cast.user("anna"))
    ask("anna")
    work()
    client = Client(SERVER_NAME=VG)
    client.post(link(), DATA)
    response = client.post("/anmelden/", {"username": "anna", "password": NEW})
    assert response["Location"] == "/anmelden/zweiter-faktor/"


def test_link_lapses(cast, settings, monkeypatch):
    cast.user("anna")
    ask("anna")
    work()
    settings.PASSWORD_RESET_LINK_SECONDS = -1
    assert Client(SERVER_NAME=VG).get(link()).status_code == 403


def test_sign_in_meanwhile_ends_the_link(cast):
    cast.user("anna")
    ask("anna")
    work()
    time.sleep(1.1)  # the token knows the last sign-in to the second
    post_password("anna")
    assert Client(SERVER_NAME=VG).get(link()).status_code == 403


def test_link_of_one_host_is_worth_nothing_at_another_and_for_another(cast):
    cast.user("ines")
    bernd = cast.user("bernd")
    ask("ines", VG)
    work()
    assert Client(SERVER_NAME=HRO).get(link()).status_code == 403
    uid = password_reset.build_reset_path(user=bernd, host=VG).split("/")[3]
    token = link().rstrip("/").rpartition("/")[2]
    assert Client(SERVER_NAME=VG).get(f"/passwort/neu/{uid}/{token}/").status_code == 403
    assert Client(SERVER_NAME=VG).get(f"/passwort/neu/unsinn/{token}/").status_code == 403


def test_without_mail_the_page_says_whom_to_ask(cast, settings):
    settings.SENDS_MAIL = False
    cast.user("anna")
    assert "verschickt keine E-Mails" in ask("anna").content.decode()
    assert work() == 0


def test_mail_goes_over_smtp(cast, settings):
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Message

    received = []

    class Inbox(Message):
        def handle_message(self, message):
            received.append(message)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(Inbox(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "127.0.0.1", False
        settings.EMAIL_PORT = port
        cast.user("anna")
        password_reset.submit_password_reset(kennung="anna", tenant=cast.tenant_of("anna"))
        assert work() == 1
    finally:
        server.stop()
    (message,) = received
    assert message["To"] == "anna@example.org"
    assert "http://vg.localhost/passwort/neu/" in message.get_payload(decode=True).decode()
