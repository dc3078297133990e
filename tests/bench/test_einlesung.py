"""2,000 facilities with three offers and twenty places each are in the register within a minute, and out of it again.

Beside the seconds: how many statements, and how much longer than writing the same rows bare, into tables without
triggers, row rules and journal.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection

from shared_apps.einlesen.services.ausfuehren import run_einlesung
from shared_apps.providers.models import Angebot, Einrichtung, Entgelt, Platz
from tests.security.figures import figure
from tests.shared_apps.einlesen.lists import csv_of, release, send, take_back, zeile

HAEUSER = 2_000
#: What a list writes.
TABELLEN = (
    "providers_anbieter", "providers_einrichtung", "providers_betriebserlaubnis", "providers_angebot",
    "providers_angebot_spezialisierungen", "providers_platz", "providers_entgeltvorschlag", "providers_entgelt",
    "einlesen_einleseposten", "einlesen_fremdschluessel", "journal_journaleintrag",
)  # fmt: skip


class Messung:
    """Seconds and statements of each step, printed and kept."""

    def __init__(self) -> None:
        self.sekunden: dict[str, float] = {}
        self.anweisungen: dict[str, int] = {}

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        gezaehlt = 0

        def count(execute, sql, params, many, context):
            nonlocal gezaehlt
            gezaehlt += 1
            return execute(sql, params, many, context)

        start, own = time.monotonic(), time.process_time()
        with connection.execute_wrapper(count):
            done = work()
        self.sekunden[name], self.anweisungen[name] = time.monotonic() - start, gezaehlt
        own = time.process_time() - own
        print(f"{name}: {self.sekunden[name]:.1f} s, of these {own:.1f} s our own; {gezaehlt} statements")
        return done


def liste(haeuser: int, angebote: int = 3) -> bytes:
    """Facilities of providers with ten each, with offers, places, rates and a licence."""
    return csv_of(
        zeile(
            anbieter_nr=f"T-{n // 10}", anbieter=f"Träger {n // 10}", einrichtung_nr=f"E-{n}", einrichtung=f"Haus {n}",
            angebot_nr=f"A-{a}", angebot=f"Gruppe {a}", plaetze="20", erlaubnis_plaetze=f"{20 * angebote}",
        )
        for n in range(haeuser)
        for a in range(angebote)
    )  # fmt: skip


def bare() -> float:
    """Seconds for the rows that are there now once more, into tables with the same columns and indexes and nothing
    else, by another connection with the owner's rights: this one's rows are not committed, so they are copied over."""
    seconds = 0.0
    name_of = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], dbname=name_of) as owner, connection.cursor() as cursor:
        for name in TABELLEN:
            owner.execute(f"CREATE TEMPORARY TABLE roh AS SELECT * FROM {name} LIMIT 0")
            owner.execute(f"CREATE TEMPORARY TABLE nackt (LIKE {name} INCLUDING DEFAULTS INCLUDING INDEXES)")
            with (
                cursor.copy(f"COPY (SELECT * FROM {name}) TO STDOUT") as her,
                owner.cursor() as writer,
                writer.copy("COPY roh FROM STDIN") as hin,
            ):
                for block in her:
                    hin.write(block)
            start = time.monotonic()
            owner.execute("INSERT INTO nackt SELECT * FROM roh")
            seconds += time.monotonic() - start
            owner.execute("DROP TABLE roh; DROP TABLE nackt")
    return seconds


@pytest.mark.bench
def test_two_thousand_facilities_in_a_minute(cast, vg):
    messung = Messung()
    einlesung = messung("send and check", lambda: send(cast, liste(HAEUSER)))
    messung("hand in, release", lambda: release(cast, einlesung))
    messung("read in", lambda: run_einlesung(einlesung_id=einlesung.pk))
    assert Einrichtung.objects.count() >= HAEUSER and Angebot.objects.count() >= 3 * HAEUSER
    assert Platz.objects.count() >= 60 * HAEUSER and Entgelt.objects.count() >= 3 * HAEUSER
    messung.sekunden["the same rows bare"] = bare()
    assert messung("take back", lambda: take_back(cast, einlesung)) == 0
    for name, seconds in messung.sekunden.items():
        figure(f"list of {HAEUSER} facilities: {name}", round(seconds, 1), "s")
    for name in ("read in", "take back"):
        figure(f"list of {HAEUSER} facilities: {name}, statements", messung.anweisungen[name], "")
        mal = messung.sekunden[name] / messung.sekunden["the same rows bare"]
        figure(f"list of {HAEUSER} facilities: {name}, times the bare rows", round(mal, 1), "")
    assert messung.sekunden["read in"] < 60 and messung.sekunden["take back"] < 60
    assert messung.anweisungen["read in"] < 45 * (HAEUSER * 3 / 400 + 1), "per part, not per facility"
