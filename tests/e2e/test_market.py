"""A provider opens a house, at the desk or on the phone, and the social worker reads it a moment later."""

from __future__ import annotations

import re

import pytest

from shared_apps.providers.models import Angebot
from tests.e2e.browser import DESK, PHONE


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_from_a_new_house_to_places_that_offices_see(world, visit, size, script):
    world.cast.user("ines")
    ines = visit("portal", size=size, script=script, dark=size == PHONE)
    ines.expected_statuses = {422}
    ines.sign_in("ines")
    ines.open("/anbieter/eigene/")
    ines.at("Meine Einrichtungen")
    ines.picture(f"markt-{size[0]}-eigene")
    ines.follow("Neue Einrichtung")
    ines.at("Neue Einrichtung")
    ines.picture(f"markt-{size[0]}-einrichtung-neu")
    ines.fill("Name", "Haus Boddenblick")
    ines.press("Speichern")
    ines.at("Neue Einrichtung")
    ines.sees("Bitte")
    ines.picture(f"markt-{size[0]}-einrichtung-fehler")
    ines.choose("Kreis oder kreisfreie Stadt", "Landkreis Vorpommern-Greifswald")
    ines.fill("Ort", "Wolgast")
    ines.press("Speichern")
    ines.at("Haus Boddenblick")
    ines.sees("„Haus Boddenblick“ ist eingetragen.")

    ines.follow("Neues Angebot")
    ines.at("Neues Angebot")
    ines.picture(f"markt-{size[0]}-angebot-neu")
    ines.choose("Hilfeart", "§ 34 Heimerziehung, sonstige betreute Wohnform")
    ines.fill("Bezeichnung", "Wohngruppe Möwe")
    ines.fill("Plätze", "6")
    ines.fill("Aufnahmealter von", "12")
    ines.press("Speichern")
    ines.at("Haus Boddenblick")
    ines.sees("Das Entgelt vereinbaren Sie mit dem Jugendamt am Standort.")
    ines.picture(f"markt-{size[0]}-einrichtung")

    ines.follow(re.compile("Angaben ändern: Wohngruppe Möwe"))
    ines.at("Angebot ändern")
    ines.fill("Hinweis", "Mit Bootshaus")
    ines.picture(f"markt-{size[0]}-angebot-aendern")
    ines.press("Speichern")
    ines.follow(re.compile("Plätze ändern: Wohngruppe Möwe"))
    ines.at("Plätze ändern")
    ines.fill("Plätze", "5")
    ines.press("Speichern")
    ines.at("Plätze ändern")
    ines.sees("Bitte geben Sie einen späteren Tag an.")
    ines.picture(f"markt-{size[0]}-plaetze-fehler")
    ines.fill("Plätze", "8")
    ines.press("Speichern")
    ines.at("Haus Boddenblick")
    ines.sees("„Wohngruppe Möwe“ hat vom")

    haus = Angebot.objects.get(name="Wohngruppe Möwe").einrichtung_id
    world.cast.user("anna")
    anna = visit("vg", size=size, script=script)
    anna.sign_in("anna")
    anna.open(f"/anbieter/einrichtungen/{haus}/")
    anna.at("Haus Boddenblick")
    anna.sees("12 bis 20 Jahre, Mit Bootshaus")
    anna.sees("8")
    anna.never_sees("Plätze ändern", "Neues Angebot")
