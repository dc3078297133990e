"""Calls to a sign-in server: one deadline, a number of bytes, a number of threads (ADR 0052).

The server is somebody else's, and a thread of ours waits for it. A time limit of a library is one for each piece of
an answer, so a server that sends a byte a second keeps a thread for as long as it likes; here every wait ends with the
same moment. Nothing is asked while a transaction is open: a connection is scarcer than a thread.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import http.client
import io
import logging
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

from shared_apps.oidc.rules import PORTS, compute_server, may_be_asked
from tenants.context import is_fenced

logger = logging.getLogger(__name__)

#: All calls of one request together: names looked up, connected, sent, answered.
SECONDS = 6
#: All that is read for one request, headers and certificates included. Descriptions and keys of real servers have 2 to
#: 20 KB.
BYTES = 256 * 1024
#: Threads of a process that may wait for one server, and for all: half of the eight it has (deploy/gunicorn.conf.py).
PER_SERVER, AT_ONCE = 2, 4
#: Whoever comes back from a server and finds no place waits this long for one, and this many at a time: each holds a
#: thread.
PATIENCE_SECONDS, PATIENT = 2, 2
#: Tests by administrations, which ask whatever was typed, take no place of those who sign in.
TESTS = 1
#: A server that was too slow is left alone for this long, so that it takes no thread from those that answer.
PAUSE_SECONDS = 15
#: How much is taken from a line at a time.
PIECE = 16 * 1024
#: How much the system keeps for us of an answer that we do not read; by itself it is megabytes.
WAITING = 64 * 1024


class NoAnswer(Exception):
    """The server does not answer as it should; the text says what happened."""


class TooSlow(NoAnswer):
    """The time is over, or the server is not asked now because others wait for it already."""


class Busy(TooSlow):
    """Nobody was asked: others ask already."""


class Untrusted(NoAnswer):
    """No authority that this machine knows vouches for the server's certificate, or it is for another name."""


class Inside(OSError):
    """An address of the house, which the operator has not named (`OIDC_NETZE`). Nobody connected."""


class TooMuch(OSError):
    """More bytes than any honest answer has."""


class Call:
    """What is left of the time and of the bytes of one request."""

    def __init__(self) -> None:
        self.ends = time.monotonic() + SECONDS
        self.bytes = BYTES

    def left(self) -> float:
        """Seconds. Raises TimeoutError when none are left."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time of this call is over")
        return left

    def take(self, count: int) -> None:
        """Count what was read. Raises `TooMuch`."""
        self.bytes -= count
        if self.bytes < 0:
            raise TooMuch("the answer is too long")

    def connect(self, host: str, port: int) -> socket.socket:
        """Connect to the first address that accepts; a name may have many, and they share the time. What is checked
        is the address we connect to, so that no name is one machine when checked and another when asked."""
        found = self._resolve(host, port)
        outside = [one for one in found if _is_outside(one)]
        if found and not outside:
            raise Inside("an address of the house")
        return self._connect(outside)

    def connect_proxy(self, host: str, port: int) -> socket.socket:
        """Connect to the proxy, which the operator has named."""
        return self._connect(self._resolve(host, port))

    def _connect(self, found: list[Any]) -> socket.socket:
        error: OSError = OSError("no address")
        for family, kind, protocol, _, address in found:
            line = socket.socket(family, kind, protocol)
            try:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WAITING)
                line.settimeout(self.left())
                line.connect(address)
                return line
            except OSError as failed:
                line.close()
                error = failed
        raise error

    def _resolve(self, host: str, port: int) -> list[Any]:
        """`getaddrinfo` knows no limit: it is asked in a thread of its own, which ends when the resolver gives up."""
        found: list[Any] = []
        failed: list[OSError] = []

        def look_up() -> None:
            try:
                found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError) as error:
                failed.append(OSError(str(error)))

        thread = threading.Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(self.left())
        if failed:
            raise failed[0]
        if thread.is_alive():
            raise TimeoutError("the name was not found in time")
        return found


def _is_outside(found: tuple[Any, ...]) -> bool:
    """Whether this answer of the resolver may be asked; the operator reads in the log why it may not."""
    address = str(found[4][0])
    if may_be_asked(address, settings.OIDC_NETZE):
        return True
    logger.warning("A sign-in server is at %s, which is in no network of SOJUS_OIDC_NETZE: it is not asked", address)
    return False


def _check_outside(host: str, port: int) -> None:
    """What is written as an address, in whatever way, is one that may be asked. Raises `Inside`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):  # a name
        return
    if not all(_is_outside(one) for one in found):
        raise Inside("an address of the house")


# -- one wait for everything --------------------------------------------------------------------


class _Line:
    """A connected socket as `http.client` uses one. Every wait ends with the call, every byte is counted."""

    def __init__(self, call: Call, line: socket.socket) -> None:
        self._call, self._line = call, line

    def receive(self, count: int) -> bytes:
        """What has come, nothing at the end."""
        self._line.settimeout(self._call.left())
        data = self._line.recv(count)
        self._call.take(len(data))
        return data

    def sendall(self, data: bytes) -> None:
        """One wait for all of it, which is what a time limit means to `sendall` of a plain socket."""
        self._line.settimeout(self._call.left())
        self._line.sendall(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """What an answer is read from."""
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """Nothing: the answer is read on after `http.client` "closes". `ask` closes the socket."""


class _SealedLine(_Line):
    """TLS over one. An SSLSocket begins to wait afresh with each piece, in its handshake and in `sendall`, so TLS
    only computes here (`wrap_bio`), and the plain line under it waits and counts."""

    def __init__(self, call: Call, line: socket.socket, host: str) -> None:
        super().__init__(call, line)
        self._come, self._go = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = trust().wrap_bio(self._come, self._go, server_hostname=host)
        self._turn(self._tls.do_handshake)

    def _turn(self, step: Callable[[], Any]) -> Any:
        """One step of TLS, with what it wants of the line and what it has for it."""
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                self._flush()
                data = super().receive(PIECE)
                if data:
                    self._come.write(data)
                else:
                    self._come.write_eof()
            else:
                self._flush()
                return done

    def _flush(self) -> None:
        if self._go.pending:
            super().sendall(self._go.read())

    def receive(self, count: int) -> bytes:
        try:
            return self._turn(functools.partial(self._tls.read, count))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):  # it says goodbye, or hangs up; half a document is no JSON
            return b""

    def sendall(self, data: bytes) -> None:
        while data:
            data = data[self._turn(functools.partial(self._tls.write, data)) :]


class _Reader(io.RawIOBase):
    """A line as a file."""

    def __init__(self, line: _Line) -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._line.receive(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@functools.cache
def trust() -> ssl.SSLContext:
    """Whom we believe: the authorities of the machine (deploy/README.md), for the name we asked for."""
    return ssl.create_default_context()


# -- one question -------------------------------------------------------------------------------


class _Connection(http.client.HTTPConnection):
    """HTTP over a line that is already open."""

    def __init__(self, line: _Line, host: str, port: int, *, default_port: int) -> None:
        super().__init__(host, port)
        self.default_port = default_port  # such a port is not in the Host header
        self._ready = line

    def connect(self) -> None:
        line: Any = self._ready
        self.sock = line


def ask(
    method: str, address: str, *, body: str | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Status and document. Redirects are not followed. Raises `TooSlow`, `Untrusted`, `NoAnswer`."""
    call = _open.get()
    if call is None:
        raise RuntimeError("A sign-in server is asked inside of `asking`")
    try:
        return _ask(call, method, urlsplit(address), body, headers or {})
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or call.ends <= time.monotonic():
            raise TooSlow("no answer in time") from None
        kind = Untrusted if isinstance(error, ssl.SSLCertVerificationError) else NoAnswer
        raise kind(type(error).__name__) from None


def _ask(call: Call, method: str, url: SplitResult, body: str | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
    if url.scheme not in PORTS or not url.hostname:
        raise ValueError("no address of a server")
    host, port = url.hostname, url.port or PORTS[url.scheme]
    proxy = _find_proxy(url.scheme, host)
    if proxy:
        _check_outside(host, port)  # a name is looked up by the proxy, and its rules say where that may lead
    with call.connect_proxy(*proxy[:2]) if proxy else call.connect(host, port) as wire:
        line = _Line(call, wire)
        if proxy:
            _tunnel(line, host, port, proxy[2])
        if url.scheme == "https":
            line = _SealedLine(call, wire, host)
        over = _Connection(line, host, port, default_port=PORTS[url.scheme])
        target = quote(url.path or "/", safe=_AS_IT_IS) + (f"?{quote(url.query, safe=_AS_IT_IS)}" if url.query else "")
        over.request(method, target, body, {**_HEADERS, **headers})
        answer = over.getresponse()
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise ValueError("packed, although we asked for it as it is: a few bytes can be as many as somebody likes")
        return answer.status, answer.read(BYTES)  # no more is left; a length in the header reserves what it says


#: What is not quoted in a path or query, because it means something there or is quoted already.
_AS_IT_IS = "!#$%&'()*+,/:;=?@[]~"
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close", "User-Agent": "SoJuS"}


def _find_proxy(scheme: str, host: str) -> tuple[str, int, dict[str, str]] | None:
    """Host, port and sign-in of the proxy that `HTTPS_PROXY` and `NO_PROXY` name for this host. Only for TLS: what is
    in the clear goes to the machine itself, in tests and in the demo."""
    named = getproxies().get("https", "") if scheme == "https" else ""
    if not named or proxy_bypass(host):
        return None
    proxy = urlsplit(named if "://" in named else f"http://{named}")
    if proxy.scheme != "http" or not proxy.hostname:
        raise ValueError("HTTPS_PROXY is no address with http://")
    headers = {}
    if proxy.username:
        words = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(words.encode()).decode()}"
    return proxy.hostname, proxy.port or PORTS["http"], headers


def _tunnel(line: _Line, host: str, port: int, headers: dict[str, str]) -> None:
    """Have the proxy connect us; it sees the name of the server and nothing that follows."""
    over = _Connection(line, host, port, default_port=PORTS["https"])
    over.request("CONNECT", f"[{host}]:{port}" if ":" in host else f"{host}:{port}", headers=headers)
    status = over.getresponse().status
    if not 200 <= status < 300:
        raise ConnectionError(f"the proxy answers {status}")


# -- who may ask now ----------------------------------------------------------------------------

_open: ContextVar[Call | None] = ContextVar("sojus_oidc_call", default=None)
_free = threading.Condition()
_waiting: Counter[str] = Counter()
_patience = threading.BoundedSemaphore(PATIENT)
_tests = threading.BoundedSemaphore(TESTS)


@contextmanager
def asking(address: str, *, patient: bool = False, tests: bool = False) -> Iterator[Call]:
    """Everything a request asks of one server; inside another one the same call goes on.

    `patient`: it waits a moment for a place. `tests`: an administration asks what it has typed; it neither heeds nor
    says that a server is too slow, or one office could close another one's. Raises `Busy`, `TooSlow`.
    """
    call = _open.get()
    if call is not None:
        yield call
        return
    _check_no_transaction()
    server = compute_server(address)
    with _place_of_a_test() if tests else _place(server, patient=patient):
        call = Call()
        token = _open.set(call)
        try:
            yield call
        finally:
            _open.reset(token)
            if call.ends <= time.monotonic() and not tests:
                cache.set(_pause(server), True, PAUSE_SECONDS)


@contextmanager
def _place(server: str, *, patient: bool) -> Iterator[None]:
    _check_pause(server)
    _begin(server, patient=patient)
    try:
        _check_pause(server)  # it may have been found too slow while we waited
        yield
    finally:
        _end(server)


@contextmanager
def _place_of_a_test() -> Iterator[None]:
    if not _tests.acquire(blocking=False):
        raise Busy("another test asks already")
    try:
        yield
    finally:
        _tests.release()


def _pause(server: str) -> str:
    return f"oidc.pause.{_digest(server)}"


def _check_pause(server: str) -> None:
    if cache.get(_pause(server)):
        raise TooSlow("it was too slow a moment ago")


def _check_no_transaction() -> None:
    inside = is_fenced()
    if connection.in_atomic_block and not inside:
        try:
            with transaction.atomic(durable=True):  # refuses every block around it but a test's own
                pass
        except RuntimeError:
            inside = True
    if inside:
        raise RuntimeError("A sign-in server is asked outside of every transaction")


def _has_room(server: str) -> bool:
    return _waiting.get(server, 0) < PER_SERVER and _waiting.total() < AT_ONCE


def _begin(server: str, *, patient: bool) -> None:
    with _free:
        if not _has_room(server) and patient and _patience.acquire(blocking=False):
            try:
                _free.wait_for(lambda: _has_room(server), PATIENCE_SECONDS)
            finally:
                _patience.release()
        if not _has_room(server):
            raise Busy("others wait for it already")
        _waiting[server] += 1


def _end(server: str) -> None:
    with _free:
        _waiting[server] -= 1
        if not _waiting[server]:
            del _waiting[server]
        _free.notify_all()


# -- what is asked for again and again ----------------------------------------------------------

#: A description and the keys of a signature are believed for this long.
KEPT_SECONDS = 300
#: A signature with a key we do not know lets us ask for the keys again, this often.
AGAIN_SECONDS = 30


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def find_kept(kind: str, address: str) -> dict[str, Any] | None:
    """What this address answered a moment ago, in this process."""
    return cache.get(f"oidc.{kind}.{_digest(address)}")


def keep(kind: str, address: str, found: dict[str, Any]) -> None:
    """Keep an answer that was good. It is public and the same for every office that names this address."""
    cache.set(f"oidc.{kind}.{_digest(address)}", found, KEPT_SECONDS)


def may_ask_again(address: str) -> bool:
    """Whether it is time to fetch what is kept of this address once more."""
    return cache.add(f"oidc.again.{_digest(address)}", True, AGAIN_SECONDS)
