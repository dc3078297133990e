"""A reminder is answered in a stairwell, a place was not free, the house says so: at the desk and on the phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail as outbox_module

from shared_apps.core.clock import now
from tests.e2e.browser import DESK, PHONE
from tests.factories.register import create_angebot, create_einrichtung
from tests.mails import remind, work

KUESTE = "Jugendhilfe Küste gGmbH"


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_from_a_reminder_to_an_answered_report(world, visit, size, script, settings):
    settings.FIXED_TODAY = ""
    world.cast.user("ines")
    haus = create_einrichtung(anbieter=KUESTE, name="Haus Boddenblick", telefon="03834 123456", ort="Wolgast")
    create_angebot(einrichtung=haus, name="Wohngruppe Möwe", plaetze=8, vakanz_bestaetigt_at=now() - timedelta(days=9))
    create_angebot(einrichtung=haus, name="Tagesgruppe Watt", hilfeart="S34", plaetze=5)
    create_angebot(anbieter=KUESTE, kreis="HRO", name="Leuchtturm", plaetze=2, entgelt=None)
    dark = size == PHONE

    anna = visit("vg", size=size, script=script, dark=dark)
    world.cast.user("anna")
    anna.sign_in("anna")
    anna.open("/anbieter/unbestaetigt/")
    anna.at("Unbestätigte Vakanzen")
    anna.sees("seit 9 Tagen unbestätigt")
    anna.sees("03834 123456")
    anna.picture(f"vakanz-{size[0]}-unbestaetigt")

    remind()
    work()
    (message,) = [m for m in outbox_module.outbox if m.to == ["ines@example.org"]]
    link = re.search(r"(/anbieter/bestaetigen/\w+/)", message.body)[1]
    ines = visit("portal", size=size, script=script, dark=dark)
    ines.expected_statuses = {403}
    ines.open(link)
    ines.at("Stimmen die Vakanzen noch?")
    ines.sees("8 von 8 frei")
    ines.picture(f"vakanz-{size[0]}-link")
    ines.press("Unverändert bestätigen")
    ines.at("Danke, bestätigt")
    ines.picture(f"vakanz-{size[0]}-link-danke")
    ines.open(link)
    ines.at("Das hat nicht geklappt")
    ines.picture(f"vakanz-{size[0]}-link-verbraucht")

    anna.open(f"/anbieter/einrichtungen/{haus.pk}/")
    anna.at("Haus Boddenblick")
    anna.sees("heute bestätigt")
    anna.picture(f"vakanz-{size[0]}-einrichtung")
    anna.follow(re.compile("War nicht frei melden: Wohngruppe Möwe"))
    anna.at("War nicht frei")
    anna.choose("Was war", "War schon vergeben")
    anna.picture(f"vakanz-{size[0]}-melden")
    anna.press("Melden")
    anna.sees("Die Einrichtung antwortet auf Ihre Meldung.")
    anna.picture(f"vakanz-{size[0]}-meldungen-amt")

    ines.sign_in("ines")
    ines.open("/anbieter/eigene/")
    ines.at("Meine Einrichtungen")
    ines.sees("gemeldet: war nicht frei")
    ines.sees("von Ines Ihde")
    ines.picture(f"vakanz-{size[0]}-eigene")
    ines.follow("Meldungen beantworten")
    ines.sees("wartet auf die Einrichtung")
    ines.picture(f"vakanz-{size[0]}-meldungen")
    ines.follow(re.compile("^War am .* nicht frei"))
    ines.sees("Die Meldung stimmt nicht")
    ines.picture(f"vakanz-{size[0]}-antwort")
    ines.press("Stimmte, ist inzwischen behoben")
    ines.sees("Das Jugendamt liest Ihre Antwort.")

    anna.open("/anbieter/meldungen/")
    anna.sees("stimmte, inzwischen behoben")
