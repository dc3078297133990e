"""The list of invoices: rows, filters, totals, CSV, a fixed number of queries."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg, plaetze=10)


def test_list__office_all_provider_her_own(story, sign_in) -> None:
    rechnung = bill(story, story.book(), nummer="R-1")
    for name, at in (("doris", None), ("emil", None), ("clara", None), ("ines", "VG")):
        assert "R-1" in sign_in(name, at=at).get("/abrechnung/").text, name
    assert "R-1" not in sign_in("jan", at="VG").get("/abrechnung/").text
    assert "R-1" not in sign_in("hilde").get("/abrechnung/").text
    assert sign_in("anna").get("/abrechnung/").status_code == 403
    assert rechnung.zustand == "EINGEREICHT"


def test_list__filters_totals_and_csv(story, sign_in) -> None:
    buchung = story.book()
    bill(story, buchung, nummer="=R-1")
    bill(story, buchung, date(2017, 7, 1), range(1, 32), nummer="R-2")
    doris = sign_in("doris")
    assert "4.636,00" in doris.get("/abrechnung/").text
    july = doris.get("/abrechnung/", {"monat": "2017-07", "zustand": "OFFEN", "anbieter": "küste"}).text
    assert "R-2" in july
    assert "=R-1" not in july
    assert "Keine Rechnung gefunden" in doris.get("/abrechnung/", {"zustand": "BEZAHLT"}).text
    csv = doris.get("/abrechnung/csv/").content.decode()
    assert csv.startswith("\ufeffRechnungsnummer;")
    assert "'=R-1;06/2017;" in csv
    assert ";2280,00;" in csv


def test_list__number_of_queries_does_not_grow(story, sign_in) -> None:
    doris = sign_in("doris")
    buchung = story.book()
    bill(story, buchung)

    def count(client, path) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    ines = sign_in("ines", at="VG")
    doris.get("/abrechnung/"), ines.get("/abrechnung/")  # the host's tenant is now cached
    before = count(doris, "/abrechnung/"), count(ines, "/abrechnung/monate/")
    bill(story, buchung, date(2017, 7, 1), range(1, 32))
    bill(story, story.book(), date(2017, 8, 1), range(1, 32))
    assert (count(doris, "/abrechnung/"), count(ines, "/abrechnung/monate/")) == before
