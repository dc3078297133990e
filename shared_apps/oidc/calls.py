"""Calls to a sign-in server: one deadline, a number of bytes, a number of threads (ADR 0052).

The server is somebody else's, and a thread of ours waits for it. `requests` limits the wait for each piece of an
answer, so one that sends a byte a second keeps a thread for as long as it likes; here every wait ends with the
same moment. Nothing is asked while a transaction is open: a connection is scarcer than a thread.
"""

from __future__ import annotations

import hashlib
import io
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import requests
from django.core.cache import cache
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from tenants.context import is_fenced

#: All calls of one request together: names looked up, connected, sent, answered.
SECONDS = 6
#: All that is read for one request, headers included. Descriptions and keys of real servers have 2 to 20 KB.
BYTES = 256 * 1024
#: Threads of a process that may wait for one server, and for all: half of the eight it has (deploy/gunicorn.conf.py).
PER_SERVER, AT_ONCE = 2, 4
#: A server that was too slow is left alone for this long, so that it takes no thread from those that answer.
PAUSE_SECONDS = 15


class TooSlow(requests.RequestException):
    """The time is over, or the server is not asked now because others wait for it already."""


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

    def connect(self, host: str, port: int, options: Any) -> socket.socket:
        """To the first address that takes us; a name may have many, and all share the time."""
        error: OSError = OSError("no address")
        for family, kind, protocol, _, address in self._resolve(host, port):
            line = socket.socket(family, kind, protocol)
            try:
                for option in options or ():
                    line.setsockopt(*option)
                line.settimeout(self.left())
                line.connect(address)
                line.settimeout(self.left())
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


# -- one wait for everything --------------------------------------------------------------------


class _Reader(io.RawIOBase):
    """Reads from a socket until the call's time or bytes are used up."""

    def __init__(self, call: Call, line: socket.socket) -> None:
        self._call, self._line = call, line
        self._raw = line.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._line.settimeout(self._call.left())
        count = self._raw.readinto(buffer) or 0
        self._call.take(count)
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Line:
    """A connected socket as `http.client` uses one."""

    def __init__(self, call: Call, line: socket.socket) -> None:
        self._call, self._line = call, line

    def makefile(self, *args: Any, **kwargs: Any) -> io.BufferedReader:
        """What an answer is read from."""
        return io.BufferedReader(_Reader(self._call, self._line))

    def sendall(self, data: Any) -> None:
        """One wait for all of it."""
        self._line.settimeout(self._call.left())
        self._line.sendall(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


def _pools(call: Call) -> dict[str, type]:
    """urllib3's pools with connections that keep to the call."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return call.connect(self._dns_host, self.port, self.socket_options)

        def connect(self) -> None:
            super().connect()
            line: Any = _Line(call, self.sock)
            self.sock = line

    class Sealed(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return call.connect(self._dns_host, self.port, self.socket_options)

        def connect(self) -> None:
            super().connect()  # the handshake is one wait as well, with what connecting has left
            line: Any = _Line(call, self.sock)
            self.sock = line

    plain = type("Pool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
    sealed = type("SealedPool", (HTTPSConnectionPool,), {"ConnectionCls": Sealed})
    return {"http": plain, "https": sealed}


class _Adapter(HTTPAdapter):
    """requests' way out, within the call."""

    def __init__(self, call: Call) -> None:
        self._call = call
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._call)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _pools(self._call)
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.headers["Accept-Encoding"] = "identity"
        answer = super().send(request, *args, **kwargs)
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            answer.close()  # unpacked, a few bytes can be as many as somebody likes
            raise requests.exceptions.ContentDecodingError("packed, although we asked for it as it is")
        return answer


# -- who may ask now ----------------------------------------------------------------------------

_open: ContextVar[Call | None] = ContextVar("sojus_oidc_call", default=None)
_lock = threading.Lock()
_waiting: Counter[str] = Counter()


@contextmanager
def asking(address: str) -> Iterator[Call]:
    """Everything a request asks of one server; inside another one the same call goes on. Raises `TooSlow`."""
    call = _open.get()
    if call is not None:
        yield call
        return
    if is_fenced():
        raise RuntimeError("A sign-in server is asked outside of every transaction")
    server = urlsplit(address).netloc.lower()
    pause = f"oidc.pause.{_digest(server)}"
    if cache.get(pause):
        raise TooSlow("it was too slow a moment ago")
    _begin(server)
    call = Call()
    token = _open.set(call)
    try:
        yield call
    finally:
        _open.reset(token)
        _end(server)
        if call.ends <= time.monotonic():
            cache.set(pause, True, PAUSE_SECONDS)


def _begin(server: str) -> None:
    with _lock:
        if _waiting[server] >= PER_SERVER or _waiting.total() >= AT_ONCE:
            raise TooSlow("others wait for it already")
        _waiting[server] += 1


def _end(server: str) -> None:
    with _lock:
        _waiting[server] -= 1
        if not _waiting[server]:
            del _waiting[server]


def mount(session: requests.Session) -> requests.Session:
    """Let a session keep to the open call."""
    call = _open.get()
    if call is None:
        raise RuntimeError("A sign-in server is asked inside of `asking`")
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(call))
    return session


def check_time() -> None:
    """Raises `TooSlow` when what has just failed had no more time."""
    call = _open.get()
    if call is not None and call.ends <= time.monotonic():
        raise TooSlow("no answer in time")


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
