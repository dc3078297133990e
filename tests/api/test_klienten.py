"""A program finds the person it reserves for: by number in the address, by name in the content."""

from __future__ import annotations

from datetime import date

import pytest

from tenant_apps.audit.models import Protokoll
from tenants.context import in_tenant
from tests.api.test_reservierungen import body_for, post, search
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.register import create_angebot
from tests.trail import reading

URL = "/api/v1/klienten/"


@pytest.fixture
def api(cast):
    return cast.api("anna")


@pytest.fixture
def lena(cast, vg):
    """Anna's case of Lena Ähre; Bernd's case of a namesake whom Anna may not see."""
    anna, bernd = cast.akteur("anna"), cast.akteur("bernd")
    with in_tenant(vg):
        klient = create_klient(
            vorname="Lena", nachname="Ähre", pkz="P-100", geburtsdatum=date(2010, 5, 1), geschlecht="2"
        )
        create_hilfefall(fachkraft_id=anna.user_id, klient=klient, fallnummer="VG-100")
        fremd = create_klient(vorname="Lena", nachname="Ähre", pkz="P-200", geburtsdatum=date(2011, 6, 2))
        create_hilfefall(fachkraft_id=bernd.user_id, klient=fremd, fallnummer="VG-200")
        return klient


def _ids(antwort) -> list[str]:
    assert antwort.status_code == 200, antwort.content
    return [row["uuid"] for row in antwort.json()["results"]]


def test_find_by_number_and_reserve(api, lena):
    """The whole way of a program: find, search, reserve."""
    create_angebot()
    for wort in ("P-100", "VG-100"):
        assert _ids(api.get(URL, {"suche": wort})) == [str(lena.pk)]
    (person,) = api.get(URL, {"suche": "P-100"}).json()["results"]
    assert (person["nachname"], person["geschlecht"], person["geburtsdatum"]) == ("Ähre", "w", "2010-05-01")
    assert [fall["fallnummer"] for fall in person["faelle"]] == ["VG-100"]
    antwort = post(api, "/api/v1/reservierungen/", body_for(search(api, geschlecht="w"), klient=person["uuid"]))
    assert (antwort.status_code, antwort.json()["fallnummer"]) == (201, "VG-100")


def test_names_and_birth_dates_are_searched_in_the_content_only(api, lena):
    assert _ids(post(api, f"{URL}suchen/", {"suche": "ähre lena"})) == [str(lena.pk)]
    assert _ids(post(api, f"{URL}suchen/", {"suche": "01.05.2010"})) == [str(lena.pk)]
    for wort in ("Ähre", "P-100 Ähre", "01.05.2010", "1.5.2010", "2010-05-01"):
        antwort = api.get(URL, {"suche": wort})
        assert antwort.status_code == 422, wort
        assert "POST /api/v1/klienten/suchen/" in antwort.json()["felder"]["suche"][0]
    assert post(api, f"{URL}suchen/", {}).status_code == 422


def test_only_people_she_may_book_for(api, cast, lena):
    assert _ids(api.get(URL)) == [str(lena.pk)]
    assert _ids(api.get(URL, {"suche": "P-200"})) == []
    assert _ids(cast.api("gerd").get(URL)) == []
    for fremd in (cast.api("doris"), cast.api("ines", at="VG")):
        assert fremd.get(URL).status_code == 403


def test_looking_is_recorded_by_person(api, vg, lena):
    _ids(api.get(URL, {"suche": "P-100"}))
    with reading(vg):
        eintrag = Protokoll.objects.filter(vorgang="api.klienten").latest("created_at")
        assert eintrag.personen == [lena.pk]


def test_a_wrong_choice_names_the_right_ones(api, lena):
    antwort = post(api, "/api/v1/suchen/", {"geschlecht": "2"})
    assert "m, w, d, x" in antwort.json()["felder"]["geschlecht"][0]
