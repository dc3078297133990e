"""How many statements each page takes in the world of this folder, kept in query_counts.txt and compared.

Counted is a request of the first person of the table who may open the page: what a process keeps is warm, the cache is
empty, the session is in use (once a minute a request notes that it is; that is the cost of no page). A page that became
more expensive, or cheaper, is seen in the change that did it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

FILE = Path(__file__).with_name("query_counts.txt")
WRITES = bool(os.environ.get("SOJUS_WRITE_QUERY_COUNTS"))
COMMAND = "SOJUS_WRITE_QUERY_COUNTS=1 .venv/bin/python -m pytest tests/access/test_cells.py -q -n0 -k every_cell"
_HEAD = f"""# Statements of every page: host, name of the route, statements, who opens it (see query_counts.py).
# Written by {COMMAND}
"""
#: Host and name of a route.
Key = tuple[str, str]


@dataclass(frozen=True)
class Cost:
    """Statements of a page, and the column of the table that opened it."""

    statements: int
    column: str


def read_costs(file: Path = FILE) -> dict[Key, Cost]:
    """What the file says."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {(host, name): Cost(int(statements), column) for host, name, statements, column in rows}


def write_costs(costs: dict[Key, Cost], file: Path = FILE) -> None:
    """One line for each page, in the order of their names."""
    lines = [f"{host:7}{name:50} {cost.statements:4} {cost.column}\n" for (host, name), cost in sorted(costs.items())]
    file.write_text(_HEAD + "".join(lines), encoding="utf-8")


def compare(key: Key, found: Cost | None, expected: dict[Key, Cost]) -> str:
    """ "" when the page costs what the file says."""
    if found == expected.get(key):
        return ""
    was, now = (f"{cost.statements} statements as {cost.column}" if cost else "no page" for cost in (
        expected.get(key), found,
    ))  # fmt: skip
    return f"{' '.join(key)}: {now}, and {FILE.name} says {was}. If that is meant: {COMMAND}"


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements inside, as they are sent."""
    sent: list[str] = []

    def note(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent
