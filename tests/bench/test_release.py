"""One column in many offices: a release while people work, against bare SQL (`make bench`).

SOJUS_BENCH_OFFICES: how many offices, else 50.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests import bootstrap
from tests.tenants import owner
from tests.tenants.operations.people_at_work import people_at_work

pytestmark = pytest.mark.bench

COLUMN = "tests.tenants.operations.later.column_settings"
OFFICES = int(os.environ.get("SOJUS_BENCH_OFFICES", "50"))
HEAD = "kuerzel;name;kurzname;ags;typ;sitz;land;stichtag;zensusbasis;quelle;ew;u3;3-5;6-14;15-17;18-24;25-29"
ROW = "{k};Landkreis {k};{k};{ags};LK;Ort;Probeland;31.12.2024;Zensus 2022;Probe;1000;10;10;10;10;10;10"


@pytest.fixture
def many_offices(own_database, tmp_path) -> Iterator[list[str]]:
    """Schemas of that many offices in a database of their own."""
    more = [f"BENCH{number:02d}" for number in range(OFFICES - 3)]
    datei = tmp_path / "bench.csv"
    datei.write_text("\n".join([HEAD, *(ROW.format(k=k, ags=f"98{n:03d}") for n, k in enumerate(more))]))
    owner.manage(own_database, "load_reference", "--datei", str(datei))
    for first in range(0, len(more), 10):
        owner.manage(own_database, "onboard_tenant", "--kuerzel", *more[first : first + 10])
    yield ["vg", "hro", "lhsn", *(k.lower() for k in more)]
    for kuerzel in more:
        with contextlib.suppress(psycopg.Error):
            owner.drop_role(kuerzel)


def _bare(name: str, schemas: list[str]) -> float:
    """The same statements for all offices by hand, and taken back."""
    with psycopg.connect(bootstrap.with_database(bootstrap.OWNER_URL, name)) as by_hand:
        began = time.perf_counter()
        for schema in schemas:
            by_hand.execute(f"ALTER TABLE {schema}.placements_reservierung ADD COLUMN spaeter varchar(20)")
        seconds = time.perf_counter() - began
        by_hand.rollback()
    return seconds


def test_one_column_in_many_offices(own_database, many_offices, capsys) -> None:
    """Pages of workers, providers and strangers are asked all the time, in every office: no answer is an error."""
    bare = _bare(own_database, many_offices)
    others = tuple(f"{schema}.localhost" for schema in many_offices if schema.startswith("bench"))
    with people_at_work(more_hosts=others) as (result, pages):
        began = time.perf_counter()
        said = owner.manage(own_database, "migrate_all", settings=COLUMN).stdout
        seconds = time.perf_counter() - began
    began = time.perf_counter()
    owner.manage(own_database, "migrate_all", settings=COLUMN)
    again = time.perf_counter() - began
    with capsys.disabled():
        factor = seconds / bare
        print(f"\nbench release in {OFFICES} offices: {seconds:.1f} s, bare SQL {bare:.2f} s (factor {factor:.0f})")
        print(f"meanwhile {result.responses} answers, by status {result.by_status}; nothing to do: {again:.1f} s")
    assert f"({OFFICES} Schemata migriert" in said
    assert result.errors == []
    assert result.responses > pages and set(result.by_status) == {200, 302}
