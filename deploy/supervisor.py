"""Keeps a few processes alive: restarts what crashes, ends all of them together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 60.0
GRACE = 25.0
LARGEST_LOG = 10_000_000
PR_SET_PDEATHSIG = 1


@dataclass
class Process:
    name: str
    words: list[str]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen | None = None
    started: float = 0.0
    next_start: float = 0.0
    crashes: int = field(default=0)


class Supervisor:
    def __init__(self, processes: list[Process], *, folder: Path, say: Callable[[str], None]) -> None:
        self.processes = processes
        self.folder = folder
        self.say = say
        self.ending = False

    def start(self) -> None:
        for process in self.processes:
            _turn(process.log)
            self._start(process)

    def end_on_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._end)

    def run(self, *, also: Callable[[], None] = lambda: None) -> None:
        while not self.ending:
            self.look_after()
            also()
            time.sleep(0.3)

    def look_after(self) -> None:
        now = time.monotonic()
        for process in self.processes:
            if process.running is None:
                if now >= process.next_start:
                    self._start(process)
                continue
            code = process.running.poll()
            if code is None:
                continue
            _end_group(process.running.pid, signal.SIGKILL)  # its children would keep the port
            if now - process.started > HEALTHY_AFTER:
                process.crashes = 0
            pause = min(LONGEST_PAUSE, 2.0**process.crashes)
            process.crashes += 1
            process.running = None
            process.next_start = now + pause
            if not self.ending:
                self.say(f"{process.name} has ended (code {code}); again in {pause:.0f} s. Its log: {process.log}")

    def stop(self) -> None:
        self.ending = True
        living = [p.running for p in self.processes if p.running and p.running.poll() is None]
        for running in living:
            _end_group(running.pid, signal.SIGTERM)
        end = time.monotonic() + GRACE
        for running in living:
            try:
                running.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                _end_group(running.pid, signal.SIGKILL)
                running.wait()

    def _start(self, process: Process) -> None:
        with process.log.open("ab") as log:
            process.running = subprocess.Popen(
                process.words,
                cwd=self.folder,
                env=process.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is ours; we tell them in order
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - the supervisor has one thread only
            )
        process.started = time.monotonic()

    def _end(self, *_: object) -> None:
        self.ending = True


def _end_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _end_with_parent() -> None:
    """Linux: when the supervisor is killed outright, its processes must not keep the port."""
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _turn(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(log.suffix + ".1"))
