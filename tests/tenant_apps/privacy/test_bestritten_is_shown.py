"""A disputed field is marked on every page, list and answer that shows it, and nowhere else."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenant_apps.cases.models import Klient
from tenant_apps.cases.personfelder import BESTREITBARE
from tenant_apps.placements.portal import KLIENT
from tenant_apps.privacy.models import Feldvermerk
from tenants.context import in_tenant_portal
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.placements import create_suche
from tests.tenant_apps.placements.story import Story, tell

pytestmark = pytest.mark.django_db
BOX, WORT = "Angaben bestritten", "bestritten: Nachname"


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


@pytest.fixture
def buchung(story):
    """Booked last month and still running, so that a month is due."""
    anna = story.cast.user("anna")
    with story.at_vg():
        klient = create_klient(vorname="Ophelia", nachname="Farbtupfer", geburtsdatum=date(2007, 3, 14))
        fall = create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer="FARB-1", team="Anklam")
    return story.book(hilfefall=fall)


def _dispute(story: Story, klient: Klient, *felder: str) -> None:
    anna = story.cast.user("anna")
    with story.at_vg():
        for feld in felder:
            Feldvermerk.objects.create(klient=klient, feld=feld, art="BESTRITTEN", grund="x", erfasst_von_id=anna.pk)


def _pages(story: Story, buchung) -> list[tuple[str, str, str]]:
    """Who, where, which form of the mark."""
    with story.at_vg():
        fall = buchung.hilfefall
        suche = create_suche(hilfefall=fall, angebot=story.angebot)
        vermerk = buchung.reservierung.auswahlvermerk_id
    reservierung = f"/reservierungen/{buchung.reservierung_id}/"
    return [
        ("anna", "/hilfefaelle/", WORT),
        ("anna", f"/hilfefaelle/{fall.pk}/", BOX),
        ("anna", f"/hilfefaelle/{fall.pk}/bearbeiten/", BOX),
        ("anna", "/faelle/", WORT),
        ("anna", f"/buchungen/{buchung.pk}/", BOX),
        ("anna", reservierung, BOX),
        ("anna", f"/auswahlvermerke/{vermerk}/", WORT),
        ("anna", "/hze-auswahl/", WORT),
        ("anna", f"/hze-auswahl/{suche.pk}/angebote/{story.angebot.pk}/", WORT),
        ("anna", f"/datenschutzrechte/personen/{fall.klient_id}/", BOX),
        ("doris", "/hilfefaelle/", WORT),
        ("doris", f"/hilfefaelle/{fall.pk}/", BOX),
        ("doris", f"/buchungen/{buchung.pk}/", BOX),
        ("ines", "/faelle/", WORT),
        ("ines", f"/buchungen/{buchung.pk}/", BOX),
        ("ines", reservierung, BOX),
        ("ines", "/abrechnung/monate/", WORT),
        ("ines", f"/abrechnung/buchungen/{buchung.pk}/2017/6/", BOX),
    ]


def test_mark_stands_on_every_page_that_shows_the_name(story, buchung):
    pages = _pages(story, buchung)
    clients = {name: story.cast.sign_in(name, at="VG") for name in ("anna", "doris", "ines")}
    for name, path, _ in pages:
        page = clients[name].get(path)
        assert page.status_code == 200 and "Farbtupfer" in page.text, f"{name} {path}"
        assert "estritten" not in page.text.replace("Als bestritten vermerken", ""), f"{name} {path}"
    _dispute(story, buchung.klient, "nachname")
    for name, path, mark in pages:
        text = clients[name].get(path).text
        assert mark in text, f"{name} {path}"
        assert mark == WORT or "Nachname: Die Person bestreitet" in text, f"{name} {path}"


def test_mark_is_only_about_what_the_reader_is_shown(story, buchung):
    """Whoever only pays sees no birth date; that it is disputed does not concern her page."""
    _dispute(story, buchung.klient, "geburtsdatum")
    seen = {
        name: BOX in story.cast.sign_in(name, at="VG").get(f"/buchungen/{buchung.pk}/").text
        for name in ("anna", "ines", "doris", "emil", "bille")
    }
    assert seen == {"anna": True, "ines": True, "doris": False, "emil": False, "bille": False}
    assert "bestritten" not in story.cast.sign_in("anna").get("/hilfefaelle/").text, "the list shows no birth date"
    api = {
        name: story.cast.api(name, at="VG").get(f"/api/v1/buchungen/{buchung.pk}/").json()["klient"]["bestritten"]
        for name in ("anna", "ines", "doris")
    }
    assert api == {"anna": ["geburtsdatum"], "ines": ["geburtsdatum"], "doris": []}


def test_provider_learns_of_it_only_with_the_datum_itself(story):
    anna = story.cast.user("anna")
    with story.at_vg():
        fall = create_hilfefall(fachkraft_id=anna.pk, klient=create_klient())
    reservierung = story.reserve(hilfefall=fall)
    path = f"/reservierungen/{reservierung.pk}/"
    ines = story.cast.sign_in("ines", at="VG")
    _dispute(story, fall.klient, "nachname")
    assert BOX not in ines.get(path).text, "she does not know the name yet"
    _dispute(story, fall.klient, "geschlecht")
    text = ines.get(path).text
    assert "Geschlecht: Die Person bestreitet" in text and "Nachname" not in text


def test_provider_never_learns_of_a_disputed_datum_she_is_not_shown(story, buchung):
    """Not even from the view that her pages read: what her view of the person does not name is not hers."""
    _dispute(story, buchung.klient, *BESTREITBARE)
    ines = story.akteur("ines")
    with in_tenant_portal(story.vg, user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        told = set(Feldvermerk.objects.filter(klient=buchung.klient).values_list("feld", flat=True))
    assert told == {*KLIENT.columns, *KLIENT.shown_when} & set(BESTREITBARE)
    assert "pkz" in set(BESTREITBARE) - told


@pytest.mark.parametrize("path", ["/hilfefaelle/", "/faelle/", "/hze-auswahl/"])
def test_mark_costs_the_same_statements_for_many(story, buchung, path):
    anna = story.cast.sign_in("anna", at="VG")
    _dispute(story, buchung.klient, "nachname")
    anna.get(path)
    with CaptureQueriesContext(connection) as one:
        assert anna.get(path).text.count(WORT) == 1
    for _ in range(3):
        _dispute(story, story.book().klient, "nachname")
    with CaptureQueriesContext(connection) as four:
        assert anna.get(path).text.count(WORT) == 4
    assert len(four) == len(one)


def test_csv_and_lists_of_the_api_show_no_field_that_can_be_disputed(story, buchung):
    """They name the case, never the person: there is nothing to mark."""
    anna, key = story.cast.sign_in("anna", at="VG"), story.cast.api("anna", at="VG")
    texts = [anna.get(path).text for path in ("/hilfefaelle/csv/", "/faelle/csv/")]
    texts += [key.get(path).text for path in ("/api/v1/buchungen/", "/api/v1/reservierungen/", "/api/v1/suchen/")]
    for text in texts:
        assert "Farbtupfer" not in text and "Ophelia" not in text and "14.03.2007" not in text
        assert "2007-03-14" not in text
