"""The virus scanner: clamd's INSTREAM, over a socket of this machine or TCP. Asked by the worker, never by a page."""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings

#: For one file, from the first byte to the answer; and for being connected.
SECONDS, CONNECT_SECONDS = 60, 5
ANSWER_MAX = 4096
_CHUNK = 64 * 1024


class NichtErreichbar(Exception):
    """The scanner gave no verdict: it is down, too slow, or will not take the file. Names no file and no person."""


class OhneBefund(NichtErreichbar):
    """It is there, and gives no verdict on this very file: too slow with it, or it says neither yes nor no."""


@dataclass(frozen=True, slots=True)
class Befund:
    """What the scanner found; empty: nothing."""

    schadsoftware: str = ""


def is_configured() -> bool:
    """Whether this installation has a scanner."""
    return settings.CLAMD is not None


def scan(datei: IO[bytes]) -> Befund:
    """Send a file to the scanner. `NichtErreichbar` whenever it did not clearly say yes or no: nobody is there, or
    (`OhneBefund`) it is there and cannot judge this file."""
    deadline = time.monotonic() + SECONDS
    try:
        line = _connect()
    except OSError as error:
        raise NichtErreichbar(f"clamd: {type(error).__name__}") from error
    try:
        with line:
            _send(line, b"zINSTREAM\0", deadline)
            while chunk := datei.read(_CHUNK):
                _send(line, struct.pack("!I", len(chunk)) + chunk, deadline)
            _send(line, struct.pack("!I", 0), deadline)
            answer = _receive(line, deadline)
    except OSError as error:
        raise OhneBefund(f"clamd: {type(error).__name__}") from error
    return _read(answer)


def _connect() -> socket.socket:
    where: Any = settings.CLAMD
    if isinstance(where, str):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(CONNECT_SECONDS)
        try:
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection(where, timeout=CONNECT_SECONDS)


def _send(line: socket.socket, data: bytes, deadline: float) -> None:
    line.settimeout(_rest(deadline))
    line.sendall(data)


def _receive(line: socket.socket, deadline: float) -> bytes:
    answer = b""
    while b"\0" not in answer and len(answer) <= ANSWER_MAX:
        line.settimeout(_rest(deadline))
        part = line.recv(ANSWER_MAX)
        if not part:
            break
        answer += part
    return answer


def _rest(deadline: float) -> float:
    rest = deadline - time.monotonic()
    if rest <= 0:
        raise TimeoutError
    return rest


def _read(answer: bytes) -> Befund:
    """`stream: OK`, `stream: Eicar FOUND`, and its end; anything else is no verdict."""
    said, end, _ = answer.partition(b"\0")
    text = said.decode("ascii", "replace").strip() if end else ""
    if text == "stream: OK":
        return Befund()
    if text.startswith("stream: ") and text.endswith(" FOUND"):
        return Befund(text.removeprefix("stream: ").removesuffix(" FOUND")[:100])
    raise OhneBefund("clamd: no verdict")
