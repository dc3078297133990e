"""Two people at the same moment: the second one comes while the first one has written but not yet committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from threading import Event
from time import monotonic, sleep
from typing import Any

from django.db import connection, transaction

from shared_apps.core.errors import SojusError


def try_out(work: Callable[[], Any]) -> str:
    """What came of it: ok, or the code of the refusal."""
    try:
        work()
    except SojusError as error:
        return error.code
    return "ok"


@contextmanager
def _thread(work: Callable[[], str]) -> Iterator[Future[str]]:
    def run() -> str:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(run)


def _waits(pid: list[int]) -> bool:
    if not pid:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", pid)
        return cursor.fetchone()[0]


def while_open(
    first: Callable[[], Any], second: Callable[[], Any], *, within: Callable[[], AbstractContextManager[Any]]
) -> tuple[str, str]:
    """`second` begins when `first` has done its work in its transaction (opened by `within`), which ends when the
    second one waits for it or has ended. What came of both.

    A thread for each; call it where commits count (fixture `own_database`).
    """
    done, end = Event(), Event()
    pid: list[int] = []

    def begin() -> str:
        def work() -> None:
            with within(), transaction.atomic():
                first()
                done.set()
                end.wait(20)

        try:
            return try_out(work)
        finally:
            done.set()

    def follow() -> str:
        done.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid.append(cursor.fetchone()[0])
        return try_out(second)

    with _thread(begin) as one, _thread(follow) as two:
        until = monotonic() + 10
        while not two.done() and not _waits(pid) and monotonic() < until:
            sleep(0.02)
        end.set()
        return one.result(), two.result()
