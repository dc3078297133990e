"""A provider opens a house and agrees on a rate, at the desk or on the phone, and a social worker reads it."""

from __future__ import annotations

import re

import pytest

from shared_apps.providers.models import Angebot
from tests.e2e.browser import DESK, PHONE


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_from_a_new_house_to_a_place_with_its_price(world, visit, size, script):
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
    ines.follow(re.compile("Entgelt vorschlagen: Wohngruppe Möwe"))
    ines.at("Entgelt vorschlagen")
    ines.fill("Grundleistung (€)", "104,50")
    ines.fill("Investition (€)", "8,20")
    ines.picture(f"markt-{size[0]}-entgelt-vorschlagen")
    ines.press("Speichern")
    ines.at("Entgelt für „Wohngruppe Möwe“")
    ines.sees("Das Entgelt ist vorgeschlagen.")
    ines.picture(f"markt-{size[0]}-entgelt-anbieter")

    world.cast.user("frieda")
    frieda = visit("vg", size=size, script=script)
    frieda.sign_in("frieda")
    frieda.open("/anbieter/")
    frieda.at("Anbieter")
    frieda.follow("Entgelte")
    frieda.at("Entgelte")
    frieda.picture(f"markt-{size[0]}-entgelte")
    frieda.follow("Wohngruppe Möwe")
    frieda.at("Entgelt für „Wohngruppe Möwe“")
    frieda.sees("112,70")
    frieda.picture(f"markt-{size[0]}-entgelt-amt")
    frieda.press("Entgelt bestätigen")
    frieda.sees("Das Entgelt gilt ab dem")

    world.cast.user("anna")
    anna = visit("vg", size=size, script=script)
    anna.sign_in("anna")
    anna.open(f"/anbieter/einrichtungen/{haus}/")
    anna.at("Haus Boddenblick")
    anna.sees("12 bis 20 Jahre, Mit Bootshaus")
    anna.sees("112,70")
    anna.never_sees("Plätze ändern", "Neues Angebot")
