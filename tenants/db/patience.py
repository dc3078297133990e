"""Changing tables while people work: short transactions that rather give up than make others wait.

Whoever wants to alter a table waits for those who read it, and everybody who comes later waits behind. So a
transaction that alters waits for its first lock a moment only, takes the others without waiting at all, and when it
does not get one it lets go of everything and comes again later. It never waits while it holds a lock, so it can be
no part of a circle of waiting (docs/adr/0033).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import Error, connection
from psycopg import sql

T = TypeVar("T")
#: (schema, table or view)
Place = tuple[str, str]

_ALTER_VIEW = sql.SQL("ALTER VIEW {}.{} OWNER TO CURRENT_USER")
_LOCK_TABLE = sql.SQL("LOCK TABLE {}.{} IN ACCESS EXCLUSIVE MODE")
_LOCK_WRITES = sql.SQL("LOCK TABLE {}.{} IN SHARE MODE")

#: How long a page waits at most behind a migration that waits for a lock. Below `deadlock_timeout` (1 s), so that
#: it is the migration and not a page that gives way in a circle of waiting.
LOCK_TIMEOUT_MS = 400
#: Pause before the next try in seconds: doubled each time up to the limit, with a random part.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
#: SQLSTATE of a circle of waiting.
DEADLOCK = "40P01"
#: Worth another try: lock not available, deadlock, serialisation.
TRANSIENT = frozenset({"55P03", DEADLOCK, "40001"})
_COLLISION = "tuple concurrently updated"


def sqlstate(error: BaseException | None) -> str:
    """SQLSTATE of a database error or of what caused it; "" for anything else."""
    while error is not None:
        if code := getattr(error, "sqlstate", None):
            return code
        error = error.__cause__
    return ""


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed in a moment."""
    return sqlstate(error) in TRANSIENT or (isinstance(error, Error) and _COLLISION in str(error))


def patiently(work: Callable[[], T], *, tries: int) -> T:
    """Call `work` (one transaction, all or nothing) until it gets its locks; raises the last error."""
    for number in range(1, tries + 1):
        try:
            return work()
        except Error as error:
            if number == tries or not is_transient(error):
                raise
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (number - 1))
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries, is no secret
    raise AssertionError("tries is at least 1")


def limit_waiting(milliseconds: int = LOCK_TIMEOUT_MS) -> None:
    """From here on no statement of this transaction waits longer for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {int(milliseconds)}")


def lock_exclusively(*, tables: Iterable[Place], views: Iterable[Place] = (), read_on: Iterable[Place] = ()) -> None:
    """Lock (schema, name) exclusively: waits for the first, takes the others at once or raises LockNotAvailable.

    Views come before tables, as for everybody who reads through a view. They are locked by an ALTER that changes
    nothing: LOCK TABLE would lock every table below them, too. `read_on`: tables that get an index; who reads them
    does not wait (docs/adr/0056).
    """
    statements = [_ALTER_VIEW.format(*map(sql.Identifier, place)) for place in sorted(set(views))]
    statements += [_LOCK_TABLE.format(*map(sql.Identifier, place)) for place in _existing(tables)]
    statements += [_LOCK_WRITES.format(*map(sql.Identifier, place)) for place in _existing(read_on)]
    for number, statement in enumerate(statements):
        if number < 2:
            limit_waiting(LOCK_TIMEOUT_MS if number == 0 else 1)
        with connection.cursor() as cursor:
            cursor.execute(statement)
    limit_waiting()


def _existing(tables: Iterable[Place]) -> list[Place]:
    wanted = sorted(set(tables))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN unnest(%s::text[], %s::text[]) AS w(home, name) ON (w.home, w.name) = (n.nspname, c.relname)"
            " WHERE c.relkind IN ('r', 'p') ORDER BY 1, 2",
            [[home for home, _ in wanted], [name for _, name in wanted]],
        )
        return cursor.fetchall()
