"""Signing in with a second factor, in a real browser with a virtual passkey."""

from __future__ import annotations

import re

import pytest

from tests.e2e.browser import DESK, PHONE
from tests.e2e.visitor import Visitor
from tests.people import Cast
from tests.shared_apps.factors.steps import code


@pytest.fixture
def cast(site) -> Cast:
    return Cast()


def secret_on(visitor: Visitor) -> str:
    return visitor.page.locator("#schluessel").inner_text().replace(" ", "")


def sign_out(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Abmelden").first.click()
    visitor.at("Anmelden")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_app__is_set_up_and_then_asked_for(cast, visit, size):
    cast.user("anna")
    anna = visit("vg", size=size)
    anna.expected_statuses = {422}  # a wrong code, twice
    anna.type_password("anna")
    anna.open("/konto/sicherheit/")
    anna.at("Sicherheit")
    anna.follow("App einrichten")
    anna.at("App einrichten")
    secret = secret_on(anna)
    anna.fill("Code aus der App", "000000")
    anna.press("App einrichten")
    anna.sees(re.compile("Der Code stimmt nicht"))
    anna.look()
    assert secret_on(anna) == secret
    anna.fill("Code aus der App", code(secret=secret))
    anna.press("App einrichten")
    anna.at("Ihre Wiederherstellungscodes")
    with anna.page.expect_download() as download:
        anna.press("Als Datei herunterladen")
    assert download.value.suggested_filename == "sojus-codes.txt"
    anna.follow("Fertig")
    anna.open("/konto/sicherheit/")
    anna.sees("eingerichtet")
    anna.at("Sicherheit")
    sign_out(anna)

    anna.type_password("anna")
    anna.at("Zweiter Faktor")
    anna.fill("Code", "123")
    anna.press("Weiter")
    anna.sees(re.compile("Der Code stimmt nicht"))
    anna.look()
    anna.fill("Code", code(steps=1, secret=secret))
    anna.press("Weiter")
    anna.at(re.compile("Guten Tag"))


def test_passkey__signs_in_alone_and_as_second_step(cast, visit):
    cast.user("anna")
    anna = visit("vg", size=DESK)
    cdp = anna.context.new_cdp_session(anna.page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    anna.type_password("anna")
    anna.open("/konto/sicherheit/passkey/")
    anna.at("Passkey einrichten")
    anna.fill("Name", "Dienst-Laptop")
    anna.press("Passkey einrichten")
    anna.at("Ihre Wiederherstellungscodes")
    anna.open("/konto/sicherheit/")
    anna.sees("Dienst-Laptop")
    anna.at("Sicherheit")
    sign_out(anna)

    anna.press("Mit Passkey anmelden")
    anna.at(re.compile("Guten Tag"))
    sign_out(anna)

    anna.type_password("anna")
    anna.at("Zweiter Faktor")
    anna.press("Passkey benutzen")
    anna.at(re.compile("Guten Tag"))


def test_obligation__leads_there_first(cast, visit, settings):
    settings.MFA_PFLICHT = ["alle"]
    cast.user("anna")
    anna = visit("vg", size=PHONE)
    anna.type_password("anna")
    anna.at("Sicherheit")
    anna.sees("Bitte richten Sie einen zweiten Faktor ein")
    anna.open("/hze-auswahl/")
    anna.at("Sicherheit")


def test_forgotten_password_and_rules__are_accessible(cast, visit):
    for name in ("anton", "lars"):
        cast.user(name)
    anton = visit("vg", size=PHONE)
    anton.open("/anmelden/")
    anton.follow("Passwort vergessen?")
    anton.at("Passwort vergessen")
    anton.fill("Benutzername oder E-Mail-Adresse", "anton")
    anton.press("Link anfordern")
    anton.sees("Bitte sehen Sie in Ihr Postfach")
    anton.look()
    anton.sign_in("anton")
    anton.open("/anmelderegeln/")
    anton.at("Anmelderegeln")
    lars = visit("portal", size=DESK)
    lars.sign_in("lars")
    lars.open("/anmelderegeln/alle/")
    lars.at("Anmelderegeln")
