"""Every list of the house in a small and in a big office: the ratio (`make bench TESTS="-k lists"`).

SOJUS_BENCH_LISTS: how many rows each time, "100,20000" without it; the first is what the others are compared with.
SOJUS_BENCH_OWN: how many of them are one provider's, each time ("87,2262").
"""

from __future__ import annotations

import os
import time

import pytest
from django.db import connection

from tenant_apps.placements.faelle.selectors.vorgang import FAELLE
from tenant_apps.placements.policies import visible_reservierungen
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.bench.lists import MARKET, MORE, WORLDS, World, fill
from tests.people import Cast
from tests.plans import explain
from tests.tenants import owner

pytestmark = pytest.mark.bench
SIZES = [int(n) for n in os.environ.get("SOJUS_BENCH_LISTS", "100,20000").split(",")]
OWN = [int(n) for n in os.environ.get("SOJUS_BENCH_OWN", "87,2262").split(",")]
TIMES = 7
#: The first page of the Fallmanager on the bare tables, with the index: what nobody can be faster than.
BARE = """SELECT r.*, h.fallnummer FROM vg.placements_reservierung r JOIN vg.cases_hilfefall h ON h.id = r.hilfefall_id
 JOIN vg.cases_klient k ON k.id = r.klient_id LEFT JOIN vg.placements_buchung b ON b.reservierung_id = r.id
 ORDER BY r.created_at DESC, r.id DESC LIMIT 51"""
_SEEN: dict[str, dict[int, tuple[float, float, int]]] = {}


def _ask(cast: Cast, world: World) -> tuple[float, float, int]:
    """Seconds of the answer, of its statements, and their number: the best of a few."""
    client = cast.api(world.who, at=world.at) if world.api else cast.sign_in(world.who, at=world.at)
    best = (9e9, 9e9, 0)
    for _ in range(TIMES):
        statements: list[float] = []

        def clock(execute, sql, params, many, context, spent=statements):
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                spent.append(time.perf_counter() - began)

        with connection.execute_wrapper(clock):
            began = time.perf_counter()
            answer = client.get(world.url)
            seconds = time.perf_counter() - began
        assert answer.status_code == 200, (world, answer.status_code)
        best = min(best, (seconds, sum(statements), len(statements)))
    return best


@pytest.mark.parametrize(("many", "own"), list(zip(SIZES, OWN, strict=True)))
def test_lists(own_database, many, own, capsys) -> None:
    cast = fill(own_database, many, own)
    with owner.superuser(own_database) as dba:
        bare = min((explain(dba.cursor(), BARE, None) for _ in range(TIMES)), key=lambda cost: cost.seconds)
    emil, vg = cast.akteur("emil", at="VG"), Tenant.objects.get(kuerzel="VG")
    with in_tenant(vg, user_id=emil.user_id), connection.cursor() as cursor:
        keys = FAELLE.order(visible_reservierungen(emil)).values_list("pk")[:51].query.sql_with_params()
        page = min((explain(cursor.cursor, *keys) for _ in range(TIMES)), key=lambda cost: cost.seconds)
    with capsys.disabled():
        print(f"\nbench lists, {many:,} rows, {own:,} of one provider")
        for what, cost in (("the head's first page of the Fallmanager", page), ("the same on bare tables", bare)):
            print(f"  {what}: {cost.seconds * 1000:.2f} ms, {cost.buffers} buffers")
        for name, world in {**WORLDS, **MORE, **MARKET}.items():
            seconds, statements, number = _ask(cast, world)
            seen = _SEEN.setdefault(name, {})
            seen[many] = (seconds, statements, number)
            first = seen[min(seen)]
            ratio = f"{seconds / first[0]:.1f} × (statements {statements / first[1]:.1f} ×)" if len(seen) > 1 else ""
            print(f"  {name:36} {seconds * 1000:7.1f} ms, {number:2} statements {statements * 1000:7.1f} ms  {ratio}")
