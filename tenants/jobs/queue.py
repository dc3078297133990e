"""The worker's connection to the queue.

The worker's role sees the queue's rows through row rules (docs/adr/0025), and to such a role PostgreSQL tells no DETAIL
of a violated unique constraint. procrastinate reads the waiting job's lock out of that DETAIL, found none, and its
AssertionError ended the worker whenever a scheduled job still waited when its time came again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.exceptions import UniqueViolation
from procrastinate.manager import QUEUEING_LOCK_CONSTRAINT


@contextmanager
def _without_detail(arguments: dict[str, Any]) -> Iterator[None]:
    """The violation as procrastinate expects it; the lock is the one that was to be taken."""
    try:
        yield
    except AssertionError as surprise:
        violation = surprise.__context__
        if not isinstance(violation, psycopg.errors.UniqueViolation):
            raise
        if violation.diag.constraint_name != QUEUEING_LOCK_CONSTRAINT:
            raise
        lock = arguments.get("queueing_lock")
        raise UniqueViolation(constraint_name=QUEUEING_LOCK_CONSTRAINT, queueing_lock=lock) from violation


class QueueConnector(PsycopgConnector):
    """As procrastinate's, for a role under row rules."""

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        """Raises `UniqueViolation` also where the database keeps its detail to itself."""
        with _without_detail(arguments):
            await super().execute_query_async(query, **arguments)

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        """As above; one row."""
        with _without_detail(arguments):
            return await super().execute_query_one_async(query, **arguments)

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        """As above; all rows."""
        with _without_detail(arguments):
            return await super().execute_query_all_async(query, **arguments)
