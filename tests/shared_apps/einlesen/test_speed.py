"""A list costs statements by the part, not by the facility: into the register and out of it again."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.einlesen.services.ausfuehren import run_einlesung
from shared_apps.regions.models import Region
from tests.shared_apps.einlesen.lists import befunde, csv_of, release, send, take_back, zeile

pytestmark = pytest.mark.django_db


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


def statements(cast, haeuser: int) -> tuple[int, int]:
    """Of reading in and of taking back, of facilities whose licences begin on different days."""
    einlesung = send(
        cast,
        csv_of(
            zeile(anbieter_nr=f"T-{n // 10}", anbieter=f"Träger {n // 10}", einrichtung_nr=f"E-{n}",
                  einrichtung=f"Haus {n}", erlaubnis_vom=f"{1 + n % 3:02}.03.2019")
            for n in range(haeuser)
        ),
    )  # fmt: skip
    release(cast, einlesung)
    with CaptureQueriesContext(
        connection,
    ) as hin:
        run_einlesung(einlesung_id=einlesung.pk)
    with CaptureQueriesContext(connection) as zurueck:
        assert take_back(cast, einlesung) == 0
    return len(hin), len(zurueck)


def test_statements__as_many_for_thirty_facilities_as_for_five(cast, vg):
    statements(cast, 1)  # people are made, what is kept in memory is read
    assert statements(cast, 5) == statements(cast, 30)


def test_a_plan_of_its_own_for_each_house__ends_with_the_function_that_asks_for_it(cast, vg):
    """Said for the transaction it made every other trigger plan once more for each row (providers.0018)."""
    einlesung = send(cast, csv_of([zeile()]))
    release(cast, einlesung)
    run_einlesung(einlesung_id=einlesung.pk)
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("auto",)
