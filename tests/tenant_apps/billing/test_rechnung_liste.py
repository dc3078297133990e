"""The list of invoices: rows, filters, totals, CSV, a fixed number of queries."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.core.liste import LISTEN
from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.selectors import rechnungen as selectors
from tenant_apps.billing.services.check import check_rechnung
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


def test_list__who_works_through_a_filter_sees_every_invoice_once(story, sign_in, monkeypatch) -> None:
    """Page by page with "Weiter": what was certified has left the filter, the rest is still to come."""
    monkeypatch.delitem(LISTEN, "billing:list")
    monkeypatch.setattr(selectors, "RECHNUNGEN", replace(selectors.RECHNUNGEN, je_seite=2))
    buchung, doris, akteur = story.book(), sign_in("doris"), story.akteur("doris")
    for month in range(6, 11):
        bill(story, buchung, date(2017, month, 1), range(1, 31 if month in (6, 9) else 32), nummer=f"W-{month:02}")
    address, found = "/abrechnung/?zustand=EINGEREICHT", []
    while address:
        text = doris.get(address).text
        rows = re.findall(r"/abrechnung/rechnungen/([0-9a-f-]{36})/", text)
        found += sorted(set(re.findall(r"W-\d\d", text)), reverse=True)
        for pk in set(rows):
            rechnung = story.reload(Rechnung(pk=pk))
            with story.at_vg():
                check_rechnung(rechnung=rechnung, akteur=akteur)
        weiter = re.search(r'href="([^"]+)" rel="next"', text)
        address = f"/abrechnung/{unescape(weiter[1])}" if weiter else ""
    assert found == [f"W-{month:02}" for month in range(10, 5, -1)]
    assert "Eine Seite 9 gibt es" in doris.get("/abrechnung/?seite=9").text
