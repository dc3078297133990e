"""A provider describes her house at the state portal and is called away: what she typed is there again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from shared_apps.providers.models import Einrichtung
from tests.e2e.browser import DESK, PHONE
from tests.people import PASSWORD

TEXT = "Unser Haus liegt am „Peenestrom“, zwei Schritte vom Bus."


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "390"])
def test_text_is_back_after_the_session_ended(world, visit, settings, pass_time, size, script):
    world.cast.user("ines")
    haus = Einrichtung.objects.get(name="Haus Möwennest")
    ines = visit("portal", size=size, script=script)
    ines.sign_in("ines")
    ines.at("Eingang")
    if script:
        ines.page.clock.install()
    ines.open(f"/anbieter/eigene/einrichtungen/{haus.pk}/")
    ines.at(re.compile("Haus Möwennest"))
    ines.fill("Beschreibung", TEXT)
    if script:
        pass_time(ines, 3)
        expect(ines.page.get_by_text("Entwurf gesichert")).to_be_visible()
        pass_time(ines, settings.SESSION_IDLE_SECONDS)
        dialog = ines.page.get_by_role("alertdialog")
        expect(dialog).to_contain_text("Ihre Anmeldung ist beendet")
        expect(dialog).to_contain_text("Was Sie eingegeben haben, ist für Sie aufbewahrt")
        ines.page.get_by_role("link", name="Neu anmelden").click()
    else:
        pass_time(ines, settings.SESSION_IDLE_SECONDS)
        ines.press("Speichern")
    ines.at("Anmelden")
    ines.never_sees(TEXT)
    assert "Peenestrom" not in ines.page.url
    ines.fill("Benutzername", "ines")
    ines.fill("Passwort", PASSWORD)
    ines.press("Anmelden")
    ines.at(re.compile("Haus Möwennest"))
    if script:
        ines.page.get_by_role("link", name=re.compile("übernehmen")).click()
        ines.at(re.compile("Haus Möwennest"))
    ines.sees("Ihre Eingaben von")
    expect(ines.field("Beschreibung")).to_have_value(TEXT)
    ines.open("/")
    ines.at("Eingang")
    ines.sees("Sie hatten ein Formular ausgefüllt")
    ines.follow(re.compile("übernehmen"))
    ines.at(re.compile("Haus Möwennest"))
    ines.press("Speichern")
    haus.refresh_from_db()
    ines.open("/entwuerfe/")
    ines.sees("Es gibt keine Entwürfe.")
    assert Einrichtung.objects.get(pk=haus.pk).beschreibung == TEXT
