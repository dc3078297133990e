"""A house says whom to call at night and where it is paid; a second person and an office have their say."""

from __future__ import annotations

import re

import pytest

from shared_apps.providers.models import Anbieter, Bankverbindung
from tests.e2e.browser import DESK, PHONE
from tests.factories.register import create_angebot
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import tell


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_whom_to_call_where_to_pay_and_a_new_name(world, visit, size, script):
    shot = f"stamm-{size[0]}"
    haus = create_angebot(anbieter="Jugendhilfe Küste gGmbH").einrichtung
    for who in ("ines", "bille", "emil", "anna"):
        world.cast.user(who)
    ines = visit("portal", size=size, script=script, dark=size == PHONE)
    ines.expected_statuses = {422}
    ines.sign_in("ines")
    ines.open(f"/anbieter/eigene/einrichtungen/{haus.pk}/kontakte/")
    ines.at("Kontakte")
    ines.sees("Noch kein Kontakt")
    ines.picture(f"{shot}-kontakte-leer")
    ines.follow("Kontakt eintragen")
    ines.at("Kontakt eintragen")
    ines.choose("Funktion", "BEREITSCHAFT")
    ines.fill("Telefon", "Zentrale")
    ines.field("Notfalltelefon: Hier meldet sich rund um die Uhr jemand (24 h)").check()
    ines.press("Speichern")
    ines.sees("Eine Telefonnummer besteht aus Ziffern")
    ines.picture(f"{shot}-kontakt-fehler")
    ines.fill("Telefon", "0171 99 88 77")
    ines.press("Speichern")
    ines.at("Kontakte")
    ines.follow("Kontakt eintragen")
    ines.choose("Funktion", "LEITUNG")
    ines.fill("Name", "Frau Möller")
    ines.fill("E-Mail", "leitung@example.org")
    ines.press("Speichern")
    ines.at("Kontakte")
    ines.picture(f"{shot}-kontakte")
    ines.follow(re.compile("Entfernen: Leitung"))
    ines.at("Kontakt „Frau Möller“ entfernen?")
    ines.picture(f"{shot}-kontakt-entfernen")

    ines.open(f"/anbieter/eigene/{haus.anbieter_id}/bankverbindung/")
    ines.at("Bankverbindung")
    ines.fill("IBAN", "DE02 5001 0517 0137 0750 31")
    ines.press("Zur Bestätigung vorlegen")
    ines.sees("Prüfziffern")
    ines.picture(f"{shot}-konto-fehler")
    ines.fill("IBAN", "DE02 5001 0517 0137 0750 30")
    ines.press("Zur Bestätigung vorlegen")
    ines.at("Eingetragenes Konto")
    ines.picture(f"{shot}-konto-wartet")
    bille = visit("portal", size=size, script=script, dark=size == PHONE)
    bille.sign_in("bille")
    bille.open(f"/anbieter/eigene/{haus.anbieter_id}/bankverbindung/")
    bille.at("Bankverbindung")
    bille.picture(f"{shot}-konto")
    bille.follow("Ansehen und entscheiden")
    bille.at("Konto bestätigen")
    bille.picture(f"{shot}-konto-entscheiden")
    bille.press("Konto bestätigen")
    bille.at("Bankverbindung")
    bille.sees("Das Konto gilt ab sofort.")
    bille.picture(f"{shot}-konto-gilt")

    ines.open(f"/anbieter/eigene/{haus.anbieter_id}/stammdaten/")
    ines.at("Name, Rechtsform, Anerkennung ändern")
    ines.fill("Name", "Küste neu gGmbH")
    ines.fill("Begründung", "Umbenannt, Auszug liegt vor")
    ines.choose("Jugendamt, das die Änderung prüft", str(haus.gebietskoerperschaft_id))
    ines.picture(f"{shot}-name")
    ines.press("Zur Bestätigung vorlegen")
    ines.at("Stammdaten von „Jugendhilfe Küste gGmbH“")
    emil = visit("vg", size=size, script=script, dark=size == PHONE)
    emil.sign_in("emil")
    emil.follow(re.compile("Geänderte Angaben von Anbietern prüfen"))
    emil.at("Änderungen der Stammdaten")
    emil.picture(f"{shot}-aenderungen")
    emil.follow("Jugendhilfe Küste gGmbH")
    emil.at("Stammdaten von „Jugendhilfe Küste gGmbH“")
    emil.picture(f"{shot}-aenderung")
    emil.press("Änderung bestätigen")
    emil.sees("Die Änderung steht im Verzeichnis.")
    assert Anbieter.objects.get(pk=haus.anbieter_id).name == "Küste neu gGmbH"

    ines.open(f"/anbieter/eigene/einrichtungen/{haus.pk}/")
    ines.fill("Breite (Grad Nord)", "13,4")
    ines.fill("Länge (Grad Ost)", "54,1")
    ines.press("Speichern")
    ines.sees("Sind Breite und Länge vertauscht?")
    ines.picture(f"{shot}-haus")
    ines.fill("Breite (Grad Nord)", "54,1")
    ines.fill("Länge (Grad Ost)", "13,4")
    ines.fill("Geöffnet: Tage je Woche", "5")
    ines.fill("Geöffnet: Tage im Jahr", "250")
    ines.press("Speichern")
    ines.open("/anbieter/eigene/mitnehmen/")
    ines.at("Register mitnehmen")
    ines.picture(f"{shot}-mitnehmen")
    ines.open("/anbieter/eigene/")
    ines.at("Meine Einrichtungen")
    ines.picture(f"{shot}-eigene")
    anna = visit("vg", size=size, script=script, dark=size == PHONE)
    anna.sign_in("anna")
    anna.open(f"/anbieter/einrichtungen/{haus.pk}/")
    anna.at(haus.name)
    anna.sees("Notfall, 24 h: 0171 99 88 77")
    anna.picture(f"{shot}-amt")
    anna.sees(re.compile(r"^\s*250\s*$"))


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_who_pays_is_told_that_the_account_has_been_changed(world, visit, size, script):
    shot = f"konto-{size[0]}"
    for who in ("anna", "ines", "doris"):
        world.cast.user(who)
    story = tell(world.cast, world.vg)
    konto = Bankverbindung.objects.create(
        anbieter_id=world.cast.anbieter_id("ines"), iban="DE02120300000000202051", inhaber="Küste gGmbH"
    )
    rechnung = bill(story, story.book())
    Bankverbindung.objects.filter(pk=konto.pk).update(iban="DE02500105170137075030", inhaber="Küste neu gGmbH")
    doris = visit("vg", size=size, script=script, dark=size == PHONE)
    doris.sign_in("doris")
    doris.open(f"/abrechnung/rechnungen/{rechnung.pk}/")
    doris.sees("Die Bankverbindung wurde nach dieser Rechnung geändert")
    doris.sees("IBAN DE02 1203 0000 0000 2020 51")
    doris.picture(f"{shot}-rechnung")
    doris.open(f"/abrechnung/rechnungen/{rechnung.pk}/pruefen/")
    doris.at("Richtigkeit feststellen?")
    doris.picture(f"{shot}-pruefen")


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_where_nobody_is_independent_the_office_confirms_the_account(world, visit, size, script):
    shot = f"konto-amt-{size[0]}"
    haus = create_angebot(anbieter="Jugendhilfe Küste gGmbH").einrichtung
    for who in ("inge", "emil"):
        world.cast.user(who)
    Bankverbindung.objects.create(anbieter_id=haus.anbieter_id, iban="DE02120300000000202051", inhaber="Küste gGmbH")
    inge = visit("portal", size=size, script=script, dark=size == PHONE)
    inge.sign_in("inge")
    inge.open(f"/anbieter/eigene/{haus.anbieter_id}/bankverbindung/")
    inge.sees("Bestätigen kann es danach das Jugendamt Vorpommern-Greifswald.")
    inge.picture(f"{shot}-eintragen")
    inge.fill("IBAN", "DE02 5001 0517 0137 0750 30")
    inge.press("Zur Bestätigung vorlegen")
    inge.at("Eingetragenes Konto")
    inge.picture(f"{shot}-eingetragen")
    world.cast.user("bille")
    bille = visit("portal", size=size, script=script, dark=size == PHONE)
    bille.sign_in("bille")
    bille.open("/eingang/")
    bille.sees("Ein anderes Konto wartet auf das Jugendamt")
    bille.picture(f"{shot}-eingang")
    emil = visit("vg", size=size, script=script, dark=size == PHONE)
    emil.expected_statuses = {422}
    emil.sign_in("emil")
    emil.picture(f"{shot}-start")
    emil.follow(re.compile("Bankverbindungen prüfen"))
    emil.at("Bankverbindungen prüfen")
    emil.picture(f"{shot}-liste")
    emil.follow("Jugendhilfe Küste gGmbH")
    emil.at("Bankverbindung von „Jugendhilfe Küste gGmbH“")
    emil.sees("endet auf 2051")
    emil.picture(f"{shot}-pruefen")
    emil.press("Konto bestätigen")
    emil.sees("woran Sie das Konto geprüft haben")
    emil.fill("Woran geprüft", "Anruf bei Frau Möller unter der Nummer aus der Vereinbarung")
    emil.press("Konto bestätigen")
    emil.sees("Das Konto gilt ab sofort.")
    emil.picture(f"{shot}-geprueft")
    assert Bankverbindung.objects.get(anbieter=haus.anbieter_id).iban == "DE02500105170137075030"
