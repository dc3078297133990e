"""`kill -9` of a real web process in the middle of a request that says vacancies: after it, nothing is half there, and
the same request again gives one result.

Gunicorn as in production, with one process that its master starts again. What each request writes last waits for a
lock of the test, so the process dies after it has written and before it could commit.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail as outbox_module
from django.db import connection

from shared_apps.core.clock import today
from shared_apps.providers.services.erinnerung import notify_vakanzen
from shared_apps.signin.services import create_api_token
from tenants.context import on_portal
from tests import bootstrap
from tests.factories.register import create_angebot
from tests.mails import work
from tests.people import Cast
from tests.tenants import owner

pytestmark = pytest.mark.slow
KUESTE = "Jugendhilfe Küste gGmbH"
#: What every one of these requests writes last.
LAST = "providers_vakanzbestaetigung"
PORTAL = "portal.localhost"


@dataclass
class Server:
    """Gunicorn's master with one process that answers."""

    master: subprocess.Popen
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        """One request on a connection of its own; its cookies are kept."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        try:
            wire.request(method, path, body or None, {"Host": PORTAL} | headers | (cookie if self.cookies else {}))
            answer = wire.getresponse()
            for said in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = said.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()
        finally:
            wire.close()

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """A form of a page, with the token that the page has."""
        _, page = self.ask("GET", path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        seen = dict(re.findall(r'name="(stempel)" value="(\w+)"', page))
        form = seen | fields | {"csrfmiddlewaretoken": token[1] if token else ""}
        return self.ask("POST", path, urlencode(form), **{"Content-Type": "application/x-www-form-urlencoded"})

    def process(self) -> int:
        """The one that answers."""
        children = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children").read_text().split()
        return int(children[0]) if children else 0

    def is_up(self) -> bool:
        try:
            return self.ask("GET", "/gesundheit/")[0] == 200
        except OSError:
            return False


def until(question: Callable[[], Any], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)


@contextmanager
def serving(database: str, port: int) -> Iterator[Server]:
    env = owner.environment(database, owner=False) | {"BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "config.wsgi:application",
        "-c",
        "deploy/gunicorn.conf.py",
        "--preload",
    ]
    master = subprocess.Popen(
        command, cwd=bootstrap.ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    server = Server(master, port)
    try:
        until(server.is_up, "the web server")
        yield server
    finally:
        master.terminate()
        master.wait()


def killed_in_the_middle(server: Server, dba: Any, database: str, request: Callable[[], Any]) -> None:
    """Send it, kill the process that has it in its hands when all but the last of it is written; wait for the next."""

    def waiting() -> int:
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        return dba.execute(query, [LAST]).fetchone()[0]

    before = server.process()
    with owner.superuser(database) as lock, ThreadPoolExecutor(1) as pool:
        lock.execute("BEGIN")
        lock.execute(f"LOCK TABLE {LAST} IN EXCLUSIVE MODE")
        sent = pool.submit(request)
        until(waiting, "the request, in the middle")
        os.kill(before, signal.SIGKILL)
        with pytest.raises(OSError):
            sent.result()
    until(lambda: server.process() not in (0, before) and server.is_up() and not waiting(), "the next process")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_kill_9_in_the_middle__of_a_push_a_confirmation_and_a_change_of_the_board(own_database):
    cast = Cast()
    angebot = create_angebot(anbieter=KUESTE, plaetze=3, name="Möwennest")
    haus, (erster, zweiter, _) = angebot.einrichtung_id, angebot.plaetze.order_by("nummer")
    key = create_api_token(user=cast.user("ines"), tenant=None)
    with on_portal():
        assert notify_vakanzen() == 1
    work()
    (link,) = re.findall(r"https?://[^/]+(/anbieter/bestaetigen/\w+/)", outbox_module.outbox[-1].body)
    signed_in = {name: morsel.value for name, morsel in cast.sign_in("ines").cookies.items()}
    sperre = {"beginn": str(today()), "letzter_tag": "", "grund": "RENOVIERUNG", "notiz": ""}

    with owner.superuser(own_database) as dba, serving(own_database, free_port()) as server:

        def found() -> dict[str, int]:
            counted = {}
            for table, condition in (
                ("occupancy_platzsperre", "aufgehoben_at IS NULL"), (LAST, "true"), ("accounts_portalantwort", "true"),
                ("providers_vakanzerinnerung", "benutzt_at IS NOT NULL"),
                ("providers_angebot", "vakanz_bestaetigt_at IS NOT NULL"),
            ):  # fmt: skip
                counted[table] = dba.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()[0]
            return counted

        def push() -> tuple[int, str]:
            said = {"platz": str(erster.pk), "sperren": [sperre | {"letzter_tag": None}]}
            body = json.dumps({"angebote": [{"angebot": str(angebot.pk), "plaetze": [said]}]})
            headers = {"Authorization": f"Token {key}", "Idempotency-Key": "nacht", "Content-Type": "application/json"}
            return server.ask("PUT", f"/api/v1/einrichtungen/{haus}/vakanzen/", body, **headers)

        def confirm() -> tuple[int, str]:
            return server.post(link)

        def block() -> tuple[int, str]:
            return server.post(f"/anbieter/eigene/plan/plaetze/{zweiter.pk}/", **sperre)

        nothing = found()
        assert set(nothing.values()) == {0}

        killed_in_the_middle(server, dba, own_database, push)
        assert found() == nothing
        (status, first), again = push(), push()
        assert status == 200 and again == (200, first), "the key was not used up, and the answer is one"
        pushed = {"occupancy_platzsperre": 1, LAST: 1, "accounts_portalantwort": 1, "providers_angebot": 1}
        assert found() == nothing | pushed

        dba.execute("UPDATE providers_angebot SET vakanz_bestaetigt_at = now() - interval '9 days'")
        killed_in_the_middle(server, dba, own_database, confirm)
        assert found() == nothing | pushed, "the link is not used up"
        status, page = confirm()
        assert status == 200 and "Danke, bestätigt" in page
        assert confirm()[0] == 403, "once"
        assert found() == nothing | pushed | {LAST: 2, "providers_vakanzerinnerung": 1}

        server.cookies |= signed_in
        killed_in_the_middle(server, dba, own_database, block)
        assert found()["occupancy_platzsperre"] == 1 and found()[LAST] == 2
        assert block()[0] == 302
        assert block()[0] == 409, "it is blocked already, and said so"
        assert found()["occupancy_platzsperre"] == 2 and found()[LAST] == 3
    connection.close()
