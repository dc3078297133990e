"""A provider joins, at the desk or on the phone: applies, is checked by one and admitted by another, and comes in."""

from __future__ import annotations

import pytest

from tests.e2e import joining
from tests.e2e.browser import DESK, PHONE
from tests.people import Cast
from tests.shared_apps.aufnahme.joining import PERSON, TYPED, applied, listed

NAME = TYPED["name"]


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
    lotte.sees("Eine Postleitzahl hat fünf Ziffern, zum Beispiel 17489.")
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


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_a_provider_that_a_list_has_entered_joins(site, visit, size, script):
    cast, bild = Cast(), f"erste-verwaltung-{size[0]}"
    cast.user("anton"), cast.user("emil")
    listed(NAME)
    anton = visit("vg", size=size, script=script, dark=size == PHONE)
    anton.sign_in("anton")
    anton.open("/verwaltung/aufnahmen/")
    anton.follow("Ohne Verwaltung")
    anton.at("Anbieter ohne Verwaltung")
    anton.picture(f"{bild}-liste")
    anton.follow(NAME)
    anton.at(NAME)
    anton.picture(f"{bild}-anbieter")
    anton.follow("Erste Verwaltung einladen")
    for name, wert in PERSON.items():
        anton.page.locator(f"#id_{name}").fill(wert)
    anton.picture(f"{bild}-vorschlagen")
    anton.press("Vorschlagen")
    anton.sees("Eingeladen wird, wenn eine zweite Person Ihres Jugendamtes zustimmt.")
    emil = visit("vg", size=size, script=script)
    emil.sign_in("emil")
    emil.open("/verwaltung/aufnahmen/")
    emil.follow(NAME)
    emil.picture(f"{bild}-aufnehmen")
    emil.press("Aufnehmen und einladen")
    emil.sees("Die Einladung ist unterwegs.")
    emil.picture(f"{bild}-eingeladen")
    lotte = visit("portal", size=size, script=script)
    joining.come_in(lotte, bild)
    lotte.open("/anbieter/eigene/")
    lotte.sees("Haus Peene")


def test_an_application_that_means_a_provider_of_the_register(site, visit):
    """Whoever checks it says which; nothing is chosen for her."""
    cast = Cast()
    cast.user("anton")
    listed("Leuchtfeuer Jugendhilfe")
    applied()
    anton = visit("vg", size=PHONE, script=False)
    anton.expected_statuses = {422}
    anton.sign_in("anton")
    anton.open("/verwaltung/aufnahmen/")
    anton.follow(NAME)
    anton.press("Als geprüft weitergeben")
    anton.picture("beitritt-fehler")
    anton.page.locator("#id_wen").select_option(label="Leuchtfeuer Jugendhilfe")
    anton.press("Als geprüft weitergeben")
    anton.sees("Steht im Verzeichnis als")
    anton.picture("beitritt-geprueft")
