"""Slow clients cost no thread: a real gunicorn with one process and two threads, and many who dawdle."""

from __future__ import annotations

import contextlib
import hashlib
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.embedded_postgres import PROJECT
from deploy.web_worker import LARGEST_BODY, LARGEST_HEADER, Incoming, Refused

pytestmark = pytest.mark.xdist_group("web-worker")

APPLICATION = """
import hashlib, time

def application(environ, start_response):
    body = environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1)
    answer = environ["PATH_INFO"].encode() + b" " + hashlib.sha256(body).hexdigest().encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
"""
# The same file as in production, with less patience.
CONFIGURATION = f"""
exec(open({str(PROJECT / "deploy" / "gunicorn.conf.py")!r}).read())
import deploy.web_worker as worker
worker.HEADER_SECONDS = 2
worker.BODY_SECONDS = 3
worker_connections = 300
"""
AT_ONCE = 5  # seconds, on a busy machine; two blocked threads would need minutes for two hundred clients
MANY = 200


@dataclass
class Server:
    port: int
    process: subprocess.Popen

    def connect(self, sent: bytes = b"") -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=15)
        client.sendall(sent)
        return client

    def ask(self, request: bytes = b"GET /here HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") -> bytes:
        with self.connect(request) as client:
            return read_all(client)

    def answers_at_once(self, times: int = 5) -> bool:
        began = time.monotonic()
        answers = [self.ask() for _ in range(times)]
        return all(b"200 OK" in answer for answer in answers) and time.monotonic() - began < AT_ONCE


def read_all(client: socket.socket) -> bytes:
    with contextlib.suppress(ConnectionResetError):
        return b"".join(iter(lambda: client.recv(65536), b""))
    return b""


def heard(client: socket.socket, words: bytes) -> bool:
    """Whether the answer says that; header and body may come one after the other."""
    said = b""
    while words not in said:
        more = client.recv(65536)
        if not more:
            return False
        said += more
    return True


def start(folder: Path) -> Server:
    (folder / "application.py").write_text(APPLICATION)
    (folder / "conf.py").write_text(CONFIGURATION)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1", "WEB_THREADS": "2"}
    environment |= {"PYTHONPATH": f"{folder}:{PROJECT}"}
    words = [sys.executable, "-m", "gunicorn", "application:application", "-c", str(folder / "conf.py")]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(words, cwd=PROJECT, env=environment, stdout=log, stderr=log)
    server = Server(port, process)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if b"200 OK" in server.ask():
                return server
        time.sleep(0.05)
    process.kill()
    raise AssertionError((folder / "log").read_text())


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    server = start(tmp_path_factory.mktemp("web"))
    yield server
    server.process.terminate()
    server.process.wait(timeout=30)


@pytest.fixture
def crowd(server) -> Iterator:
    """`crowd(b"…")`: two hundred clients who send that and then nothing."""
    clients: list[socket.socket] = []

    def gather(sent: bytes, many: int = MANY) -> list[socket.socket]:
        clients.extend(server.connect(sent) for _ in range(many))
        return clients

    yield gather
    for client in clients:
        client.close()


HALF_A_HEADER = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
HALF_A_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf"


# -- nobody holds up the others ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent", [b"", b"\r\n\r\n", HALF_A_HEADER, HALF_A_BODY], ids=["nothing", "lines", "header", "body"]
)
def test_two_hundred_who_dawdle__others_are_answered_at_once(server, crowd, sent):
    crowd(sent)
    assert server.answers_at_once()


def test_two_hundred_who_never_close__others_are_answered_at_once(server, crowd):
    clients = crowd(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    for client in clients:
        assert heard(client, b"200 OK")
    assert server.answers_at_once()


def test_more_than_there_is_room_for__the_oldest_make_room(server, crowd):
    crowd(HALF_A_HEADER, many=400)
    assert server.answers_at_once()


# -- what becomes of those who dawdle ----------------------------------------------------------------


def test_half_a_header__is_refused_in_time(server):
    began = time.monotonic()
    answer = server.ask(HALF_A_HEADER)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert 1.5 < time.monotonic() - began < 6


def test_a_header_byte_by_byte__has_one_deadline_for_all_of_it(server):
    began = time.monotonic()
    with server.connect(HALF_A_HEADER) as client, contextlib.suppress(OSError):
        while time.monotonic() - began < 6:
            client.sendall(b"x")
            time.sleep(0.1)
    assert time.monotonic() - began < 6, "each byte has bought more time"


def test_half_a_body__is_refused_in_time(server):
    assert server.ask(HALF_A_BODY).startswith(b"HTTP/1.1 408 ")


def test_silence__is_closed_without_a_word(server):
    assert server.ask(b"") == b""


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\nX: " + b"x" * (LARGEST_HEADER + 1), b"431"),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1), b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
    ids=["long header", "long body", "no length", "two lengths", "negative length", "nonsense"],
)
def test_what_is_no_request__is_refused(server, request_, status):
    assert server.ask(request_).split()[1] == status


def test_200_megabytes__are_refused_before_they_come_with_a_page_to_read(server):
    answer = server.ask(b"POST /anbieter/ HTTP/1.1\r\nHost: x\r\nContent-Length: 209715200\r\n\r\n--x")
    head, _, page = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"413" and b"Content-Length: %d" % len(page) in head
    assert "Auf einmal gehen höchstens 20 MB." in page.decode()


# -- whole requests lose nothing ---------------------------------------------------------------------


def test_body__comes_through_in_pieces_and_whole(server):
    body = os.urandom(1_500_000)
    with server.connect(b"POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)) as client:
        for begin in range(0, len(body), 300_000):
            client.sendall(body[begin : begin + 300_000])
            time.sleep(0.02)
        assert heard(client, hashlib.sha256(body).hexdigest().encode())


def test_kept_connection__serves_one_request_after_the_other(server):
    with server.connect() as client:
        for path in (b"/one", b"/two", b"/three"):
            client.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok" % path)
            assert heard(client, path)


def test_requests_sent_together__are_answered_in_order(server):
    last = b"GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    two = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nokGET /b HTTP/1.1\r\nHost: x\r\n\r\n"
    with server.connect(two + last[:20]) as client:
        time.sleep(0.2)
        client.sendall(last[20:])
        answer = read_all(client)
    assert [part[:2] for part in answer.split(b"\r\n\r\n")[1:]] == [b"/a", b"/b", b"/c"]


def test_client_that_asks_first__is_told_to_go_on(server):
    with server.connect(b"POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n") as client:
        assert heard(client, b"HTTP/1.1 100 Continue")
        client.sendall(b"ok")
        time.sleep(0.3)
        assert heard(client, b"200 OK")


def test_stop__answers_what_has_begun_and_waits_for_nobody_else(tmp_path):
    server = start(tmp_path)
    idle = [server.connect() for _ in range(20)]
    begun = server.connect(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    time.sleep(0.3)
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert heard(begun, b"200 OK")
    server.process.wait(timeout=20)
    assert time.monotonic() - began < 10
    for client in [*idle, begun]:
        client.close()


# -- the rule itself -----------------------------------------------------------------------------------


@given(
    body=st.binary(max_size=200),
    rest=st.binary(max_size=50),
    cuts=st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=40),
)
def test_incoming__is_whole_at_the_same_byte_however_it_is_cut(body, rest, cuts):
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    incoming, sent = Incoming(), 0
    stream = request + rest
    while sent < len(stream):
        cut = cuts[sent % len(cuts)]
        whole = incoming.add(stream[sent : sent + cut])
        sent = min(len(stream), sent + cut)
        assert whole is (sent >= len(request))
        if whole:
            break
    incoming.body.seek(0)
    assert bytes(incoming.head) + incoming.body.read() == stream[:sent]
    incoming.close()


def test_incoming__endless_header_is_refused_before_it_fills_the_memory():
    incoming = Incoming()
    with pytest.raises(Refused):
        for _ in range(LARGEST_HEADER // 1000 + 2):
            incoming.add(b"X" * 1000)
    assert len(incoming.head) < 2 * LARGEST_HEADER


@pytest.mark.parametrize("said", ["abc", "0", "-1", "2.5"])
def test_settings__a_number_that_is_none_is_named(monkeypatch, said):
    monkeypatch.setenv("WEB_WORKERS", said)
    with pytest.raises(SystemExit, match=f"WEB_WORKERS={said} is no number"):
        runpy.run_path(str(PROJECT / "deploy" / "gunicorn.conf.py"))
