"""Where the demo answers: the address asked for (PORT, BIND), and that of a demo which runs already.

    python -m deploy.demo.address      ends with 1 and one sentence when `make demo` could not listen there

Standard library only: `make demo` asks this before it downloads anything.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "var" / "demo"
LAST_PORT = 65535


class AddressError(Exception):
    """Says in plain words why the demo cannot listen at an address."""


@dataclass(frozen=True)
class Running:
    """The demo that holds var/demo/running."""

    pid: int
    port: int
    bind: str


def wanted_port() -> int:
    """The port PORT names, 8000 without it."""
    said = (os.environ.get("PORT") or "").strip() or "8000"
    if not (said.isascii() and said.isdigit() and 1 <= int(said) <= LAST_PORT):
        raise AddressError(
            f"PORT={said} is no port: a whole number from 1 to {LAST_PORT} is. For example: PORT=8001 make demo"
        )
    return int(said)


def wanted_bind() -> str:
    """The address BIND names, this machine's own without it."""
    return (os.environ.get("BIND") or "127.0.0.1").partition(":")[0]


def check_port(bind: str, port: int) -> None:
    """Tries whether a server could listen there; AddressError says why not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as problem:
            raise AddressError(why_not(problem, bind, port)) from None


def why_not(problem: OSError, bind: str, port: int) -> str:
    """Why the web server cannot listen there, and what to do."""
    if problem.errno == errno.EACCES:
        return (
            f"Port {port} cannot be used: on this machine ports below {_first_free_port()} are for root only. "
            f"Choose a higher one: PORT=8000 make demo"
        )
    if problem.errno == errno.EADDRINUSE:
        other = port + 1 if port < LAST_PORT else 8000
        return (
            f"Port {port} on {bind} cannot be used: another program listens there. "
            f"Choose another one: PORT={other} make demo"
        )
    return f"BIND={bind} cannot be used ({problem.strerror}): name an address of this machine, for example 127.0.0.1."


def _first_free_port() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    except (OSError, ValueError):
        return 1024


# -- the demo that runs --------------------------------------------------------------------------


def running() -> Running | None:
    """The demo that runs in this folder and has an address: one that has just begun has none yet."""
    words = (_said_by_the_holder() or "").split()
    return Running(int(words[0]), int(words[1]), words[2]) if len(words) == 3 else None


def _said_by_the_holder() -> str | None:
    """What the process that holds var/demo/running has written there; None: nobody holds it."""
    with contextlib.suppress(FileNotFoundError), (FOLDER / "running").open("r+") as file:
        if not take(file):
            return file.read()
    return None


def take(file: TextIO) -> bool:
    """Whether the file could be locked; the lock goes when the file is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def main() -> int:
    """Says nothing where a demo runs already (`make demo` shows its address) or where root has begun one here."""
    try:
        port = wanted_port()
        with contextlib.suppress(PermissionError):  # `make demo` says whose it is
            if _said_by_the_holder() is None:
                check_port(wanted_bind(), port)
    except AddressError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
