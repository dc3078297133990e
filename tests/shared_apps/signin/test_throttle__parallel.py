"""Guessing at the same moment: however many requests come at once, no more than the limit are tried."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shared_apps.accounts.models import Anmeldeversuch
from shared_apps.signin.herkunft import Herkunft
from shared_apps.signin.services import throttle
from tests.people import Cast
from tests.shared_apps.factors.steps import add_totp
from tests.shared_apps.signin.test_throttle import HOME, PASSWORD, STRANGER, VG, attempt


@pytest.fixture
def committed(own_database, django_db_blocker):
    """A world that other connections see."""
    with django_db_blocker.unblock():
        people = Cast()
        people.user("anna")
        yield people


def together(count: int, work) -> list:
    """`work(number)` in as many threads, all starting at once."""
    start = Barrier(count)

    def run(number: int):
        try:
            start.wait()
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_fourteen_at_the_same_moment_are_ten_attempts(committed):
    answers = together(14, lambda _: attempt(STRANGER).status_code)
    assert sorted(answers) == [422] * 10 + [429] * 4


def test_every_count_takes_no_more_than_its_limit_however_many_come(committed):
    device = Herkunft("203.0.113.0/24", "a-device")
    for herkunft, host in ((None, "a"), (device, "b"), (Herkunft("203.0.113.0/24"), "c")):
        taken = together(
            16, lambda _, h=herkunft, at=host: throttle.record_attempt(username="x", host=at, herkunft=h).wartet
        )
        assert taken.count(False) == throttle.VERSUCHE_MAX
    slow = together(
        24, lambda n: throttle.record_attempt(username="y", host="d", herkunft=Herkunft(f"198.51.{n}.0/24")).wartet
    )
    assert slow.count(False) == throttle.LANGSAM_AB
    mails = together(8, lambda _: throttle.record_attempt(username="passwort vergessen|x", host="", most=3).wartet)
    assert mails.count(False) == 3


def test_codes_at_the_same_moment_are_ten_attempts(committed):
    anna = committed.user("anna")
    add_totp(anna)
    clients = [attempt_client() for _ in range(12)]
    answers = together(12, lambda n: clients[n].post("/anmelden/zweiter-faktor/", {"code": "000000"}).status_code)
    assert sorted(answers) == [422] * 10 + [429] * 2


def attempt_client() -> Client:
    """A browser after the right password."""
    client = Client(SERVER_NAME=VG)
    attempt(HOME, PASSWORD, client=client)
    throttle.clear_attempts(username="anna", host=VG, herkunft=Herkunft("198.51.100.0/24"))
    return client


def test_taking_and_giving_back_never_wait_for_each_other(committed):
    """Wrong and right ones of one person from one network, mixed: no deadlock, and nothing is owed at the end."""
    who = {"username": "z", "host": "e", "herkunft": Herkunft("203.0.113.0/24")}

    def work(_: int) -> None:
        for _ in range(10):
            if not throttle.record_attempt(**who).wartet:
                throttle.clear_attempts(**who)

    together(8, work)
    assert not Anmeldeversuch.objects.filter(anzahl__gt=0, schluessel=throttle._keys(**who)["netz"]).exists()


@pytest.mark.parametrize("herkunft", [None, Herkunft("203.0.113.0/24", "a-device"), Herkunft("203.0.113.0/24")])
def test_taking_and_giving_back_touch_the_same_rows_in_the_same_order(committed, herkunft):
    """Who enters her code rightly while somebody else guesses: two rows in two orders were a circle of waiting."""
    who = {"username": "z", "host": "e", "herkunft": herkunft, "am_tag": throttle.AmTag("z", hoechstens=40)}
    keys = throttle._keys(**who).values()

    def touched(work) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            work(**who)
        return [key for query in queries for key in keys if key in query["sql"]]

    assert touched(throttle.record_attempt) == touched(throttle.clear_attempts) == list(keys)
