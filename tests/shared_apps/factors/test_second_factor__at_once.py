"""Two requests with one answer of a passkey, at the same moment: one of them is let in."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.db import connection

from shared_apps.factors.services import mfa
from tests.people import Cast
from tests.shared_apps.factors.steps import is_signed_in, options_on, post_password
from tests.shared_apps.factors.test_second_factor import STEP, at, make_passkey, offices, origin  # noqa: F401 (fixture)


@pytest.fixture
def committed(own_database, django_db_blocker):
    """People whom other connections see."""
    del own_database
    with django_db_blocker.unblock():
        yield Cast()


def at_once(monkeypatch, clients, address: str, answer: str) -> None:
    """Both have read their session, and the challenge in it, before either goes on."""
    both, real = threading.Barrier(2, timeout=20), mfa.find_passkey

    def find(**words):
        both.wait()
        return real(**words)

    def send(client) -> None:
        try:
            client.post(address, {"credential": answer})
        finally:
            connection.close()

    monkeypatch.setattr(mfa, "find_passkey", find)
    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("offices")
@pytest.mark.parametrize("where", ["second step", "without name and password"])
def test_one_answer_in_two_requests__one_comes_in(where, committed, monkeypatch):
    committed.user("anna")
    key, clients = make_passkey(committed), [at("vg"), at("vg")]
    if where == "second step":
        address, kept = STEP, settings.SESSION_COOKIE_NAME
        post_password("anna", client=clients[0])
        options = options_on(clients[0].get(STEP).text)
    else:
        address, kept = "/anmelden/passkey/", settings.PASSKEY_COOKIE_NAME
        options = clients[0].get(address).text
    clients[1].cookies[kept] = clients[0].cookies[kept].value
    at_once(monkeypatch, clients, address, key.get(options, origin=origin("vg")))
    assert sorted(is_signed_in(client) for client in clients) == [False, True]
