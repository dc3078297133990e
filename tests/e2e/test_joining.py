"""A provider joins, at the desk or on the phone: applies, is checked by one and admitted by another, and comes in."""

from __future__ import annotations

import pytest

from tests.e2e import joining
from tests.e2e.browser import DESK, PHONE
from tests.people import Cast


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_from_the_public_form_to_its_own_facilities(site, visit, size, script):
    cast, width = Cast(), size[0]
    bild = f"aufnahme-{width}"
    cast.user("anton"), cast.user("emil")
    lotte = visit("portal", size=size, script=script, dark=size == PHONE)
    lotte.expected_statuses = {422}
    lotte.open("/anmelden/")
    lotte.follow("Anbieter werden")
    lotte.at("Anbieter werden")
    lotte.picture(f"{bild}-anbieter-werden")
    joining.type_all(lotte, plz_1="1738")
    lotte.press("Antrag stellen")
    lotte.at("Anbieter werden")
    lotte.sees("Eine Postleitzahl hat fünf Ziffern.")
    lotte.picture(f"{bild}-anbieter-werden-fehler")
    lotte.page.locator("#id_plz_1").fill("17389")
    lotte.press("Antrag stellen")
    joining.confirm_address(lotte, bild)

    anton = visit("vg", size=size, script=script, dark=size == PHONE)
    anton.sign_in("anton")
    joining.check(anton, bild)
    anton.open("/verwaltung/aufnahmen/neu/")
    anton.at("Anbieter anlegen")
    anton.picture(f"{bild}-anlegen")

    emil = visit("vg", size=size, script=script)
    emil.sign_in("emil")
    joining.admit(emil, bild)

    joining.come_in(lotte, bild)
    lotte.open("/anbieter/eigene/")
    lotte.at("Meine Einrichtungen")
    lotte.sees("Haus Peene")
    lotte.sees("So geht es weiter")
    lotte.picture(f"{bild}-meine-einrichtungen")
