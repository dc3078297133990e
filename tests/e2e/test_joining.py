"""A provider joins, at the desk or on the phone: applies, is checked by one and admitted by another, and comes in."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from shared_apps.accounts.models import User
from tests.e2e.browser import DESK, PHONE
from tests.e2e.visitor import Visitor
from tests.mails import work
from tests.people import PASSWORD, Cast
from tests.shared_apps.aufnahme.joining import TYPED


def type_all(visitor: Visitor, **other: str) -> None:
    """Every field by its id: labels of organisation and facilities are the same words."""
    for name, wert in (TYPED | other).items():
        field = visitor.page.locator(f"#id_{name}")
        if not field.is_visible():
            visitor.page.locator("summary", has_text=f"Weitere Einrichtung ({name[-1]})").click()
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(wert)
        else:
            field.fill(wert)


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_from_the_public_form_to_its_own_facilities(site, visit, size, script):
    cast, width = Cast(), size[0]
    cast.user("anton"), cast.user("emil")
    lotte = visit("portal", size=size, script=script, dark=size == PHONE)
    lotte.expected_statuses = {422}
    lotte.open("/anmelden/")
    lotte.follow("Anbieter werden")
    lotte.at("Anbieter werden")
    lotte.picture(f"aufnahme-{width}-anbieter-werden")
    type_all(lotte, plz_1="1738")
    lotte.press("Antrag stellen")
    lotte.at("Anbieter werden")
    lotte.sees("Eine Postleitzahl hat fünf Ziffern.")
    lotte.picture(f"aufnahme-{width}-anbieter-werden-fehler")
    lotte.page.locator("#id_plz_1").fill("17389")
    lotte.press("Antrag stellen")
    lotte.at("Bitte sehen Sie in Ihre E-Mail")
    work()
    lotte.open(re.search(r"/anbieter-werden/antrag/\S+", mail.outbox[-1].body).group(0))
    lotte.at("E-Mail-Adresse bestätigen")
    lotte.press("Adresse bestätigen")
    lotte.at("Ihr Antrag ist eingegangen")
    lotte.picture(f"aufnahme-{width}-eingegangen")

    anton = visit("vg", size=size, script=script, dark=size == PHONE)
    anton.sign_in("anton")
    anton.at(re.compile("Guten Tag"))
    anton.sees("Anbieter warten auf die Aufnahme")
    anton.open("/anbieter/")
    anton.follow("Aufnahme")
    anton.at("Aufnahme von Anbietern")
    anton.picture(f"aufnahme-{width}-liste")
    anton.follow("Leuchtfeuer Jugendhilfe gGmbH")
    anton.at("Leuchtfeuer Jugendhilfe gGmbH")
    anton.picture(f"aufnahme-{width}-pruefen")
    anton.press("Als geprüft weitergeben")
    anton.sees("Jetzt entscheidet eine zweite Person Ihres Jugendamtes.")
    anton.at("Leuchtfeuer Jugendhilfe gGmbH")
    anton.picture(f"aufnahme-{width}-geprueft")
    anton.open("/verwaltung/aufnahmen/neu/")
    anton.at("Anbieter anlegen")
    anton.picture(f"aufnahme-{width}-anlegen")

    emil = visit("vg", size=size, script=script)
    emil.sign_in("emil")
    emil.at(re.compile("Guten Tag"))
    emil.open("/verwaltung/aufnahmen/")
    emil.follow("Leuchtfeuer Jugendhilfe gGmbH")
    emil.at("Leuchtfeuer Jugendhilfe gGmbH")
    emil.picture(f"aufnahme-{width}-aufnehmen")
    emil.press("Aufnehmen und einladen")
    emil.sees(re.compile("ist aufgenommen. Die Einladung ist unterwegs."))
    emil.at("Leuchtfeuer Jugendhilfe gGmbH")
    emil.picture(f"aufnahme-{width}-aufgenommen")

    work()
    lotte.open(re.search(r"/einladung/\S+", mail.outbox[-1].body).group(0))
    lotte.at("Willkommen, Lotte Leitner")
    lotte.fill("Neues Passwort", PASSWORD)
    lotte.fill("Neues Passwort wiederholen", PASSWORD)
    lotte.press("Passwort festlegen")
    lotte.at("Anmelden")
    lotte.fill("Benutzername", User.objects.get(email="lotte@leuchtfeuer.example").username)
    lotte.fill("Passwort", PASSWORD)
    lotte.press("Anmelden")
    lotte.agree()
    lotte.open("/anbieter/eigene/")
    lotte.at("Meine Einrichtungen")
    lotte.sees("Haus Peene")
    lotte.sees("So geht es weiter")
    lotte.picture(f"aufnahme-{width}-meine-einrichtungen")
