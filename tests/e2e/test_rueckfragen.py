"""A question and its answer: the worker asks without a name, the house answers from its worklist, both see that it was
read. At the desk and on the phone, without a script there."""

from __future__ import annotations

import re

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.models import User
from shared_apps.core.clock import today
from shared_apps.core.zeitraum import EIN_TAG
from tenant_apps.placements.models import Reservierung
from tenants.context import in_tenant
from tests.e2e.browser import DESK, PHONE
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.placements import create_reservierung

FRAGE = "Darf der Hund mit? Das Kind geht in die dritte Klasse."
ANTWORT = "Der Hund leider nicht. Die Schule ist fünf Minuten entfernt."


@pytest.fixture
def reserviert(world) -> Reservierung:
    """A place at Ines's house is held for Ottilie, from tomorrow on."""
    anna = world.cast.user("anna")
    User.objects.filter(pk=anna.pk).update(telefon="03834 8760-117")
    beginn = today() + EIN_TAG
    with in_tenant(world.vg):
        klient = create_klient(vorname="Ottilie", nachname="Lindqvist")
        return create_reservierung(
            fachkraft_id=anna.pk, angebot=world.freie[0], zeitraum=DateRange(beginn, beginn + 180 * EIN_TAG),
            hilfefall=create_hilfefall(fachkraft_id=anna.pk, klient=klient),
        )  # fmt: skip


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_a_question_and_its_answer(world, visit, reserviert, size, script):
    world.cast.user("ines")
    bild, haus = f"rueckfragen-{size[0]}", world.freie[0].einrichtung.name
    anna = visit("vg", size=size, script=script)
    anna.expected_statuses = {422}
    anna.sign_in("anna")
    anna.open(f"/reservierungen/{reserviert.pk}/")
    anna.fill("Nachricht", f"Ottilie kommt morgen. {FRAGE}")
    anna.press("Nachricht senden")
    anna.at("Nachricht schreiben")
    anna.sees(re.compile("Der Text verrät, um wen es geht"))
    assert anna.main.locator("mark").all_inner_texts() == ["Ottilie"]
    anna.picture(f"{bild}-name")
    anna.fill("Nachricht", FRAGE)
    anna.press("Nachricht senden")
    for text in ("Rückfragen", reserviert.nummer, FRAGE, "Noch nicht gelesen"):
        anna.sees(text)
    anna.picture(f"{bild}-gesendet")

    ines = visit("portal", size=size, script=script, dark=size == PHONE)
    ines.sign_in("ines")
    ines.sees("Nachricht des Jugendamtes")
    ines.never_sees("Hund", "Ottilie")
    ines.follow(re.compile(f"^Ansehen: {reserviert.nummer}"))
    if not script:
        ines.at(re.compile("^Weiter zu"))
        ines.page.get_by_role("button", name=re.compile("^Weiter zu")).click()
    ines.page.wait_for_url(re.compile(r"//vg\.localhost"))
    ines.at("Rückfragen")
    for text in (FRAGE, reserviert.nummer, "03834 8760-117"):
        ines.sees(text)
    ines.never_sees("Ottilie", "Lindqvist")
    ines.fill("Nachricht", ANTWORT)
    ines.press("Nachricht senden")
    ines.sees(ANTWORT)
    ines.picture(f"{bild}-haus")

    anna.open("/")
    anna.follow(re.compile("Rückfragen: neue Nachrichten"))
    anna.at("Rückfragen")
    anna.sees(haus)
    anna.picture(f"{bild}-liste")
    anna.follow(haus)
    anna.sees(ANTWORT)
    anna.sees(re.compile("Gelesen am .* von Ines Ihde"))
    anna.open(f"/reservierungen/{reserviert.pk}/")
    anna.at(re.compile("^Reservierung"))
    anna.sees(ANTWORT)
    anna.picture(f"{bild}-reservierung")
