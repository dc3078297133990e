"""The history of a house of many years, as a file."""

from __future__ import annotations

import pytest
from django.db import connection

from shared_apps.providers.selectors import verlauf as selectors
from tests.factories.bulk import copy_row
from tests.factories.register import create_angebot, create_einrichtung
from tests.people import Cast

KUESTE = "Jugendhilfe Küste gGmbH"


@pytest.mark.django_db
def test_a_file_in_parts_is_the_same_file(cast, vg, sign_in, monkeypatch):
    haus = create_einrichtung(anbieter=KUESTE)
    for number in range(4):
        create_angebot(einrichtung=haus, plaetze=3, name=f"Wohngruppe {number}")
    url, ines = f"/anbieter/einrichtungen/{haus.pk}/verlauf/?format=csv", sign_in("ines")
    whole = ines.get(url).content.decode()
    assert whole.count("\r\n") > 12
    monkeypatch.setattr(selectors, "TEIL", 3)
    assert ines.get(url).content.decode() == whole


@pytest.mark.slow
def test_more_entries_than_a_statement_takes(own_database):
    """PostgreSQL takes 65,535 keys, and the page answered with an unexpected error."""
    cast, many = Cast(), 66_000
    haus = create_einrichtung(anbieter=KUESTE)
    create_angebot(einrichtung=haus, plaetze=1)
    where = f"einrichtung_id = '{haus.pk}' AND kopf_id IS NULL"
    copy_row(own_database, "providers_registeraenderung", many, where=where)
    answer = cast.sign_in("ines").get(f"/anbieter/einrichtungen/{haus.pk}/verlauf/?format=csv")
    assert answer.status_code == 200
    assert answer.content.count(b"\r\n") > many
    connection.close()
