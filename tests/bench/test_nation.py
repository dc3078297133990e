"""The search at the size of the nation against the same rows by bare SQL (`make bench-nation`).

Bare: the offers of the page with price and free places, written by hand for the tables themselves, as their owner,
without a fence and without counts, planned each time (one plan for all questions took 1.3 s for a state). Both in one
run, in turns. What counts is the time of the database's processor; the clock is beside it, for a machine that nobody
else uses.

SOJUS_NATION_FACTOR: how much of the nation ("0.05" builds in some seconds). SOJUS_NATION_KEEP=1 keeps the database.
SOJUS_NATION_CLIENTS: how many ask at once, else 16.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import today
from tenant_apps.placements.models import Suche
from tenant_apps.placements.nacht.selectors.angebote import Nachtfrage, search_nacht
from tenant_apps.placements.search.selectors.ergebnis import ERGEBNIS
from tenant_apps.placements.search.selectors.fast_passend import list_fast_passend
from tenant_apps.placements.search.selectors.kriterien import Kriterien, kriterien_of
from tenant_apps.placements.search.selectors.search import search_seite
from tenant_apps.placements.search.selectors.treffer import Eingrenzung
from tenants.context import in_tenant
from tenants.models import Tenant
from tests import database
from tests.bench.nation import IM_WEITESTEN, Nation, nation
from tests.tenants import owner

pytestmark = [pytest.mark.bench, pytest.mark.nation]
GROESSE = Nation(float(os.environ.get("SOJUS_NATION_FACTOR", "1")))
TURNS, CLIENTS = 15, int(os.environ.get("SOJUS_NATION_CLIENTS", "16"))
#: How far is searched: name, district, reach.
WEITEN = [
    ("own district", "VG", "EIGENE"),
    ("own state", "VG", "LAND"),
    ("widest state", IM_WEITESTEN, "LAND"),
]
#: The page by hand: what fits a girl of twelve, is free, and costs least; nothing is counted.
BARE = """
SELECT * FROM (
  SELECT a.id, a.name, e.name, e.ort, b.name, k.kuerzel, t.betrag, (
           SELECT count(*) FROM providers_platz p
            WHERE p.angebot_id = a.id AND p.gueltig @> %(zeit)s AND NOT EXISTS (
                  SELECT FROM occupancy_platzbindung h
                   WHERE h.platz_id = p.id AND h.zustand IN ('RESERVIERT', 'GEBUCHT') AND h.ende > lower(%(zeit)s)
                     AND range_overlaps(h.zeitraum, %(zeit)s)
                     AND (h.zustand = 'GEBUCHT' OR h.ablauf_at IS NULL OR h.ablauf_at >= now()))
              AND NOT EXISTS (SELECT FROM occupancy_platzsperre s
                               WHERE s.platz_id = p.id AND s.aufgehoben_at IS NULL AND s.zeitraum && %(zeit)s)) AS frei
    FROM providers_angebot a JOIN providers_einrichtung e ON e.id = a.einrichtung_id
    JOIN providers_anbieter b ON b.id = e.anbieter_id
    JOIN regions_gebietskoerperschaft k ON k.id = e.gebietskoerperschaft_id
    JOIN providers_entgelt t ON t.angebot_id = a.id AND t.gueltig @> lower(%(zeit)s) AND t.jugendamt_id IS NULL
   WHERE k.{wo} AND a.hilfeart_id = %(hilfeart)s AND a.gueltig @> %(zeit)s AND a.geschlecht IN ('', 'w')
     AND 12 BETWEEN a.alter_von AND a.alter_bis AND NOT EXISTS (
         SELECT FROM occupancy_aufnahmestopp t
          WHERE t.angebot_id = a.id AND t.aufgehoben_at IS NULL AND t.zeitraum @> lower(%(zeit)s))) z
 WHERE frei > 0 ORDER BY betrag, id LIMIT 25
"""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The nation; the default connection points to it."""
    keep = os.environ.get("SOJUS_NATION_KEEP") == "1"
    with django_db_blocker.unblock(), nation(GROESSE, keep=keep) as name, database.connected_to(name):
        yield name


def _suche(region: str, reichweite: str) -> Suche:
    zeitraum = DateRange(today(), today() + timedelta(days=183))
    return Suche(
        hilfeart=Hilfeart.objects.select_related("modul").get(code="S34"), region=region, reichweite=reichweite,
        zeitraum=zeitraum, tage_je_woche=7, geschlecht="w", alter=12, spezialisierungen=[], merkmale={},
    )  # fmt: skip


def _seite(kriterien: Kriterien) -> Any:
    return search_seite(kriterien, sortierung="kosten", eingrenzung=Eingrenzung(), ab=0, hoechstens=ERGEBNIS.je_seite)


def _bare(kriterien: Kriterien) -> tuple[str, dict[str, Any]]:
    wo = "land = %(land)s" if kriterien.reichweite == "LAND" else "kuerzel = %(region)s"
    land = "Land 1" if kriterien.region == IM_WEITESTEN else "Mecklenburg-Vorpommern"
    zeit = DateRange(kriterien.zeitraum.beginn, kriterien.zeitraum.ende)
    return BARE.format(wo=wo), {
        "zeit": zeit, "hilfeart": kriterien.hilfeart.pk, "region": kriterien.region, "land": land,
    }  # fmt: skip


def _busy(pid: int) -> float:
    """Milliseconds that the processor spent on this server process."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def _spent(pid: int, work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of the server's processor, and of the clock."""
    busy, began = _busy(pid), time.perf_counter()
    work()
    return _busy(pid) - busy, (time.perf_counter() - began) * 1000


def _pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _say(capsys, name: str, ours: list[tuple[float, float]], bare: list[tuple[float, float]] = ()) -> None:
    processor, clock = (median(values) for values in zip(*ours, strict=True))
    line = f"bench nation, {name}: database {processor:.1f} ms, clock {clock:.1f} ms"
    if bare:
        bare_processor, bare_clock = (median(values) for values in zip(*bare, strict=True))
        line += f"; bare {bare_processor:.1f} ms, {bare_clock:.1f} ms: ratio {processor / bare_processor:.1f}"
    with capsys.disabled():
        print(f"\n{line}")


@pytest.mark.parametrize(("name", "region", "reichweite"), WEITEN)
def test_first_page(world, capsys, name, region, reichweite) -> None:
    kriterien, spent = kriterien_of(_suche(region, reichweite)), []
    with in_tenant(Tenant.objects.get(kuerzel="VG")), owner.superuser(world) as bare:
        bare.execute("SET jit = off")
        bare.prepare_threshold = None
        pids = _pid(), bare.info.backend_pid
        statement, params = _bare(kriterien)
        asks = (lambda: _seite(kriterien), lambda: bare.execute(statement, params).fetchall())
        for _ in range(TURNS + 6):  # a session plans again the first few times
            spent += [[_spent(pid, work) for pid, work in zip(pids, asks, strict=True)]]
    ours, theirs = zip(*spent[6:], strict=True)
    _say(capsys, f"first page, {name}", ours, theirs)


@pytest.mark.parametrize(("name", "region", "reichweite"), WEITEN)
def test_beside_the_page(world, capsys, name, region, reichweite) -> None:
    suche = _suche(region, reichweite)
    with in_tenant(Tenant.objects.get(kuerzel="VG")):
        pid = _pid()
        for what, work in (
            ("near misses", lambda: list_fast_passend(suche)),
            ("tonight, her state", lambda: search_nacht(Nachtfrage(12, "w"), region=region)),
        ):
            work()
            _say(capsys, f"{what}, {name}", [_spent(pid, work) for _ in range(TURNS)])


@pytest.mark.parametrize(("name", "region", "reichweite"), WEITEN)
def test_many_at_once(world, capsys, name, region, reichweite) -> None:
    """The page's statement alone, of many sessions in the office's role at once, each with its plan."""
    kriterien, caught = kriterien_of(_suche(region, reichweite)), []

    def catch(execute, statement, params, many, context):
        if statement.lstrip().startswith("WITH"):
            caught.append((statement, params))
        return execute(statement, params, many, context)

    with in_tenant(Tenant.objects.get(kuerzel="VG")):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_schemas(false)")
            role, schemas = cursor.fetchone()
        with connection.execute_wrapper(catch):
            _seite(kriterien)
    seconds: list[float] = []

    def client() -> None:
        with owner.superuser(world) as session:
            session.execute(f"SET jit = off; SET search_path = {', '.join(schemas)}; SET ROLE {role}")
            session.prepare_threshold = 0 if reichweite == "EIGENE" or region != IM_WEITESTEN else None
            for turn in range(14):
                began = time.perf_counter()
                session.execute(*caught[0]).fetchall()
                if turn >= 6:
                    seconds.append(time.perf_counter() - began)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds.sort()
    with capsys.disabled():
        print(
            f"\nbench nation, {CLIENTS} at once, {name}: p50 {median(seconds) * 1000:.0f} ms,"
            f" p95 {seconds[int(len(seconds) * 0.95)] * 1000:.0f} ms"
        )
