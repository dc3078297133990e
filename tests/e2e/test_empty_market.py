"""An installation that was only onboarded becomes a market, with pages alone: a provider joins, is admitted, enters
what it offers and at which price, and a social worker finds and reserves it.

Nothing of the market is made for the story. Its people of the office are appointed as an office's first people are: two
who may admit (Anton of the administration, Emil the head), Frieda of controlling, Anna the social worker.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from shared_apps.accounts.models import User
from shared_apps.core.clock import today
from shared_apps.providers.models import Anbieter, Angebot
from tenant_apps.placements.models import Reservierung
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.e2e import joining
from tests.e2e.browser import DESK, PHONE
from tests.e2e.visitor import Visitor
from tests.people import PASSWORD, Cast
from tests.shared_apps.aufnahme.joining import TYPED
from tests.shared_apps.core.uploads import corpus
from tests.shared_apps.factors.steps import code

HAUS, GRUPPE, PREIS = "Haus Boddenblick", "Wohngruppe Möwe", "112,70"


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_from_nothing_to_a_reserved_place(site, visit, settings, size, script):
    cast, bild = Cast(), f"leer-{size[0]}"
    for name in ("anton", "emil", "frieda", "anna"):
        cast.user(name)
    assert not Anbieter.objects.exists()
    assert not Angebot.objects.exists()

    def come(host: str) -> Visitor:
        return visit(host, size=size, script=script, dark=size == PHONE)

    anna = come("vg")
    anna.sign_in("anna")
    anna.at(re.compile("Guten Tag"))
    anna.picture(f"{bild}-00-start-leer")
    search(anna)
    anna.picture(f"{bild}-01-suche-leer")
    anna.never_sees("Detail zu")

    lotte = come("portal")
    lotte.open("/anmelden/")
    lotte.picture(f"{bild}-02-anmelden")
    lotte.follow("Anbieter werden")
    lotte.at("Anbieter werden")
    joining.type_all(lotte, name_2="", kreis_2="")
    lotte.picture(f"{bild}-03-antrag")
    lotte.press("Antrag stellen")
    joining.confirm_address(lotte, f"{bild}-04")
    anton = come("vg")
    anton.sign_in("anton")
    joining.check(anton, f"{bild}-05")
    emil = come("vg")
    emil.sign_in("emil")
    joining.admit(emil, f"{bild}-06")
    # the provider's first administrator signs in as in a real installation: password, rules, second factor
    settings.MFA_PFLICHT = ["ANBIETER"]
    joining.come_in(lotte, f"{bild}-07")
    lotte.never_sees("Meine Einrichtungen")
    secret = joining.set_up_app(lotte, f"{bild}-07")
    sign_in_again(lotte, secret, f"{bild}-07")

    offer(lotte, bild)
    frieda = come("vg")
    frieda.sign_in("frieda")
    confirm_rate(frieda, bild)

    search(anna, neu=True)
    anna.at("1 verfügbares Angebot")
    anna.sees(PREIS)
    anna.picture(f"{bild}-40-ergebnis")
    anna.follow(f"Auswählen: {HAUS}")
    anna.at(HAUS)
    anna.sees(PREIS)
    anna.sees("Garten")
    anna.picture(f"{bild}-41-angebot")
    anna.press("Reservieren")
    anna.at(re.compile("^Reservierung"))
    anna.picture(f"{bild}-42-reservierung")
    with in_tenant(Tenant.objects.get(kuerzel="VG")):
        nummer = Reservierung.objects.get().nummer
    anna.sees(nummer)

    lotte.open("/")
    lotte.at("Eingang")
    lotte.sees(nummer)
    lotte.never_sees("Lindqvist")
    lotte.picture(f"{bild}-50-eingang")
    lotte.open("/anbieter/eigene/")
    lotte.at("Meine Einrichtungen")
    lotte.never_sees("So geht es weiter")
    lotte.picture(f"{bild}-51-meine")


def sign_in_again(lotte: Visitor, secret: str, bild: str) -> None:
    """Another morning: the password alone opens nothing."""
    lotte.page.get_by_role("button", name="Abmelden").first.click()
    lotte.at("Anmelden")
    lotte.fill("Benutzername", User.objects.get(email=TYPED["person_email"].lower()).username)
    lotte.fill("Passwort", PASSWORD)
    lotte.press("Anmelden")
    lotte.at("Zweiter Faktor")
    lotte.picture(f"{bild}-zweiter-faktor")
    lotte.fill("Code", code(steps=1, secret=secret))
    lotte.press("Weiter")


def search(anna: Visitor, *, neu: bool = False) -> None:
    """A place in a home, from in two weeks on for half a year; `neu`: for a girl whom nobody knows yet."""
    anna.open("/hze-auswahl/")
    anna.at("HzE-Auswahl")
    if neu:
        anna.page.get_by_text("Neue Person eingeben").click()
        anna.fill("PKZ", "PKZ-77")
        anna.fill("Nachname", "Lindqvist")
        anna.fill("Vorname", "Lena")
        anna.fill("Geburtsdatum", f"14.03.{today().year - 14}")
        anna.page.locator("#id_person-geschlecht").select_option(label="weiblich")
    anna.fill("Beginn der Hilfe", f"{today() + timedelta(days=14):%d.%m.%Y}")
    anna.fill("Ende der Hilfe", f"{today() + timedelta(days=194):%d.%m.%Y}")
    anna.choose("Hilfeart", "S34")
    anna.press("Angebote zeigen")
    expect(anna.page.locator("h1")).not_to_have_text("HzE-Auswahl")
    anna.look()


def offer(lotte: Visitor, bild: str) -> None:
    """House, licence, offer with places, picture, rate: in the order in which the pages lead on."""
    lotte.at("Eingang")
    lotte.sees("Noch kein Vorgang")
    lotte.picture(f"{bild}-08-erste-seite")
    lotte.follow("Meine Einrichtungen ansehen")
    lotte.at("Meine Einrichtungen")
    lotte.picture(f"{bild}-09-meine")
    lotte.follow("Neue Einrichtung")
    lotte.at("Neue Einrichtung")
    lotte.fill("Name", HAUS)
    lotte.choose("Kreis oder kreisfreie Stadt", "Landkreis Vorpommern-Greifswald")
    lotte.fill("Ort", "Wolgast")
    lotte.picture(f"{bild}-10-einrichtung-neu")
    lotte.press("Speichern")
    lotte.at(HAUS)
    lotte.picture(f"{bild}-11-einrichtung")

    lotte.follow("Betriebserlaubnis eintragen")
    lotte.at("Betriebserlaubnis eintragen")
    for label, wert in {
        "Nummer der Betriebserlaubnis": "LJA 2026/0815", "Erlaubnisbehörde": "Landesjugendamt",
        "Bescheid vom": "02.11.2026", "Genehmigte Plätze": "10", "Genehmigtes Alter von": "6",
        "Genehmigtes Alter bis einschließlich": "20",
    }.items():  # fmt: skip
        lotte.fill(label, wert)
    lotte.picture(f"{bild}-12-erlaubnis")
    lotte.press("Speichern")
    lotte.at(HAUS)
    lotte.picture(f"{bild}-13-mit-erlaubnis")

    lotte.follow("Neues Angebot")
    lotte.at("Neues Angebot")
    lotte.picture(f"{bild}-14-hilfeart")
    lotte.choose("Hilfeart", "§ 34 Heimerziehung, sonstige betreute Wohnform")
    lotte.fill("Bezeichnung", GRUPPE)
    lotte.fill("Kapazität", "6")
    lotte.fill("Aufnahmealter von", "12")
    lotte.picture(f"{bild}-15-angebot")
    lotte.press("Speichern")
    lotte.at(HAUS)
    lotte.sees("6 von 10 genehmigten Plätzen")
    lotte.picture(f"{bild}-16-mit-angebot")

    lotte.follow("Bilder")
    lotte.at("Bilder")
    lotte.page.get_by_label("Auf keinem Bild sind Menschen zu erkennen.").check()
    bilder = [{"name": "garten.jpg", "mimeType": "image/jpeg", "buffer": corpus.picture_with_position()}]
    lotte.field("Bilder").set_input_files(bilder)
    lotte.press("Hochladen")
    lotte.at("Bild beschreiben")
    lotte.fill("Bildunterschrift", "Garten")
    lotte.fill("Alternativtext", "Garten mit Schaukel und Obstbäumen")
    lotte.picture(f"{bild}-17-bild")
    lotte.press("Speichern")
    lotte.at("Bilder")
    lotte.picture(f"{bild}-18-bilder")

    lotte.follow(HAUS)
    lotte.at(HAUS)
    lotte.picture(f"{bild}-19-mit-bild")
    lotte.follow(f"Entgelt vorschlagen: {GRUPPE}")
    lotte.at("Entgelt vorschlagen")
    lotte.fill("Grundleistung (€)", "104,50")
    lotte.fill("Investition (€)", "8,20")
    lotte.picture(f"{bild}-20-entgelt")
    lotte.press("Zur Bestätigung vorlegen")
    lotte.at(f"Entgelt für „{GRUPPE}“")
    lotte.sees("Das Entgelt ist vorgeschlagen.")
    lotte.picture(f"{bild}-21-entgelt-vorgeschlagen")
    lotte.follow(HAUS)
    lotte.at(HAUS)
    lotte.sees(f"{PREIS} € ab")
    lotte.picture(f"{bild}-22-wartet")
    lotte.follow("Meine Einrichtungen")
    lotte.at("Meine Einrichtungen")
    lotte.sees("1 Entgelt wartet auf das Jugendamt")
    lotte.picture(f"{bild}-23-meine")


def confirm_rate(frieda: Visitor, bild: str) -> None:
    """Controlling of the office at the house."""
    frieda.at(re.compile("Guten Tag"))
    frieda.picture(f"{bild}-30-controlling-start")
    frieda.follow("Entgelte warten auf Ihre Bestätigung")
    frieda.at("Entgelte")
    frieda.picture(f"{bild}-32-entgelte")
    frieda.follow(GRUPPE)
    frieda.at(f"Entgelt für „{GRUPPE}“")
    frieda.sees(PREIS)
    frieda.picture(f"{bild}-33-entgelt")
    frieda.press("Entgelt bestätigen")
    frieda.sees("Das Entgelt gilt ab dem")
    frieda.picture(f"{bild}-34-bestaetigt")
