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
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail as outbox_module
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from shared_apps.core.clock import today
from shared_apps.providers.services.dateien import clear_dateien
from shared_apps.providers.services.entgelte import submit_entgeltvorschlag
from shared_apps.signin.services import create_api_token
from tenants.context import on_portal
from tests import bootstrap
from tests.factories.register import create_angebot
from tests.mails import remind, work
from tests.people import Cast
from tests.shared_apps.core.uploads import corpus
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
    host: str = PORTAL

    def ask(self, method: str, path: str, body: str | bytes = "", **headers: str) -> tuple[int, str]:
        """One request on a connection of its own; its cookies are kept."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        try:
            wire.request(method, path, body or None, {"Host": self.host} | headers | (cookie if self.cookies else {}))
            answer = wire.getresponse()
            for said in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = said.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()
        finally:
            wire.close()

    def post(self, path: str, **fields: str | bytes) -> tuple[int, str]:
        """A form of a page, with the token that the page has; bytes are a file."""
        _, page = self.ask("GET", path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        seen = dict(re.findall(r'name="(stempel)" value="(\w+)"', page))
        form = seen | fields | {"csrfmiddlewaretoken": token[1] if token else ""}
        if any(isinstance(value, bytes) for value in form.values()):
            files = {n: SimpleUploadedFile("bild.jpg", v) if isinstance(v, bytes) else v for n, v in form.items()}
            return self.ask("POST", path, encode_multipart(BOUNDARY, files), **{"Content-Type": MULTIPART_CONTENT})
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
def serving(database: str, port: int, **more: str) -> Iterator[Server]:
    env = owner.environment(database, owner=False) | {"BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"} | more
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
        command,
        cwd=bootstrap.ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    server = Server(master, port)
    try:
        until(server.is_up, "the web server")
        yield server
    finally:
        os.killpg(master.pid, signal.SIGKILL)  # taking two interpreters down in order takes longer than the test
        master.wait()


def killed_in_the_middle(
    server: Server, dba: Any, database: str, request: Callable[[], Any], *, last: str = LAST
) -> None:
    """Send it, kill the process that has it in its hands when all but the last of it is written; wait for the next."""

    def waiting() -> int:
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        return dba.execute(query, [last]).fetchone()[0]

    before = server.process()
    with owner.superuser(database) as lock, ThreadPoolExecutor(1) as pool:
        lock.execute("BEGIN")
        lock.execute(f"LOCK TABLE {last} IN EXCLUSIVE MODE")
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
    assert remind() == 1
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


def signed_in(cast: Cast, name: str) -> dict[str, str]:
    return {cookie: morsel.value for cookie, morsel in cast.sign_in(name).cookies.items()}


def test_kill_9_in_the_middle__of_a_picture_and_of_a_rate_that_is_confirmed(own_database, tmp_path, settings):
    """A file that was written for no row is nobody's, and is gone after a day; a rate is agreed once."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    cast = Cast()
    angebot = create_angebot(anbieter=KUESTE, kreis="VG", entgelt=None)
    ines = cast.akteur("ines")
    betraege = {"grundleistung": Decimal("80.10"), "investition": Decimal("9.90"), "sonderleistung": Decimal(0)}
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        vorschlag = submit_entgeltvorschlag(
            akteur=ines, angebot=angebot, ab=today(), vereinbart_am=today(), rechtsgrundlage="78b", **betraege
        )
    cookies = {name: signed_in(cast, name) for name in ("ines", "frieda")}

    def on_disk() -> set[Path]:
        return {path for path in (tmp_path / "media").rglob("*") if path.is_file()}

    with (
        owner.superuser(own_database) as dba,
        serving(own_database, free_port(), SOJUS_MEDIA_ROOT=settings.MEDIA_ROOT) as server,
    ):

        def count(what: str) -> int:
            return dba.execute(f"SELECT count(*) FROM {what}").fetchone()[0]

        def hand_in() -> tuple[int, str]:
            wohin = f"/anbieter/eigene/einrichtungen/{angebot.einrichtung_id}/bilder/"
            return server.post(wohin, dateien=corpus.picture_with_position(), ohne_menschen="on")

        def confirm() -> tuple[int, str]:
            return server.post(f"/anbieter/entgelte/{vorschlag.pk}/", entscheidung="bestaetigen")

        server.cookies = cookies["ines"]
        killed_in_the_middle(server, dba, own_database, hand_in, last="providers_foto")
        left = on_disk()
        assert len(left) == 2 and not count("providers_foto")
        assert hand_in()[0] == 302
        assert count("providers_foto") == 1 and len(on_disk() - left) == 2
        assert clear_dateien() == 0, "what is young may be a request's that still runs"
        for path in on_disk():
            os.utime(path, (time.time() - 90_000,) * 2)
        assert clear_dateien() == 2 and not on_disk() & left and len(on_disk()) == 2

        server.cookies, server.host = cookies["frieda"], "vg.localhost"
        killed_in_the_middle(server, dba, own_database, confirm, last="providers_entgelt")
        waits = "providers_entgeltvorschlag WHERE zustand = 'VORGESCHLAGEN'"
        assert count(waits) == 1 and not count("providers_entgelt")
        assert confirm()[0] == 302
        assert not count(waits) and count("providers_entgelt") == 1
        assert confirm()[0] == 409 and count("providers_entgelt") == 1, "decided already, and said so"
    connection.close()
