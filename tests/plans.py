"""What the statements of a page cost: counted in rows that the plan took in hand, which no busy machine changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tests.tenants import owner

_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "


@dataclass(frozen=True, slots=True)
class Cost:
    """One SELECT as it ran. `rows` counts every row of every node, thrown away or handed on, in every loop."""

    statement: str
    params: Any
    rows: int
    buffers: int
    seconds: float
    #: Tables that were read row by row from their beginning, with how many rows of each.
    ganze: dict[str, int] = field(default_factory=dict)


def explain(cursor: Any, statement: str, params: Any) -> Cost:
    """Run a SELECT under the cursor's role and path and count."""
    cursor.execute(_EXPLAIN + statement, params)
    answer = cursor.fetchone()[0]
    top = (json.loads(answer) if isinstance(answer, str) else answer)[0]
    buffers = top["Plan"]["Shared Hit Blocks"] + top["Plan"]["Shared Read Blocks"]
    return Cost(statement, params, _rows(top["Plan"]), buffers, top["Execution Time"] / 1000, _wholes(top["Plan"]))


def plan_of(statement: str) -> str:
    """How a statement is answered where reading a whole table costs too much, as in a big one."""
    with owner.superuser(connection.settings_dict["NAME"]) as by_hand:
        by_hand.execute("SET enable_seqscan = off")
        return "\n".join(zeile for (zeile,) in by_hand.execute(f"EXPLAIN {statement}").fetchall())


def _rows(node: dict[str, Any]) -> int:
    each = node["Actual Rows"] + sum(node.get(f"Rows Removed by {what}", 0) for what in ("Filter", "Join Filter"))
    return int(each * node["Actual Loops"]) + sum(map(_rows, node.get("Plans", [])))


def _wholes(node: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in node.get("Plans", []):
        for table, rows in _wholes(part).items():
            found[table] = max(rows, found.get(table, 0))
    if node["Node Type"] == "Seq Scan":
        rows = int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
        found[node["Relation Name"]] = max(rows, found.get(node["Relation Name"], 0))
    return found


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
