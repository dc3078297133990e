"""A sign-in server that is slow on purpose: it sends what it was told, a piece at a time."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

#: What one connection is answered with: called with the socket and the path it was asked for.
Answer = Callable[[socket.socket, str], None]


def drip(data: bytes, *, seconds: float = 20, pause: float = 0.2) -> Answer:
    """A byte now and then until we lose patience: each one arrives in time, the whole answer never does."""

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


def certify(folder: Path, name: str) -> Path:
    """A certificate that vouches for itself, for this address or name, and its key: in one file of the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    try:
        known: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        known = x509.DNSName(name)
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([known]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file = folder / f"{name}.pem"
    file.write_bytes(signed.public_bytes(pem) + key.private_bytes(pem, form, serialization.NoEncryption()))
    return file


def pass_on(line: socket.socket, path: str) -> None:
    """What a proxy does with CONNECT."""
    host, _, port = path.rpartition(":")
    with socket.create_connection((host, int(port))) as other:
        line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_pump, args=(other, line), daemon=True)
        back.start()
        _pump(line, other)
        back.join(5)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class SlowServer:
    """`answer` says what it does; `asked` which paths it was asked for, `heard` all that came with it. With a
    certificate it speaks TLS, and `greets` says what it does before the handshake."""

    def __init__(self, certificate: Path | None = None) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)  # what it "sends", it has not kept
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.greets: Answer = lambda line, path: None
        self.heard: list[str] = []
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
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            stack.enter_context(line)
            self.greets(line, "")
            if self._context is not None:
                line = stack.enter_context(self._context.wrap_socket(line, server_side=True))
            heard = line.recv(65536).decode("latin-1")
            path = heard.split(" ")[1]
            self.asked.append(path)
            self.heard.append(heard)
            self.answer(line, path)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def slow_server(certificate: Path | None = None) -> Iterator[SlowServer]:
    """It runs until the block ends."""
    server = SlowServer(certificate)
    threading.Thread(target=server.serve, daemon=True).start()
    try:
        yield server
    finally:
        server.close()
