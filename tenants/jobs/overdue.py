"""A job that never ends: found by a watch, ended together with its worker, then treated like a killed one (ADR 0025).

No thread of Python can be ended from outside, so the process goes. Whoever keeps it alive (systemd, the demo's
supervisor, the container) starts it again, and `tenants.jobs.stalled` takes the job up again or gives it up.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

logger = logging.getLogger(__name__)

#: A statement in the database ends first, by itself, and the job fails in an ordinary way; then the process would.
MARGIN_SECONDS = 10
#: How often the watch looks.
LOOK_SECONDS = 1
#: How long writing down why may take; a database that does not answer must not keep the worker alive.
NOTE_SECONDS = 5
#: What a worker ends with that ended itself (EX_TEMPFAIL): start me again.
EXIT_CODE = 75


@dataclass(frozen=True, slots=True)
class Running:
    """A job that runs in this process. `until`: on the monotonic clock."""

    nr: int
    name: str
    longest: timedelta
    until: float


_lock = threading.Lock()
_running: dict[int, Running] = {}


@contextmanager
def timed(nr: int | None, name: str, longest: timedelta) -> Iterator[None]:
    """Let a job run for this long at most; each of its statements too, so that none goes on without its worker."""
    if nr is None:  # called by hand or in a test, not by a worker
        yield
        return
    with _lock:
        _running[nr] = Running(nr, name, longest, time.monotonic() + longest.total_seconds())
    before, connection.statement_seconds = connection.statement_seconds, max(1, int(longest.total_seconds()))
    try:
        yield
    finally:
        connection.statement_seconds = before
        with _lock:
            _running.pop(nr, None)


def list_running() -> list[Running]:
    """What runs in this process now."""
    with _lock:
        return list(_running.values())


def list_overdue() -> list[Running]:
    """What should have ended, with a margin."""
    now = time.monotonic()
    return [job for job in list_running() if now > job.until + MARGIN_SECONDS]


class Watch(threading.Thread):
    """Looks at the clock beside the event loop, which may itself be stuck, and ends the process when a job hangs.

    The other jobs of the worker get `grace_seconds` to come to their end: the worker is asked to take no new ones.
    It must be shorter than the silence after which another worker takes them up, because a worker that is ending
    sends no heartbeat.
    """

    def __init__(self, *, note: Callable[[Running], None], grace_seconds: float) -> None:
        super().__init__(name="watch", daemon=True)
        self.note, self.grace_seconds = note, grace_seconds
        self.is_ended = threading.Event()

    def run(self) -> None:
        """Until a job hangs, or the worker ends."""
        while not self.is_ended.wait(LOOK_SECONDS):
            if hanging := list_overdue():
                self.end_process(hanging)

    def end_process(self, hanging: list[Running]) -> None:
        """Say why, let the others finish, go."""
        for job in hanging:
            logger.error("job %s (%s) has run for more than %s: its worker ends itself", job.nr, job.name, job.longest)
        writing = threading.Thread(target=self._note, args=[hanging], daemon=True)
        writing.start()
        writing.join(NOTE_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)  # no new jobs
        numbers, end = {job.nr for job in hanging}, time.monotonic() + self.grace_seconds
        while time.monotonic() < end and any(job.nr not in numbers for job in list_running()):
            time.sleep(0.1)
        logging.shutdown()
        os._exit(EXIT_CODE)

    def _note(self, hanging: list[Running]) -> None:
        try:
            for job in hanging:
                self.note(job)
        except Exception:
            logger.exception("why the worker ended could not be noted")
        finally:
            connection.close()
