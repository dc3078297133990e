"""The start page: everybody begins where her work is."""

from __future__ import annotations

import pytest

from config.navigation import ENTRIES
from tests.factories.register import create_einrichtung

pytestmark = pytest.mark.usefixtures("vg", "hro")


@pytest.mark.parametrize(("who", "place"), [("ines", "/eingang/"), ("karla", "/kennzahlen/"), ("lars", "/betrieb/")])
def test_portal_leads_to_the_one_place_that_matters(sign_in, who, place):
    response = sign_in(who).get("/")
    assert (response.status_code, response["Location"]) == (302, place)


def test_member_finds_her_own_office_only_and_the_way_there(sign_in):
    page = sign_in("anna", at="PORTAL").get("/").content.decode()
    assert 'href="/weiter/vg/"' in page
    assert "/weiter/hro/" not in page


def test_tiles_and_navigation_show_what_the_role_may_open(sign_in):
    anna = sign_in("anna").get("/").content.decode()
    assert 'href="/hze-auswahl/"' in anna
    assert 'href="/abrechnung/"' not in anna
    doris = sign_in("doris").get("/").content.decode()
    assert 'href="/hze-auswahl/"' not in doris
    assert 'href="/abrechnung/"' in doris


@pytest.mark.parametrize("who", ["anna", "clara", "doris", "emil", "frieda", "anton", "paula", "ines", "karla", "lars"])
def test_no_link_of_the_navigation_is_refused(sign_in, who):
    """The table of the navigation asks the same policies as the views."""
    client = sign_in(who)
    page = client.get("/", follow=True)
    for item in page.context["nav_items"]:
        for link in (item, *item.get("children", ())):
            assert client.get(link["url"], follow=True).status_code == 200, link["url"]


def test_one_area_is_active_at_a_time(sign_in):
    items = sign_in("ines").get("/anbieter/eigene/").context["nav_items"]
    assert [i["label"] for i in items if i["active"]] == ["Meine Einrichtungen"]


def active_of(client, path: str) -> list[str]:
    items = client.get(path).context["nav_items"]
    return [part["label"] for item in items for part in (item, *item.get("children", ())) if part["active"]]


def test_areas_of_a_group_stand_below_it_where_she_is_in_one(sign_in):
    anna = sign_in("anna")
    assert active_of(anna, "/gebietskoerperschaften/") == ["Verzeichnis", "Gebietskörperschaften"]
    page = anna.get("/gebietskoerperschaften/").content.decode()
    assert 'class="sojus-subnav" aria-label="Verzeichnis"' in page
    assert 'class="sojus-subnav"' not in anna.get("/").content.decode()


def test_a_group_of_one_area_is_that_area(sign_in):
    """Members are all that a provider administers at the portal; the head of an office has „Vorgaben“ beside them."""
    inge = [item["label"] for item in sign_in("inge", at="PORTAL").get("/konto/").context["nav_items"]]
    assert "Mitglieder" in inge and "Verwaltung" not in inge
    emil = [item["label"] for item in sign_in("emil").get("/").context["nav_items"]]
    assert "Verwaltung" in emil and not {"Mitglieder", "Vorgaben"} & set(emil)


def test_ones_own_house_is_in_ones_own_area(sign_in):
    """What the register shows of hers belongs to „Meine Einrichtungen“, what is another's to the register."""
    haus, fremdes = create_einrichtung(), create_einrichtung(anbieter="Anderer Anbieter")
    ines = sign_in("ines", at="PORTAL")
    for path in (
        f"/anbieter/einrichtungen/{haus.pk}/",
        f"/anbieter/{haus.anbieter_id}/",
        "/anbieter/entgelte/",
        "/anbieter/meldungen/",
    ):
        assert active_of(ines, path) == ["Meine Einrichtungen"], path
    assert active_of(ines, f"/anbieter/einrichtungen/{fremdes.pk}/") == ["Verzeichnis", "Anbieter"]


def test_every_area_says_in_a_sentence_what_it_is_for():
    for entry in ENTRIES[1:]:
        assert all(text.endswith(".") for text in (entry.text, *entry.nur_als.values())), entry.label


def test_a_tile_says_what_this_person_does_there(sign_in):
    office, provider = sign_in("emil").get("/").content.decode(), sign_in("ines", at="VG").get("/").content.decode()
    assert "prüfen, freigeben, bezahlen" in office and "Rechnungen stellen" not in office
    assert "Rechnungen stellen" in provider and "prüfen, freigeben, bezahlen" not in provider


def test_auditor_is_not_promised_what_she_may_not_do(sign_in):
    page = sign_in("quirin").get("/").content.decode()
    assert "für die Prüfung freigegeben" in page
    assert "Notizen schreiben" not in page
