"""A list is sent, assigned, looked at, released by another person, read in by the job, and taken back."""

from __future__ import annotations

import re

import pytest

from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.services.ausfuehren import run_einlesung
from shared_apps.einlesen.services.zuruecknehmen import run_ruecknahme
from tests.e2e.browser import DESK, PHONE
from tests.shared_apps.einlesen.lists import csv_of, zeile


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_list_of_an_office(world, visit, size, script, tmp_path):
    datei = tmp_path / "liste.csv"
    faul = zeile(angebot_nr="A-2", angebot="Wohngruppe Reiher", plz="17489", alter_bis="achtzehn")
    datei.write_bytes(csv_of([zeile(), faul]))
    dark = size == PHONE
    bild = f"liste-{size[0]}-"
    for name in ("frieda", "emil"):
        world.cast.user(name)
    frieda = visit("vg", size=size, script=script, dark=dark)
    frieda.expected_statuses = {422}
    frieda.sign_in("frieda")
    frieda.open("/anbieter/einlesen/")
    frieda.at("Listen einlesen")
    frieda.picture(bild + "leer")
    frieda.follow(re.compile("Musterliste und Spalten"))
    frieda.at("Musterliste und Spalten")
    frieda.picture(bild + "spalten")
    frieda.open("/anbieter/einlesen/neu/")
    frieda.press("Weiter")
    frieda.sees("Bitte wählen Sie eine Datei aus.")
    frieda.picture(bild + "neu-fehler")
    frieda.page.set_input_files("input[type=file]", str(datei))
    frieda.press("Weiter")
    frieda.at("Spalten zuordnen")
    frieda.picture(bild + "zuordnen")
    frieda.press("Speichern und Zeilen prüfen")
    frieda.at("Zeilen der Liste")
    frieda.sees("Bitte geben Sie eine ganze Zahl")
    frieda.picture(bild + "zeilen")
    frieda.follow(re.compile("^\\s*Weiter"))
    frieda.at("liste.csv")
    frieda.picture(bild + "entwurf")
    frieda.follow("Zur Freigabe vorlegen")
    frieda.picture(bild + "vorlegen")
    frieda.press("Zur Freigabe vorlegen")
    frieda.sees("Wartet auf Freigabe")

    emil = visit("vg", size=size, script=script, dark=dark)
    emil.sign_in("emil")
    emil.open("/anbieter/einlesen/")
    emil.follow("liste.csv")
    emil.follow("Prüfen und entscheiden")
    emil.at("Liste freigeben")
    emil.picture(bild + "freigeben")
    emil.press("Freigeben und einlesen")
    emil.sees("0 von 2 Zeilen")
    emil.picture(bild + "laeuft")
    einlesung = Einlesung.objects.get()
    run_einlesung(einlesung_id=einlesung.pk)
    emil.open(f"/anbieter/einlesen/{einlesung.pk}/")
    emil.sees("Eingelesen")
    emil.picture(bild + "eingelesen")
    emil.follow("Liste zurücknehmen")
    emil.at("Liste zurücknehmen?")
    emil.picture(bild + "zuruecknehmen")
    emil.press("Liste zurücknehmen")
    run_ruecknahme(einlesung_id=einlesung.pk)
    emil.open(f"/anbieter/einlesen/{einlesung.pk}/")
    emil.sees("Das Verzeichnis ist, wie es vor der Liste war.")
    emil.picture(bild + "zurueckgenommen")
