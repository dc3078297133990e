"""A stand-in for clamd: speaks INSTREAM on a port of this machine, and knows one signature."""

from __future__ import annotations

import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self

#: The text every scanner knows, in two parts, so that none finds it in this file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner:
    """`answer` replaces the verdict; `silent`: it says nothing for a while; `gives_up_on`: files it cannot judge;
    `dies_after`: it hangs up after that many bytes of a file; `holds`: it answers when that is set."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.answer: bytes | None = None
        self.silent = False
        self.gives_up_on: bytes | None = None
        self.dies_after: int | None = None
        self.holds: threading.Event | None = None

    def __enter__(self) -> Self:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()[:2]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, where: TracebackType | None) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(timeout=5)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            with line:
                try:
                    self._answer(line)
                except OSError:
                    continue

    def _answer(self, line: socket.socket) -> None:
        line.settimeout(5)
        stream = line.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        inhalt = b""
        while size := struct.unpack("!I", stream.read(4))[0]:
            if self.dies_after is not None:
                stream.read(self.dies_after)
                return
            inhalt += stream.read(size)
        self.received.append(inhalt)
        if self.holds:
            self.holds.wait(60)
        if self.silent:
            time.sleep(1.5)
        verdict = b"Eicar-Test-Signature FOUND" if EICAR in inhalt else b"OK"
        if self.gives_up_on and self.gives_up_on in inhalt:
            verdict = b"Heuristic limits reached ERROR"
        line.sendall(self.answer if self.answer is not None else b"stream: %b\0" % verdict)
