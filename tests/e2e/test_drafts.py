"""She is called away while typing: the session ends, she signs in again, and every word is there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tenants.context import in_tenant
from tenants.models import Tenant
from tests.e2e.browser import DESK, PHONE
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_reservierung
from tests.factories.register import create_angebot
from tests.people import PASSWORD

TEXT = "Die Familie möchte „näher“ an Wolgast wohnen."


def reserve(world) -> str:
    """A reservation of Anna's; the address of its withdrawal."""
    anna = world.cast.user("anna")
    angebot = create_angebot(plaetze=2)
    with in_tenant(Tenant.objects.get(kuerzel="VG")):
        fall = create_hilfefall(fachkraft_id=anna.pk)
        reservierung = create_reservierung(fachkraft_id=anna.pk, angebot=angebot, hilfefall=fall)
    return f"/reservierungen/{reservierung.pk}/zurueckziehen/"


@pytest.mark.parametrize("script", [True, False])
def test_text_is_back_after_the_session_ended(world, visit, settings, pass_time, script):
    path = reserve(world)
    anna = visit("vg", size=DESK if script else PHONE, script=script)
    anna.sign_in("anna")
    anna.at("Guten Tag, Anna Ahlers")
    if script:
        anna.page.clock.install()
    anna.open(path)
    anna.at("Reservierung zurückziehen?")
    anna.fill("Grund", TEXT)
    if script:
        pass_time(anna, 3)
        expect(anna.page.get_by_text("Entwurf gesichert")).to_be_visible()
        dialog = anna.page.get_by_role("alertdialog")
        expect(dialog).not_to_be_visible()
        pass_time(anna, settings.SESSION_IDLE_SECONDS - 60)
        expect(dialog).to_be_visible()
        expect(dialog).to_contain_text("Ihre Anmeldung endet bald")
        anna.page.get_by_role("button", name="Angemeldet bleiben").click()
        expect(dialog).not_to_be_visible()
        pass_time(anna, settings.SESSION_IDLE_SECONDS - 60)
        expect(dialog).to_be_visible()
        pass_time(anna, 60)
        expect(dialog).to_contain_text("Ihre Anmeldung ist beendet")
        anna.page.get_by_role("link", name="Neu anmelden").click()
    else:
        pass_time(anna, settings.SESSION_IDLE_SECONDS)
        anna.press("Zurückziehen")
    anna.at("Anmelden")
    anna.never_sees(TEXT)
    assert "Wolgast" not in anna.page.url
    anna.fill("Benutzername", "anna")
    anna.fill("Passwort", PASSWORD)
    anna.press("Anmelden")
    anna.at("Reservierung zurückziehen?")
    if script:
        anna.page.get_by_role("link", name=re.compile("übernehmen")).click()
        anna.at("Reservierung zurückziehen?")
    anna.sees("Ihre Eingaben von")
    expect(anna.field("Grund")).to_have_value(TEXT)
    anna.press("Zurückziehen")
    anna.at(re.compile("^Reservierung"))
    anna.open("/entwuerfe/")
    anna.sees("Es gibt keine Entwürfe.")
