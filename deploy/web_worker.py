"""A gunicorn worker whose threads meet whole requests only (ADR 0024).

gunicorn's own `gthread` gives a thread to every connection at once and reads the header in it, without a limit of
time: sixteen people who send half a header and then nothing hold all sixteen threads. Here one loop per process
receives header and body without blocking; a thread is taken when the request is whole. What is not whole in time is
refused, and costs a file descriptor until then. Sending and closing have their limits too.

Bodies come with a length: a proxy that buffers requests (nginx does) sends one, browsers do, `curl` does.
"""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import tempfile
import time
from concurrent.futures import Future
from functools import partial
from typing import IO

from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn, ThreadWorker

#: From the first byte expected to the end of the header.
HEADER_SECONDS = 10
#: From the end of the header to the end of the body: 20 MB at 1.3 Mbit/s.
BODY_SECONDS = 120
#: For one write of the answer.
SEND_SECONDS = 30
#: How long a client may take to close after our last byte.
LINGER_SECONDS = 2
LOOK_SECONDS = 0.25
LARGEST_HEADER = 64 * 1024
#: A little above `client_max_body_size` of the proxy, which gives the better answer.
LARGEST_BODY = 25 * 1024 * 1024
IN_MEMORY = 256 * 1024
CHUNK = 64 * 1024

END_OF_HEADER = b"\r\n\r\n"
LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
CODED = re.compile(rb"^transfer-encoding[ \t]*:", re.IGNORECASE | re.MULTILINE)
EXPECTS = re.compile(rb"^expect:[ \t]*100-continue[ \t]*\r$", re.IGNORECASE | re.MULTILINE)

#: What a person reads whose browser sent too much, where no proxy has said it before.
TOO_LARGE_PAGE = (
    '<!doctype html><html lang="de"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Zu groß</title><h1>Die Dateien sind zu groß</h1><p>Auf einmal gehen höchstens 20 MB. Bitte gehen Sie zurück"
    " und laden Sie weniger oder kleinere Dateien hoch.</p></html>"
).encode()

TOO_LATE = b"408 Request Timeout"
WITHOUT_LENGTH = b"411 Length Required"
BODY_TOO_LARGE = b"413 Content Too Large"
HEADER_TOO_LARGE = b"431 Request Header Fields Too Large"


class Refused(Exception):
    """Carries the status line with which a request that never became whole is answered."""


class Incoming:
    """What has come of one request so far. `add` says when it is whole; the parser then reads from it."""

    def __init__(self) -> None:
        self.deadline = time.monotonic() + HEADER_SECONDS
        self.head = bytearray()
        self.body: IO[bytes] | None = None
        self.missing = 0
        self.expects = False

    @property
    def has_begun(self) -> bool:
        return bool(self.head or self.body)

    @property
    def content(self) -> IO[bytes]:
        """The body of a request whose header is whole."""
        assert self.body is not None
        return self.body

    def add(self, data: bytes) -> bool:
        if self.body is not None:
            self._add_body(data)
            return self.missing == 0
        self.head += data
        # Empty lines before a request mean nothing; behind them somebody could wait in a thread.
        if self.head[:1] in (b"\r", b"\n"):
            self.head = bytearray(self.head.lstrip(b"\r\n"))
        end = self.head.find(END_OF_HEADER)
        if end < 0 or end > LARGEST_HEADER:
            if len(self.head) > LARGEST_HEADER:
                raise Refused(HEADER_TOO_LARGE)
            return False
        return self._begin_body(end + len(END_OF_HEADER))

    def _begin_body(self, end: int) -> bool:
        header = bytes(self.head[:end])
        if CODED.search(header):
            raise Refused(WITHOUT_LENGTH)
        lengths = LENGTH.findall(header)
        length = int(lengths[0]) if len(lengths) == 1 else 0  # two of them: the parser refuses the request
        if length > LARGEST_BODY:
            raise Refused(BODY_TOO_LARGE)
        self.body = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the connection
        self.missing = length
        self.deadline = time.monotonic() + BODY_SECONDS
        rest = bytes(self.head[end:])
        del self.head[end:]
        self._add_body(rest)
        self.expects = bool(self.missing and EXPECTS.search(header))
        return self.missing == 0

    def _add_body(self, data: bytes) -> None:
        self.content.write(data)  # what comes after the body is the next request: the parser says where it begins
        self.missing = max(0, self.missing - len(data))

    def close(self) -> None:
        if self.body is not None:
            self.body.close()


class WholeRequest(Unreader):
    """The parser's source: it ends where the request ends, so that no thread ever waits for a client."""

    def __init__(self, incoming: Incoming) -> None:
        super().__init__()
        self.incoming = incoming

    def feed(self, incoming: Incoming) -> None:
        self.incoming = incoming
        incoming.content.seek(0)
        self.unread(bytes(incoming.head))

    def chunk(self, size_hint: int | None = None) -> bytes:
        return self.incoming.content.read(max(size_hint or 0, CHUNK))

    def take_rest(self) -> bytes:
        """What the client has already sent of its next request."""
        rest = self.take_buffered() + self.incoming.content.read()
        self.incoming.close()
        return rest


class Connection(TConn):
    """One client. The loop owns it until its request is whole, then a thread, then the loop again."""

    initialized: bool

    def __init__(self, *words: object) -> None:
        super().__init__(*words)
        self.data_ready = True  # a thread has nothing to wait for
        self.incoming = Incoming()

    def init(self) -> None:
        self.sock.settimeout(SEND_SECONDS)
        if not self.initialized:
            self.initialized = True
            self.parser = RequestParser(self.cfg, self.sock, self.client)
            self.parser.unreader = WholeRequest(self.incoming)
        self.parser.unreader.feed(self.incoming)

    def close(self, graceful: bool = False) -> None:
        self.incoming.close()
        super().close(graceful=graceful)


class WholeRequestWorker(ThreadWorker):
    """`gthread` in which receiving, waiting and closing happen in the loop, and only answering in a thread."""

    def __init__(self, *words: object, **keywords: object) -> None:
        super().__init__(*words, **keywords)
        self.receiving: dict[Connection, None] = {}  # the longest waiting first
        self.closing: dict[socket.socket, float] = {}
        self.next_look = 0.0

    @classmethod
    def check_config(cls, cfg: Config, log: object) -> None:
        if cfg.is_ssl:
            raise RuntimeError("This worker speaks no TLS: it ends in the proxy.")
        super().check_config(cfg, log)

    # -- receiving ---------------------------------------------------------------------------------

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as problem:
            self.log.debug("accept: %s", problem.strerror)  # gone again, or no descriptor left: others end soon
            return
        self.nr_conns += 1
        connection = Connection(self.cfg, client, address, listener.getsockname())
        self._receive(connection)
        if self.nr_conns >= self.worker_connections:
            self._make_room()

    def _make_room(self) -> None:
        """However many wait, a new client is heard: who sends a request at once never becomes the oldest."""
        oldest = next(iter(self.receiving))
        if len(self.receiving) > 1:
            self._forget(oldest)
        elif self.keepalived_conns:
            oldest = self.keepalived_conns.popleft()
            self.poller.unregister(oldest.sock)
        else:
            return
        oldest.close()
        self.nr_conns -= 1

    def _receive(self, connection: Connection) -> None:
        connection.sock.setblocking(False)
        self.receiving[connection] = None
        self.poller.register(connection.sock, selectors.EVENT_READ, partial(self._on_readable, connection))

    def _on_readable(self, connection: Connection, _: object) -> None:
        try:
            data = connection.sock.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._end(connection)
        else:
            self._add(connection, data)

    def _add(self, connection: Connection, data: bytes) -> None:
        try:
            whole = connection.incoming.add(data)
        except Refused as refused:
            self._end(connection, refused.args[0])
            return
        if connection.incoming.expects:
            connection.incoming.expects = False
            self._say(connection, b"HTTP/1.1 100 Continue\r\n\r\n")
        if whole:
            self._forget(connection)
            self.enqueue_req(connection)

    def _forget(self, connection: Connection) -> None:
        del self.receiving[connection]
        self.poller.unregister(connection.sock)

    def _end(self, connection: Connection, status: bytes = b"") -> None:
        self._forget(connection)
        if status:
            page = TOO_LARGE_PAGE if status == BODY_TOO_LARGE else b""
            kind = b"Content-Type: text/html; charset=utf-8\r\n" if page else b""
            head = b"HTTP/1.1 %s\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n" % (status, kind, len(page))
            self._say(connection, head + page)
        self._close(connection)

    def _say(self, connection: Connection, words: bytes) -> None:
        with contextlib.suppress(OSError):  # who does not listen either is closed all the same
            connection.sock.send(words)

    # -- between two requests ----------------------------------------------------------------------

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """A kept connection speaks again: a new request begins."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.incoming = Incoming()
        self._receive(conn)

    def finish_request(self, conn: Connection, fs: Future[bool]) -> None:
        try:
            keep = not fs.cancelled() and fs.result()
        except Exception:  # answered and logged in the thread
            keep = False
        if not keep:
            self._close(conn)
            return
        rest = conn.parser.unreader.take_rest()
        if rest:
            conn.incoming = Incoming()
            self._receive(conn)
            self._add(conn, rest)
            return
        super().finish_request(conn, fs)

    # -- closing -----------------------------------------------------------------------------------

    def _close(self, connection: Connection) -> None:
        """Says that nothing more comes and lets the client read the rest; gthread waits for that in its loop."""
        connection.incoming.close()
        sock = connection.sock
        try:
            sock.setblocking(False)
            sock.shutdown(socket.SHUT_WR)
            self.poller.register(sock, selectors.EVENT_READ, self._on_closing)
        except (OSError, ValueError, KeyError):
            self._closed(sock)
            return
        self.closing[sock] = time.monotonic() + LINGER_SECONDS

    def _on_closing(self, sock: socket.socket) -> None:
        try:
            if sock.recv(CHUNK):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            pass
        self._end_closing(sock)

    def _end_closing(self, sock: socket.socket) -> None:
        del self.closing[sock]
        self.poller.unregister(sock)
        self._closed(sock)

    def _closed(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            sock.close()
        self.nr_conns -= 1

    # -- deadlines ---------------------------------------------------------------------------------

    def murder_pending(self) -> None:
        """Called by the loop at least once a second, while it works and while it stops."""
        now = time.monotonic()
        if now < self.next_look:
            return
        self.next_look = now + LOOK_SECONDS
        for connection in [c for c in self.receiving if c.incoming.deadline < now or not self._may_wait(c)]:
            self._end(connection, TOO_LATE if connection.incoming.has_begun else b"")
        for sock in [s for s, deadline in self.closing.items() if deadline < now]:
            self._end_closing(sock)

    def _may_wait(self, connection: Connection) -> bool:
        """A worker that stops waits for requests that have begun, not for those that may come."""
        return self.alive or connection.incoming.has_begun
