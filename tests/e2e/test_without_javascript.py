"""The office's firewall eats scripts: searching, reserving, consenting and booking still work."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.browser import PHONE
from tests.e2e.world import World


def test_without_javascript__from_search_to_booking(world: World, visit):
    for name in ("anna", "ines"):
        world.cast.user(name, has_agreed=False)
    klient = world.known_klient()
    anna = visit("vg", size=PHONE, script=False)
    anna.type_password("anna")
    anna.agree()
    anna.at("Guten Tag, Anna Ahlers")
    anna.open("/hze-auswahl/")
    anna.at("HzE-Auswahl")
    anna.fill("In der Liste suchen", "lindqvist")
    anna.press("Liste filtern")
    anna.at("HzE-Auswahl")
    anna.expected_statuses = {422}
    anna.press("Angebote zeigen")
    anna.sees("niemanden gewählt")
    expect(anna.field("In der Liste suchen")).to_have_value("lindqvist")
    anna.choose("Person", str(klient.pk))
    anna.fill("Beginn der Hilfe", "01.06.2017")
    anna.fill("Ende der Hilfe", "30.11.2017")
    anna.choose("Hilfeart", "S34")
    anna.press("Angebote zählen")
    anna.at("HzE-Auswahl")
    zahlen = anna.page.locator("#zahlen")
    expect(zahlen).to_contain_text("(41)")
    expect(zahlen).to_contain_text("(14)")
    expect(anna.field("Beginn der Hilfe")).to_have_value("2017-06-01")
    anna.press("Angebote zeigen")
    anna.at("14 verfügbare Angebote")
    anna.page.get_by_role("link", name="Auswählen: Haus Möwennest").click()
    anna.at("Haus Möwennest")
    anna.press("Reservieren")
    anna.at(re.compile("^Reservierung"))
    reservierung = anna.page.url

    ines = visit("portal", size=PHONE, script=False)
    ines.type_password("ines")
    ines.agree()
    ines.at("Eingang")
    ines.main.locator("tbody a").first.click()
    ines.at(re.compile("^Weiter zu"))
    ines.page.get_by_role("button", name=re.compile("^Weiter zu")).click()
    ines.at(re.compile("^Reservierung"))
    ines.never_sees("Lindqvist", "Lena")
    ines.follow("Zustimmen")
    ines.press("Zustimmen")
    ines.sees("Sie haben der Reservierung zugestimmt.")

    anna.page.goto(reservierung)
    anna.follow(re.compile("buchen"))
    anna.press("Verbindlich buchen")
    anna.at(re.compile("^Buchung"))
    anna.sees("Der Platz ist verbindlich gebucht.")
