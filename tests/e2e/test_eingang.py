"""A provider works through the worklist, says the number on the phone, looks at the month and downloads her register;
the office finds the same matter by the same number. At the desk and on the phone, without a script there."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from shared_apps.core.clock import today
from shared_apps.inbox.models import Ausgang, HinweisArt
from shared_apps.inbox.services import notify_anbieter, settle_hinweis
from shared_apps.providers.models import Angebot
from tenant_apps.placements.models import Reservierung
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.e2e.browser import DESK, PHONE
from tests.factories.placements import create_reservierung
from tests.factories.register import create_angebot, create_einrichtung, occupy_platz
from tests.shared_apps.inbox.test_inbox import notify


def _reserve(world, angebot: Angebot, beginn: date, frist: timedelta) -> Reservierung:
    """VG has reserved, and the provider was told."""
    ablauf_at, anna = timezone.now() + frist, world.cast.user("anna")
    with in_tenant(world.vg):
        row = create_reservierung(
            fachkraft_id=anna.pk, angebot=angebot, zeitraum=DateRange(beginn, beginn + timedelta(days=180)),
            ablauf_at=ablauf_at,
        )  # fmt: skip
        notify_anbieter(
            angebot=angebot, anbieter_id=row.anbieter_id, art=HinweisArt.RESERVIERUNG, objekt_id=row.pk,
            platzbindung_id=row.platzbindung_id, beginn=row.beginn, frist_at=ablauf_at,
        )  # fmt: skip
    return row


@pytest.fixture
def eilig(world) -> Reservierung:
    """Who is to come tonight; beside it what is due soon, later, and done, of two offices."""
    hro, heute = Tenant.objects.get(kuerzel="HRO"), today()
    haus = create_einrichtung(name="Haus Kiefernweg")
    row = _reserve(world, create_angebot(name="Nachtplatz", einrichtung=haus), heute, timedelta(days=6))
    _reserve(world, create_angebot(name="Wohngruppe Feldweg", einrichtung=haus), heute + timedelta(days=30),
             timedelta(days=2, hours=3))  # fmt: skip
    _reserve(world, create_angebot(einrichtung=haus), heute + timedelta(days=60), timedelta(days=9))
    notify(hro, art=HinweisArt.BUCHUNG, beginn=heute, platzbindung_id=row.pk, name="Kastanienallee")
    done = notify(hro, beginn=heute, platzbindung_id=row.hilfefall_id, name="Wohngruppe Ost")
    with in_tenant(hro):
        settle_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=done, ausgang=Ausgang.ZURUECKGENOMMEN)
    monat = DateRange(heute - timedelta(days=40), heute + timedelta(days=100))
    for tenant, name in ((world.vg, "Gruppe Süd"), (hro, "Gruppe West")):
        occupy_platz(platz=create_angebot(name=name, einrichtung=haus).plaetze.get(), tenant=tenant, zeitraum=monat)
    return row


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_worklist_month_and_register(world, visit, eilig, size, script):
    world.cast.user("ines")
    bild = f"eingang-{size[0]}"
    ines = visit("portal", size=size, script=script, dark=size == PHONE)
    ines.sign_in("ines")
    ines.at("Eingang")
    for text in ("Heute und heute Nacht", "In den nächsten drei Tagen", "Später", "Beginn heute", eilig.nummer):
        ines.sees(text)
    ines.never_sees(eilig.pseudonym)
    ines.picture(f"{bild}-liste")
    ines.follow(re.compile("^Erledigt"))
    ines.sees("vom Amt zurückgenommen")
    ines.picture(f"{bild}-erledigt")

    ines.fill("Gemeinsame Nummer", eilig.nummer[:-1] + ("7" if eilig.nummer[-1] != "7" else "8"))
    ines.press("Suchen")
    ines.sees(re.compile("kann nicht stimmen"))
    ines.picture(f"{bild}-nummer-falsch")
    ines.fill("Gemeinsame Nummer", eilig.nummer.replace("-", " ").lower())
    ines.press("Suchen")
    ines.sees("1 Eintrag")
    ines.picture(f"{bild}-nummer")
    ines.follow(re.compile(f"^Entscheiden: {eilig.nummer}"))
    if not script:
        ines.at(re.compile("^Weiter zu"))
        ines.page.get_by_role("button", name=re.compile("^Weiter zu")).click()
    ines.page.wait_for_url(re.compile(r"//vg\.localhost"))
    ines.at(re.compile("^Reservierung"))
    ines.sees(eilig.nummer)
    ines.picture(f"{bild}-reservierung")
    ines.follow("Zustimmen")
    ines.sees(eilig.nummer)
    ines.press("Zustimmen")
    ines.sees(re.compile("Sie haben der Reservierung zugestimmt"))
    ines.open("/eingang/?zustand=amt", host="portal")
    ines.sees("zugesagt, das Amt bucht noch")
    ines.picture(f"{bild}-amt")

    ines.follow("Buchungen")
    ines.at("Buchungen")
    ines.sees("Gebuchte Tage")
    ines.picture(f"{bild}-buchungen")
    ines.open("/anbieter/eigene/buchungen/?stand=GESCHEITERT")
    ines.sees("Nichts gefunden")
    ines.picture(f"{bild}-buchungen-leer")
    ines.open("/anbieter/eigene/")
    ines.follow(re.compile("Register mitnehmen"))
    ines.at("Register mitnehmen")
    ines.picture(f"{bild}-register")

    anna = visit("vg", size=size, script=script)
    anna.sign_in("anna")
    anna.open("/faelle/")
    if size == PHONE:
        anna.page.get_by_text("Eingrenzen").click()
    anna.fill("Fallnummer, Pseudonym oder gemeinsame Nummer", eilig.nummer)
    anna.press("Suchen")
    anna.sees("1 bis 1 von 1")
    anna.picture(f"{bild}-fallmanager")
