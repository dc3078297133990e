"""The main screens in dark colours: contrast and everything else axe looks at."""

from __future__ import annotations

import re

from tests.e2e.browser import PHONE
from tests.e2e.world import World


def test_dark__main_screens(world: World, visit):
    for name in ("anna", "doris"):
        world.cast.user(name)
    world.cast.user("karla", has_agreed=False)
    klient = world.known_klient()
    anna = visit("vg", size=PHONE, dark=True)
    anna.type_password("anna")
    anna.at(re.compile("Guten Tag"))
    anna.open("/hze-auswahl/")
    anna.choose("Person", str(klient.pk))
    anna.fill("Beginn der Hilfe", "01.06.2017")
    anna.fill("Ende der Hilfe", "30.11.2017")
    anna.choose("Hilfeart", "S34")
    anna.sees("(14)")
    anna.at("HzE-Auswahl")
    anna.press("Angebote zeigen")
    anna.at("14 verfügbare Angebote")
    anna.page.get_by_role("link", name="Auswählen: Haus Möwennest").click()
    anna.at("Haus Möwennest")
    anna.press("Reservieren")
    anna.at(re.compile("^Reservierung"))
    for path in ("/faelle/", "/anbieter/", "/gebietskoerperschaften/", "/konto/", "/datenschutz/"):
        anna.open(path)
        anna.at(re.compile("."))
    doris = visit("vg", dark=True)
    doris.sign_in("doris")
    doris.open("/abrechnung/")
    doris.at("Abrechnung")
    karla = visit("portal", dark=True)
    karla.type_password("karla")
    karla.agree()
    karla.at("Kennzahlen")
