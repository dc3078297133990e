"""2,000 facilities with three offers and twenty places each are in the register within a minute."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.einlesen.services.ausfuehren import run_einlesung
from shared_apps.providers.models import Angebot, Einrichtung, Entgelt, Platz
from shared_apps.regions.models import Region
from tests.security.figures import figure
from tests.shared_apps.einlesen.lists import befunde, csv_of, release, send, take_back, zeile

HAEUSER = 2_000


def test_looking_at_a_list_asks_as_often_for_one_facility_as_for_twenty(cast, vg, django_assert_max_num_queries):
    region = Region.objects.filter(gebietskoerperschaft__kuerzel="VG").first()

    def liste(anzahl: int) -> bytes:
        haeuser = range(anzahl)
        return csv_of(
            zeile(einrichtung_nr=f"E-{n}", einrichtung=f"Haus {n}", region=region.name, erlaubnis_nr=f"LJA {n}")
            for n in haeuser
        )

    with CaptureQueriesContext(connection) as one:
        assert befunde(send(cast, liste(1))) == ["NEU"]
    with django_assert_max_num_queries(len(one)):
        assert befunde(send(cast, liste(20))) == ["NEU"] * 20


@pytest.mark.bench
def test_two_thousand_facilities_in_a_minute(cast, vg):
    liste = csv_of(
        zeile(
            anbieter_nr=f"T-{n // 10}", anbieter=f"Träger {n // 10}", einrichtung_nr=f"E-{n}", einrichtung=f"Haus {n}",
            angebot_nr=f"A-{a}", angebot=f"Gruppe {a}", plaetze="20",
            erlaubnis_plaetze="60",
        )
        for n in range(HAEUSER)
        for a in range(3)
    )  # fmt: skip
    zeiten = {}

    def timed(name, work):
        start, own = time.monotonic(), time.process_time()
        done = work()
        zeiten[name] = time.monotonic() - start
        print(f"{name}: {zeiten[name]:.1f} s, of these {time.process_time() - own:.1f} s our own")
        return done

    einlesung = timed("send and check", lambda: send(cast, liste))
    timed("hand in, release", lambda: release(cast, einlesung))
    timed("read in", lambda: run_einlesung(einlesung_id=einlesung.pk))
    assert Einrichtung.objects.count() >= HAEUSER and Angebot.objects.count() >= 3 * HAEUSER
    assert Platz.objects.count() >= 60 * HAEUSER and Entgelt.objects.count() >= 3 * HAEUSER
    assert timed("take back", lambda: take_back(cast, einlesung)) == 0
    for name, seconds in zeiten.items():
        figure(f"list of {HAEUSER} facilities: {name}", round(seconds, 1), "s")
    assert zeiten["read in"] < 60
