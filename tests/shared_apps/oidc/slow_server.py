"""A sign-in server that is slow on purpose: it sends what it was told, a piece at a time."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: What one connection is answered with: called with the socket and the path it was asked for.
Answer = Callable[[socket.socket, str], None]


def drip(data: bytes, *, seconds: float = 20, pause: float = 0.2) -> Answer:
    """A byte now and then, for as long as it takes us to lose patience: each one in time, all of them never."""

    def send(line: socket.socket, _: str) -> None:
        until = time.monotonic() + seconds
        for byte in data:
            if time.monotonic() > until:
                return
            line.sendall(bytes([byte]))
            time.sleep(pause)

    return send


def say(head: str, body: bytes = b"") -> Answer:
    """At once."""
    return lambda line, _: line.sendall(head.encode().replace(b"\n", b"\r\n") + b"\r\n\r\n" + body)


def describe(server: SlowServer, **more: object) -> Answer:
    """A good description, and nothing at other paths but what `server.others` says."""

    def send(line: socket.socket, path: str) -> None:
        if not path.startswith("/.well-known/"):
            server.others(line, path)
            return
        config = {name: f"{server.url}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
        body = json.dumps({"issuer": server.url} | config | more).encode()
        say(f"HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: {len(body)}", body)(line, path)

    return send


class SlowServer:
    """`answer` says what it does; `asked` which paths it was asked for."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.answer: Answer = lambda line, path: None
        self.others: Answer = lambda line, path: None
        self.asked: list[str] = []

    def serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve_one, args=(line,), daemon=True).start()

    def _serve_one(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            path = line.recv(65536).decode("latin-1").split(" ")[1]
            self.asked.append(path)
            self.answer(line, path)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def slow_server() -> Iterator[SlowServer]:
    """It runs until the block ends."""
    server = SlowServer()
    threading.Thread(target=server.serve, daemon=True).start()
    try:
        yield server
    finally:
        server.close()
