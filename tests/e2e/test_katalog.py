"""The Landesjugendamt keeps the catalogue at the desk and on the phone; a provider chooses from it the same moment."""

from __future__ import annotations

import re

import pytest

from shared_apps.catalogue.models import Grund
from tests.e2e.browser import DESK, PHONE
from tests.factories.register import create_angebot, create_einrichtung


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_from_a_new_speciality_to_its_end(world, visit, size, script):
    shot = f"katalog-{size[0]}"
    world.cast.user("lena")
    lena = visit("portal", size=size, script=script, dark=size == PHONE)
    lena.expected_statuses = {422}
    lena.sign_in("lena")
    lena.open("/katalog/")
    lena.at("Hilfearten")
    lena.sees("§ 42 Inobhutnahme")
    lena.picture(f"{shot}-hilfearten")
    lena.open("/katalog/spezialisierungen/")
    lena.at("Spezialisierungen")
    lena.follow("Neue Spezialisierung")
    lena.at("Neue Spezialisierung")
    lena.fill("Code", "Bereitschaft !")
    lena.fill("Bezeichnung", "Bereitschaftspflege")
    lena.press("Speichern")
    lena.at("Neue Spezialisierung")
    lena.sees("Ein Code hat Kleinbuchstaben")
    lena.picture(f"{shot}-fehler")
    lena.fill("Code", "bereitschaft")
    lena.press("Speichern")
    lena.at("Spezialisierungen")
    lena.sees("„Bereitschaftspflege“ ist gespeichert.")
    lena.follow(re.compile("Ändern: Bereitschaftspflege"))
    lena.at("Bereitschaftspflege ändern")
    lena.fill("Bezeichnung", "Bereitschaft rund um die Uhr")
    lena.press("Speichern")
    lena.open("/katalog/gruende/")
    lena.at("Gründe")
    lena.sees("belegt außerhalb von SoJuS")
    lena.picture(f"{shot}-gruende")
    lena.follow("Neuer Grund")
    lena.choose("Wofür", "Aufnahmestopp")
    lena.fill("Code", "WASSER")
    lena.fill("Bezeichnung", "Wasserschaden")
    lena.picture(f"{shot}-grund-neu")
    lena.press("Speichern")
    lena.sees("„Wasserschaden“ ist gespeichert.")
    lena.open(f"/katalog/gruende/{Grund.objects.get(code='BELEGT_AUSSERHALB').pk}/beenden/")
    lena.sees("steht immer zur Wahl")
    lena.picture(f"{shot}-grund-fest")
    lena.open("/katalog/spezialisierungen/")

    world.cast.user("ines")
    ines = visit("portal", size=size, script=script, dark=size == PHONE)
    ines.sign_in("ines")
    angebot = world.freie[0]
    ines.open(f"/anbieter/eigene/angebote/{angebot.pk}/")
    ines.at("Angebot ändern")
    for falte in ("Spezialisierungen", "Sprachen", "Beschreibung, für wen nicht geeignet", "Gruppe, Barrierefreiheit"):
        ines.unfold(falte)
    for wort in ("Bereitschaft rund um die Uhr", "Ukrainisch"):
        ines.field(wort).check()
    ines.fill("Gruppe", "Haus 2, oben")
    ines.fill("Für wen nicht geeignet", "keine akute Suchtmittelabhängigkeit")
    ines.choose("Barrierefrei", "teilweise")
    ines.fill("Schule in der Nähe", "Regionalschule, 300 m")
    ines.picture(f"{shot}-angebot")
    ines.press("Speichern")
    ines.open(f"/anbieter/einrichtungen/{angebot.einrichtung_id}/")
    ines.sees("keine akute Suchtmittelabhängigkeit")
    ines.sees("Bereitschaft rund um die Uhr")
    ines.picture(f"{shot}-einrichtung")
    ines.open(f"/anbieter/eigene/einrichtungen/{angebot.einrichtung_id}/angebote/neu/")
    ines.picture(f"{shot}-angebot-neu")

    world.cast.user("anna")
    anna = visit("vg", size=size, script=script, dark=size == PHONE)
    anna.sign_in("anna")
    anna.open("/")
    anna.sees("noch nicht eingeschaltet")
    anna.picture(f"{shot}-start")

    lena.follow(re.compile("Beenden: Bereitschaft rund um die Uhr"))
    lena.at("Bereitschaft rund um die Uhr beenden?")
    lena.sees("1 laufenden Angebot")
    lena.picture(f"{shot}-beenden")
    lena.press("Beenden")
    lena.sees("Der letzte Tag ist eingetragen.")
    lena.follow(re.compile("Verlauf: Bereitschaft rund um die Uhr"))
    lena.at("Verlauf des Katalogs")
    lena.sees("Bereitschaftspflege")
    lena.sees("Lena Lorenz")
    lena.picture(f"{shot}-verlauf")
    lena.open("/katalog/module/")
    lena.at("Module")
    lena.sees("ausgeschaltet")
    lena.picture(f"{shot}-module")


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_an_ambulant_service_reads_of_hilfen(world, visit, size, script):
    shot = f"ambulant-{size[0]}"
    haus = create_einrichtung(anbieter=world.cast.anbieter("Haus am See e. V."), name="Dienst Nord")
    angebot = create_angebot(einrichtung=haus, hilfeart="A31", name="Familienhilfe", plaetze=3, stunden_je_woche=40)
    world.cast.user("jan")
    jan = visit("portal", size=size, script=script, dark=size == PHONE)
    jan.sign_in("jan")
    jan.open("/anbieter/eigene/plan/")
    jan.at("Belegungsplan")
    jan.sees("von 3 Hilfen heute frei")
    jan.picture(f"{shot}-plan")
    jan.open(f"/anbieter/eigene/plan/plaetze/{angebot.plaetze.first().pk}/")
    jan.at("Hilfe 1 sperren")
    jan.picture(f"{shot}-sperren")
    jan.open("/anbieter/eigene/einrichtungen/neu/")
    jan.unfold("Geöffnet: Tage je Woche und im Jahr")
    jan.sees("Nur für Hilfen, die nach Tagen bezahlt werden")
    jan.picture(f"{shot}-einrichtung")
    jan.open(f"/anbieter/eigene/einrichtungen/{haus.pk}/angebote/neu/?hilfeart={angebot.hilfeart_id}")
    jan.sees("Hilfen zugleich")
    jan.picture(f"{shot}-angebot")
    jan.open("/anbieter/eigene/")
    jan.sees("Freie Kapazität")
    jan.picture(f"{shot}-eigene")
