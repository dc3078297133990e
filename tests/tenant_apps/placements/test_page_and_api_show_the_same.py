"""What the page hides from a role the API hides too: name, number, birth, sex, age of the young person, by role."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.cases import create_hilfefall, create_klient
from tests.tenant_apps.placements.story import Story, tell

pytestmark = pytest.mark.django_db
#: How a field looks on the page and in the API.
FORMEN = {
    "vorname": ("Vornfarbe", '"Vornfarbe"'),
    "nachname": ("Nachfarbe", '"Nachfarbe"'),
    "geburtsdatum": ("29.03.2004", '"2004-03-29"'),
    "geschlecht": (">divers<", '"geschlecht":"d"'),
    "alter_bei_beginn": ("13 Jahre", '"alter_bei_beginn":13'),
    "fallnummer": ("FARB-77", '"FARB-77"'),
}
NAME = {"vorname", "nachname", "fallnummer"}
AKTE = NAME | {"geburtsdatum", "geschlecht"}
#: Of a booking (docs/security.md "Who may see what": case master data and file).
BUCHUNG = {
    "anna": AKTE, "clara": AKTE, "doris": NAME, "emil": {"fallnummer"},
    "ines": AKTE, "bille": NAME,
}  # fmt: skip
#: Of a reservation that nobody has booked yet.
RESERVIERUNG = {
    "anna": AKTE, "clara": AKTE, "doris": NAME, "emil": {"fallnummer"},
    "ines": {"geschlecht", "alter_bei_beginn"}, "bille": set(),
}  # fmt: skip
#: The API tells age or sex of a reservation to readers of the file, who find birth and sex on the page.
ALTER_STATT_GEBURT = {"alter_bei_beginn"}


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def _case(story: Story) -> dict:
    anna = story.cast.user("anna")
    with story.at_vg():
        klient = create_klient(
            vorname="Vornfarbe", nachname="Nachfarbe", geburtsdatum=date(2004, 3, 29), geschlecht="3"
        )
        fall = create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer="FARB-77", team="Anklam")
    return {"hilfefall": fall, "alter_bei_beginn": 13}


def _shown(text: str, side: int) -> set[str]:
    return {feld for feld, formen in FORMEN.items() if formen[side] in text}


def _page_and_api(story: Story, name: str, path: str) -> tuple[set[str], set[str]]:
    page = story.cast.sign_in(name, at="VG").get(f"/{path}")
    answer = story.cast.api(name, at="VG").get(f"/api/v1/{path}")
    assert (page.status_code, answer.status_code) == (200, 200), name
    return _shown(page.text, 0), _shown(answer.text, 1)


@pytest.mark.parametrize("name", BUCHUNG)
def test_buchung__page_and_api_show_the_same_of_the_person(story, name):
    buchung = story.book(**_case(story))
    page, api = _page_and_api(story, name, f"buchungen/{buchung.pk}/")
    assert page == BUCHUNG[name]
    assert api == page


@pytest.mark.parametrize("name", RESERVIERUNG)
def test_reservierung__api_shows_no_field_that_the_page_hides(story, name):
    reservierung = story.reserve(**_case(story))
    page, api = _page_and_api(story, name, f"reservierungen/{reservierung.pk}/")
    assert page == RESERVIERUNG[name]
    hidden = api - page
    assert hidden == set() or (page == AKTE and hidden == ALTER_STATT_GEBURT)
    answer = story.cast.api(name, at="VG").get(f"/api/v1/reservierungen/{reservierung.pk}/").json()
    listed = story.cast.api(name, at="VG").get("/api/v1/reservierungen/").json()["results"]
    assert listed == [answer], "the list says no more than the detail"
    if name == "emil":
        assert (answer["klient"], answer["auswahlvermerk"], answer["suche"]) == (None, None, None)
    if name == "doris":
        assert answer["klient"] and answer["suche"] is None


def test_reservierungen__as_many_statements_for_ten_as_for_one(story):
    fall = _case(story)
    story.reserve(**fall)
    client = story.cast.api("doris", at="VG")
    client.get("/api/v1/reservierungen/")
    with CaptureQueriesContext(connection) as one:
        client.get("/api/v1/reservierungen/")
    for _ in range(3):
        story.reserve(**fall)
    with CaptureQueriesContext(connection) as four:
        assert len(client.get("/api/v1/reservierungen/").json()["results"]) == 4
    assert len(four) == len(one)
