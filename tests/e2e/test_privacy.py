"""Data protection at the browser: an Auskunft on the phone, a deletion run by two people on the desk."""

from __future__ import annotations

from datetime import date, timedelta

from shared_apps.core.clock import now
from tenant_apps.cases.models import Hilfefall
from tenant_apps.privacy.services import restrict_klient
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.e2e.browser import PHONE
from tests.factories.cases import create_hilfefall, create_klient
from tests.people import Cast


def _person(geboren: date, *, restricted: bool = False):
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    for name in ("dora", "dirk"):
        cast.user(name)
    anna, dora = cast.user("anna"), cast.akteur("dora")
    with in_tenant(vg):
        klient = create_klient(vorname="Lena", nachname="Lindqvist", pkz="PKZ-2017-1", geburtsdatum=geboren)
        fall = create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer="F26-LENA01")
        if restricted:
            Hilfefall.objects.filter(pk=fall.pk).update(
                zustand="ABGESCHLOSSEN", created_at=now() - timedelta(days=3000)
            )
            restrict_klient(akteur=dora, klient=klient, grund="AUFBEWAHRUNG")


def test_auskunft__on_the_phone(visit, site):
    _person(date(2007, 3, 14))
    dora = visit("vg", size=PHONE)
    dora.sign_in("dora")
    dora.open("/datenschutzrechte/")
    dora.at("Datenschutzrechte")
    dora.fill("Person", "lindqvist")
    dora.press("Person suchen")
    dora.follow("Lindqvist, Lena")
    dora.at("Lindqvist, Lena")
    with dora.page.expect_download() as download:
        dora.press("Auskunft als PDF")
    assert download.value.suggested_filename == "auskunft.pdf"
    dora.follow("Als bestritten vermerken")
    dora.at("Angabe bestritten")
    dora.choose("Angabe", "nachname")
    dora.fill("Was bestreitet die Person?", "Sie heißt Lindquist.")
    dora.press("Vermerken")
    dora.sees("Angaben bestritten")
    dora.look()
    dora.open("/datenschutzrechte/aufbewahrung/")
    dora.at("Aufbewahrungsfristen")


def test_loeschlauf__two_people(visit, site):
    _person(date(1910, 5, 4), restricted=True)
    dora, dirk = visit("vg"), visit("vg")
    dora.sign_in("dora")
    dora.open("/datenschutzrechte/loeschlaeufe/")
    dora.at("Löschläufe")
    dora.follow("Löschlauf vorbereiten")
    dora.press("Vorschau erstellen")
    dora.sees("Lindqvist, Lena")
    dora.sees("Eine zweite Person gibt frei")
    dora.look()
    dirk.sign_in("dirk")
    dirk.page.goto(dora.page.url)
    dirk.sees("Lindqvist, Lena")
    dirk.look()
    dirk.press("Freigeben und ausführen")
    dirk.sees("1 Person gelöscht")
    dirk.never_sees("Lindqvist", "Lena")
    dirk.look()
