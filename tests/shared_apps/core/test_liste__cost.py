"""What a page of a list costs does not grow with what is not on it: counted in pages of the database and in rows.

Every list of the market is opened in a small market and in one six times as big, by the person who really asks, with
row-level security. What a page says of everything there is (places that are free today, the share of confirmed
vacancies) has to be counted, and grows: `SUMMEN` says which statements do, and each counts in the database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import connection
from django.http import HttpResponse

from tests.bench.lists import MARKET, build_house, build_market, build_past
from tests.people import Cast
from tests.plans import Cost, explain

#: The small market fills its pages; the big one is six times as big (20,000: the state's).
SIZES = [int(n) for n in os.environ.get("SOJUS_MARKET", "1000,6000").split(",")]
#: Indexes are deeper, rows further apart; one or two statements where something is there to be named.
FACTOR, FREE = 1.7, 1_500
#: What is known to grow, and why.
GROWS = {
    "bookings of many houses": "a month has as many rows as she has places; each is read once, and summed up",
    "bookings of one big house": "the same",
}
#: Statements that count all there is, once, in the database; by a part of them.
SUMMEN = (
    "WITH eigene (id)",
    "WITH geprueft",
    'AS "frisch"',
    "SELECT DISTINCT a.einrichtung_id",
    "SELECT COUNT(*)",
)


@dataclass(frozen=True)
class Asked:
    """What the statements of one page cost, without `SUMMEN`."""

    buffers: int
    rows: int
    #: Rows on the page: what few have (a licence that runs out) does not fill it in the small market.
    shown: int
    dearest: str
    #: Tables that one of these statements read from the beginning, further than there are offers: of those and of their
    #: houses the planner reads all where it needs a tenth. Places, holds, rates, changes are many times as many.
    ganze: frozenset[str]


@contextmanager
def costs() -> Iterator[list[Cost]]:
    """Every SELECT that runs meanwhile, explained under the role that asks."""
    found: list[Cost] = []

    def wrapper(execute, statement, params, many, context):
        if statement.lstrip().startswith(("SELECT", "WITH")):
            with connection.cursor() as cursor:
                found.append(explain(cursor.cursor, statement, params))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield found


def ask_all(cast: Cast, many: int) -> dict[str, Asked]:
    asked, clients = {}, {}
    for name, world in MARKET.items():
        key = (world.who, world.api)
        if key not in clients:
            clients[key] = cast.api(world.who, at=world.at) if world.api else cast.sign_in(world.who, at=world.at)
        with costs() as found:
            response = clients[key].get(world.url)
        assert response.status_code == 200, world
        counted = [cost for cost in found if not any(part in cost.statement for part in SUMMEN)]
        dearest = max(counted, key=lambda cost: cost.buffers)
        asked[name] = Asked(
            sum(c.buffers for c in counted),
            sum(c.rows for c in counted),
            _count_shown(response),
            f"{dearest.buffers} pages, {dearest.rows} rows: {dearest.statement[:200]}",
            frozenset(table for cost in counted for table, rows in cost.ganze.items() if rows > many),
        )
    return asked


def _count_shown(response: HttpResponse) -> int:
    """Rows of the page's list; 1 of what is no list."""
    if response.headers["Content-Type"].startswith("application/json"):
        answer = response.json()
        return max(1, len(answer["results"])) if "results" in answer else 1
    return max(1, len(response.context["page"])) if "page" in response.context else 1


def _grows(small: Asked, big: Asked) -> bool:
    """For each row that is shown. A small table is read as a whole where a big one is asked by its index, so one of the
    two figures may grow."""
    factor = FACTOR * max(1, big.shown / small.shown)
    return big.buffers > small.buffers * factor + FREE and big.rows > small.rows * factor + FREE


_SEEN: dict[int, dict[str, Asked]] = {}


@pytest.mark.parametrize("many", SIZES)
def test_a_page_costs_what_is_on_it(own_database, many, capsys) -> None:
    cast = Cast()
    build_house()
    for name in {world.who for world in MARKET.values()}:
        cast.user(name)
    build_market(own_database, cast, many)
    build_past(own_database, cast, many)
    _SEEN[many] = ask_all(cast, many)
    small = _SEEN[min(_SEEN)]
    lines = [
        f"{name:34} {a.buffers / max(1, small[name].buffers):4.1f} × {a.buffers:7} pages,"
        f" {a.rows / max(1, small[name].rows):4.1f} × {a.rows:7} rows, {a.shown:3} shown; {a.dearest}"
        for name, a in _SEEN[many].items()
    ]
    if os.environ.get("SOJUS_MARKET"):
        with capsys.disabled():
            print(f"\nmarket, {many:,}", *lines, sep="\n  ")
    grown = [
        line
        for line, (name, a) in zip(lines, _SEEN[many].items(), strict=True)
        if name not in GROWS and _grows(small[name], a)
    ]
    assert not grown, "\n" + "\n".join(grown)
    if many == max(SIZES):  # a small table is read as a whole
        assert not {name: a.ganze for name, a in _SEEN[many].items() if a.ganze}
