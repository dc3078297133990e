"""The dye crawler: every route, everybody, every host. No answer holds a mark that does not belong there.

`make test` asks a sample in three offices: directly, through a pooler, all at once. SOJUS_CRAWL=full (make security)
asks in eight offices everything people do at their own hosts, and a large sample of all other combinations. How many:
tests/security/sizes.py; SOJUS_CRAWL_RESPONSES=n chooses another number.
"""

from __future__ import annotations

import os

import pytest

from config.access_table import list_rows
from tests.access.world import World, dye
from tests.security import sizes
from tests.security.crawl import Crawler, Result, Task, is_own
from tests.security.figures import figure
from tests.security.hammer import hammer
from tests.security.pooler import find_pgbouncer, mixes_sessions, pgbouncer, through

pytestmark = pytest.mark.slow
NO_POOLER = "pgbouncer is not installed (Debian: apt-get install pgbouncer)"
THREADS = 4
DIRECT, POOLED, HAMMER = sizes.DIRECT.number, sizes.POOLED.number, sizes.HAMMER.number


@pytest.fixture(scope="module")
def crawler(crawl_world: World) -> Crawler:
    """The plan over all routes in this world."""
    return Crawler(crawl_world, list_rows())


def _tasks(crawler: Crawler, number: int) -> list[Task]:
    wanted = int(os.environ.get("SOJUS_CRAWL_RESPONSES", "0")) or number
    return crawler.sample(wanted, all_near=sizes.FULL and wanted == DIRECT)


def _report(name: str, result: Result, part: str = "") -> None:
    figure(f"crawler {name}: responses", result.responses, part=part)
    figure(f"crawler {name}: own dyes seen", result.own, part=part)
    figure(f"crawler {name}: foreign dyes", len(result.foreign), part=part)
    figure(f"crawler {name}: server errors", len(result.errors), part=part)
    print(name, result.by_status)


def _judge(name: str, result: Result, part: str = "") -> None:
    _report(name, result, part)
    assert not result.foreign, "\n".join(result.foreign[:30])
    assert not result.errors, "\n".join(result.errors[:30])
    assert result.own > result.responses // 50, "hardly any dye in the answers: the crawler proves nothing like this"


def _direct(crawler: Crawler, half: int) -> None:
    _judge("direct", crawler.crawl(_tasks(crawler, DIRECT)[half::2], threads=THREADS), f"half {half + 1}")


@pytest.mark.xdist_group("crawler 1")
def test_direct_first_half(crawler: Crawler) -> None:
    figure("crawler: combinations of route, method, person, host and ids", sum(1 for _ in crawler.plan()))
    _direct(crawler, 0)


@pytest.mark.xdist_group("crawler 2")
def test_direct_second_half(crawler: Crawler) -> None:
    _direct(crawler, 1)


@pytest.mark.xdist_group("crawler 2")
@pytest.mark.skipif(not find_pgbouncer(), reason=NO_POOLER)
def test_behind_pgbouncer(crawler: Crawler) -> None:
    """Two server connections for all offices: what a transaction leaves behind, the next office would find."""
    from django.db import connection

    with pgbouncer(pool=2) as port:
        assert mixes_sessions(port, connection.settings_dict["NAME"]), "this pooler hands nobody's session to others"
        with through(port):
            result = crawler.crawl(_tasks(crawler, POOLED), threads=THREADS)
            _judge("behind PgBouncer", result)


@pytest.mark.xdist_group("crawler 1")
@pytest.mark.skipif(not find_pgbouncer(), reason=NO_POOLER)
def test_hammer_behind_pgbouncer(crawler: Crawler) -> None:
    """Three offices at once, with refusals, database errors, rolled-back savepoints in between."""
    with pgbouncer(pool=2) as port, through(port):
        result = hammer(crawler.world, requests=HAMMER, threads=8)
    _report("hammer behind PgBouncer", result)
    assert not result.foreign, "\n".join(result.foreign[:30])
    assert not result.errors, "\n".join(result.errors[:30])
    assert result.responses >= HAMMER
    assert result.own > result.responses // 4


# -- the crawler itself finds what it is for -----------------------------------------------------


@pytest.mark.xdist_group("crawler 1")
def test_a_loosened_sight_is_found(crawler: Crawler, monkeypatch) -> None:
    """A provider whose queryset lost its filter: the crawler sees the other provider's child."""
    from tenant_apps.placements import policies
    from tenant_apps.placements.models import Buchung, Reservierung

    monkeypatch.setattr(policies, "visible_buchungen", lambda akteur: Buchung.objects.all())
    monkeypatch.setattr(policies, "visible_reservierungen", lambda akteur: Reservierung.objects.all())
    office = crawler.world.offices["VG"]
    result = Result()
    for key in (("", "ANBIETER"), ("VG", "ASD")):
        for path in ("/faelle/", f"/buchungen/{office.neighbour['buchungen']}/"):
            crawler.ask(Task(office.host, "GET", path, key), result)
    assert result.foreign


@pytest.mark.xdist_group("crawler 1")
def test_own_and_foreign(crawler: Crawler) -> None:
    people = crawler.world.people
    asd, provider, admin = people["VG", "ASD"], people["", "ANBIETER"], people["VG", "TENANT_ADMIN"]
    dsb = people["VG", "DATENSCHUTZ"]
    vg, hro, portal = "vg.localhost", "hro.localhost", "portal.localhost"
    assert dye("VG", "k", 1) == "FbVGk01x"
    cases = [
        (asd, vg, "VG", "k", 1, True),
        (asd, vg, "VG", "k", 2, False),
        (asd, vg, "HRO", "k", 1, False),
        (asd, hro, "HRO", "k", 1, False),
        (asd, portal, "VG", "k", 1, False),
        (provider, vg, "VG", "k", 1, True),
        (provider, hro, "HRO", "k", 1, True),
        (provider, vg, "VG", "k", 3, False),
        (provider, vg, "VG", "k", 2, False),
        (provider, vg, "VG", "n", 1, False),
        (provider, vg, "VG", "a", 1, True),
        (provider, vg, "VG", "a", 2, False),
        (provider, vg, "VG", "b", 1, False),
        (admin, vg, "VG", "k", 1, False),
        (asd, vg, "VG", "e", 1, True),
        (asd, vg, "VG", "e", 2, False),
        *((people["VG", rolle], vg, "VG", "e", 1, False) for rolle in ("TEAMLEITUNG", "JUGENDAMTSLEITUNG", "WJH")),
        (dsb, vg, "VG", "k", 1, False),
        (None, vg, "VG", "k", 1, False),
    ]
    for person, host, kuerzel, kind, number, own in cases:
        assert is_own(person, host, kuerzel, kind, number, is_neighbour=False) == own, (person, host, kind, number)
    rights = {"is_neighbour": False, "path": "/datenschutzrechte/personen/x/"}
    assert is_own(dsb, vg, "VG", "k", 2, **rights)
    assert not is_own(dsb, vg, "VG", "e", 2, **rights)
    assert not is_own(admin, vg, "VG", "k", 2, **rights)
