"""Wrong input is answered in German beside the field, and nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import DESK, PHONE
from tests.e2e.visitor import Visitor
from tests.e2e.world import World
from tests.people import PASSWORD

GRUND = "Das Geschwisterkind lebt dort schon, die Schule bleibt dieselbe."


@pytest.fixture
def anna(world: World, visit) -> Visitor:
    """Anna at VG, signed in."""
    world.cast.user("anna")
    visitor = visit("vg", size=PHONE)
    visitor.sign_in("anna")
    visitor.at(re.compile("Guten Tag"))
    return visitor


def _search(anna: Visitor, klient_id: str) -> None:
    anna.open("/hze-auswahl/")
    anna.choose("Person", klient_id)
    anna.fill("Beginn der Hilfe", "01.06.2017")
    anna.fill("Ende der Hilfe", "30.11.2017")
    anna.choose("Hilfeart", "S34")
    anna.press("Angebote zeigen")
    anna.at("14 verfügbare Angebote")


def test_sign_in__keeps_the_name(world: World, visit):
    world.cast.user("anna", has_agreed=False)
    world.cast.user("gerd")
    stranger = visit("vg", size=DESK)
    stranger.expected_statuses = {422}
    stranger.open("/anmelden/")
    stranger.fill("Benutzername", "anna")
    stranger.fill("Passwort", "falsch")
    stranger.press("Anmelden")
    stranger.sees(re.compile("Benutzername oder Passwort stimmt nicht, oder"))
    expect(stranger.field("Benutzername")).to_have_value("anna")
    stranger.at("Anmelden")
    stranger.type_password("gerd")  # works in Rostock, and hears here what a stranger hears
    stranger.sees(re.compile("Benutzername oder Passwort stimmt nicht, oder"))
    stranger.at("Anmelden")


def test_first_sign_in__rules_without_the_box__box__back(world: World, visit):
    world.cast.user("anna", has_agreed=False)
    anna = visit("vg", size=PHONE)
    anna.open("/faelle/")
    anna.at("Anmelden")
    anna.fill("Benutzername", "anna")
    anna.fill("Passwort", PASSWORD)
    anna.press("Anmelden")
    anna.at("Datenschutzregeln")
    anna.expected_statuses = {422}
    anna.press("Zustimmen und weiter")
    anna.sees(re.compile("Bitte stimmen Sie den Datenschutzregeln zu: Setzen Sie das Kreuz"))
    anna.at("Datenschutzregeln")
    anna.open("/anbieter/")  # there is no way around it
    anna.at("Datenschutzregeln")
    anna.open("/faelle/")
    anna.page.reload()
    anna.agree()
    anna.at("Fallmanager")
    anna.page.go_back()
    anna.at("Fallmanager")  # nothing is left to agree to


def test_search__keeps_what_was_typed(anna: Visitor):
    anna.expected_statuses = {422}
    anna.open("/hze-auswahl/")
    anna.page.get_by_text("Neue Person eingeben").click()
    anna.fill("PKZ", "PKZ-77")
    anna.fill("Nachname", "Lindqvist")
    anna.fill("Beginn der Hilfe", "30.11.2017")
    anna.fill("Ende der Hilfe", "01.06.2017")
    anna.choose("Hilfeart", "S34")
    anna.press("Angebote zeigen")
    anna.at("HzE-Auswahl")
    anna.sees("Bitte füllen Sie dieses Feld aus.")  # first name, date of birth, sex
    for label, value in {"PKZ": "PKZ-77", "Nachname": "Lindqvist", "Beginn der Hilfe": "2017-11-30"}.items():
        expect(anna.field(label)).to_have_value(value)
        expect(anna.field(label)).to_be_visible()
    expect(anna.field("Hilfeart")).to_have_value("S34")
    anna.fill("Vorname", "Lena")
    anna.fill("Geburtsdatum", "14.03.2007")
    anna.page.locator("#id_person-geschlecht").select_option(label="weiblich")
    anna.press("Angebote zeigen")
    anna.at("HzE-Auswahl")
    anna.sees(re.compile("Ende.*(vor|nach).*Beginn"))
    expect(anna.field("Ende der Hilfe")).to_have_value("2017-06-01")


def test_reserve__outside_the_cheapest_third_asks_for_the_reason(world: World, anna: Visitor):
    anna.expected_statuses = {422}
    _search(anna, str(world.known_klient().pk))
    anna.page.get_by_role("link", name="Auswählen: Haus Loitz").click()
    anna.at("Haus Loitz")
    anna.press("Reservieren")
    anna.at("Haus Loitz")
    anna.sees(re.compile("egründ.*"))
    expect(anna.page.locator("#id_begruendung")).to_have_attribute("aria-invalid", "true")
    anna.page.locator("#id_begruendung").fill(GRUND)
    anna.press("Reservieren")
    anna.at(re.compile("^Reservierung"))
    anna.follow("Auswahlvermerk")
    anna.at(re.compile("Auswahlvermerk"))
    anna.sees(GRUND)


def test_reserve__loser_of_the_race_is_told_and_keeps_her_reason(world: World, anna: Visitor):
    anna.expected_statuses = {409}
    _search(anna, str(world.known_klient().pk))
    anna.page.get_by_role("link", name="Auswählen: Wohngruppe Pasewalk").click()
    anna.at("Wohngruppe Pasewalk")
    anna.page.locator("#id_begruendung").fill(GRUND)
    world.take_last_place(world.freie[12])
    anna.press("Reservieren")
    anna.at("Wohngruppe Pasewalk")
    expect(anna.page.get_by_role("alert")).to_contain_text("Der letzte Platz wurde soeben anderweitig reserviert")
    expect(anna.page.locator("#id_begruendung")).to_have_value(GRUND)
    anna.follow("Zurück zu den Angeboten")
    anna.at("13 verfügbare Angebote")
    expect(anna.page.locator(".placements-stand")).to_contain_text("Heute passen 13 Angebote von 41.")
    expect(anna.page.locator("tr").filter(has_text="Wohngruppe Pasewalk")).to_have_count(0)
