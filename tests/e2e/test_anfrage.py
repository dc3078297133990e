"""From the result of a search to a reservation that its house has consented to: asked at the desk, answered on the
phone, seen without a reload; the clicks are counted."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tenants.context import in_tenant
from tests.e2e.browser import DESK, PHONE
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.suchen import search_for
from tests.tenant_apps.anfragen.story import HEUTE

BEDARF = "Das Mädchen braucht eine kleine Gruppe und einen festen Rahmen. Der Kontakt zum Bruder soll bleiben."
#: From the result until all fitting houses are asked.
KLICKS_HOECHSTENS = 8


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_five_houses_are_asked_one_answers_the_others_are_told(world, visit, size, script, settings):
    settings.FIXED_TODAY = HEUTE
    anna_akteur = world.cast.akteur("anna")
    with in_tenant(world.vg):
        mia = create_klient(vorname="Mia", nachname="Wrobel", geburtsdatum=date(2004, 3, 14), geschlecht="2")
        suche = search_for(anna_akteur, create_hilfefall(fachkraft_id=anna_akteur.user_id, klient=mia))
    anna = visit("vg", size=size, script=script)
    anna.sign_in("anna")
    anna.open(f"/hze-auswahl/{suche.pk}/")
    anna.follow("Häuser anfragen")
    anna.at("Häuser anfragen")
    anna.picture(f"anfrage-neu-{size[0]}")
    anna.expected_statuses = {422}
    anna.fill("Was gebraucht wird", "Mia braucht eine kleine Gruppe.")
    anna.press("Anfrage senden")
    anna.sees("Der Text verrät, um wen es geht")
    expect(anna.page.locator("mark")).to_have_text("Mia")
    anna.look()
    anna.picture(f"anfrage-verraten-{size[0]}")
    anna.fill("Was gebraucht wird", BEDARF)
    anna.press("Anfrage senden")
    anna.at(re.compile("^Anfrage vom"))
    klicks = len(("Häuser anfragen", "Feld", "Anfrage senden"))
    assert klicks <= KLICKS_HOECHSTENS
    anna.sees("14 Häuser gefragt: 0 Ja, 0 Nein, 14 ohne Antwort")

    ines = visit("portal", size=PHONE, script=script)
    ines.sign_in("ines")
    ines.open("/eingang/")
    ines.picture(f"anfrage-eingang-{size[0]}")
    ines.never_sees("Mia", "Wrobel", BEDARF)
    ines.page.get_by_role("link", name=re.compile("Antworten")).first.click()
    if not script:
        ines.page.get_by_role("button", name=re.compile("^Weiter zu")).click()
    ines.page.wait_for_url(re.compile("/anfragen/haeuser/"))
    ines.at(re.compile("^Anfrage "))
    ines.sees("12 bis 14 Jahre")
    ines.sees(BEDARF)
    ines.never_sees("Mia", "Wrobel")
    ines.picture(f"anfrage-haus-{size[0]}")
    ines.page.locator("button[value=zusagen]").click()
    ines.sees("Sie haben ja gesagt")
    ines.look()
    ines.picture(f"anfrage-haus-ja-{size[0]}")

    if not script:
        anna.follow("Aktualisieren")
    anna.sees("14 Häuser gefragt: 1 Ja, 0 Nein, 13 ohne Antwort")
    anna.sees(re.compile("hält einen Platz bis"))
    anna.look()
    anna.picture(f"anfrage-antworten-{size[0]}")
    anna.page.get_by_role("link", name=re.compile("Annehmen")).click()
    anna.at("Diese Zusage annehmen?")
    anna.picture(f"anfrage-annehmen-{size[0]}")
    anna.press("Annehmen und reservieren")
    anna.at(re.compile("^Reservierung"))
    anna.sees("Verbindlich buchen")
    anna.follow("Anfrage, aus der sie entstand")
    anna.at(re.compile("^Anfrage vom"))
    anna.sees("Zusage angenommen")
    expect(anna.page.locator("#stand")).to_contain_text("anderweitig besetzt")
    anna.open("/anfragen/")
    anna.at("Anfragen")
    anna.picture(f"anfragen-liste-{size[0]}")
