"""What the statements of a page cost: counted in rows that the plan took in hand, which no busy machine changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "


@dataclass(frozen=True, slots=True)
class Cost:
    """One SELECT as it ran. `rows` counts every row of every node, thrown away or handed on, in every loop."""

    statement: str
    params: Any
    rows: int
    buffers: int
    seconds: float


def explain(cursor: Any, statement: str, params: Any) -> Cost:
    """Run a SELECT under the cursor's role and path and count."""
    cursor.execute(_EXPLAIN + statement, params)
    answer = cursor.fetchone()[0]
    top = (json.loads(answer) if isinstance(answer, str) else answer)[0]
    buffers = top["Plan"]["Shared Hit Blocks"] + top["Plan"]["Shared Read Blocks"]
    return Cost(statement, params, _rows(top["Plan"]), buffers, top["Execution Time"] / 1000)


def _rows(node: dict[str, Any]) -> int:
    each = node["Actual Rows"] + sum(node.get(f"Rows Removed by {what}", 0) for what in ("Filter", "Join Filter"))
    return int(each * node["Actual Loops"]) + sum(map(_rows, node.get("Plans", [])))


@contextmanager
def costs_of_portal() -> Iterator[list[Cost]]:
    """Every SELECT that runs meanwhile behind a portal's fence, explained right before it runs."""
    costs: list[Cost] = []

    def wrapper(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        fence = connection.fence
        if fence and fence.portal and statement.startswith("SELECT"):
            with connection.cursor() as cursor:
                costs.append(explain(cursor.cursor, statement, params))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield costs
