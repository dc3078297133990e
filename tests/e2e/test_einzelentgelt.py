"""A provider agrees with one youth office alone, at the desk or on the phone; both see how rates have developed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import User
from shared_apps.providers.models import Angebot, Entgelt, Entgeltvorschlag
from shared_apps.providers.states import VorschlagZustand
from tenants.models import Tenant
from tests.e2e.browser import DESK, PHONE
from tests.factories.register import create_angebot
from tests.people import appoint

LAENGST = datetime(2026, 1, 1, tzinfo=UTC)
#: First day, basic service, investment, special service.
SAETZE = ((2023, "48.10", "3.40", "0.00"), (2024, "51.20", "3.40", "1.50"), (2026, "55.00", "4.10", "1.50"))


def _develop(world) -> Angebot:
    """Ambulant help in Rostock whose rate for all offices has been agreed three times, after one of set-up."""
    hilfe = create_angebot(
        anbieter="Jugendhilfe Küste gGmbH", kreis="HRO", hilfeart="A31", entgelt="45.00", name="Familienhilfe Warnow",
        stunden_je_woche="20",
    )  # fmt: skip
    ines = world.cast.user("ines")
    for jahr, *teile in SAETZE:
        ab = date(jahr, 1, 1)
        namen = dict(zip(("grundleistung", "investition", "sonderleistung"), map(Decimal, teile), strict=True))
        vorschlag = Entgeltvorschlag.objects.create(
            angebot=hilfe, ab=ab, vereinbart_am=ab, rechtsgrundlage="77", vorgeschlagen_von=ines, **namen
        )
        bisher = Entgelt.objects.get(angebot=hilfe, gueltig__endswith=None)
        Entgelt.objects.filter(pk=bisher.pk).update(gueltig=DateRange(bisher.gueltig.lower, ab))
        Entgelt.objects.create(
            angebot=hilfe, betrag=vorschlag.betrag, einheit="STUNDE", gueltig=DateRange(ab, None), vorschlag=vorschlag
        )
        Entgeltvorschlag.objects.filter(pk=vorschlag.pk).update(
            zustand=VorschlagZustand.BESTAETIGT, entschieden_von=controlling_of(world), entschieden_at=LAENGST
        )
    return hilfe


def controlling_of(world) -> User:
    """Somebody of the office at the place, as the trigger wants her."""
    user = User.objects.get_or_create(username="rosa", defaults={"password": "!", "nachname": "Rohde"})[0]
    if not user.memberships.exists():
        amt = Tenant.objects.get(kuerzel="HRO")
        appoint(user=user, tenant=amt, rolle=Rolle.CONTROLLING, gueltig_ab=date(2015, 1, 1), gueltig_bis=None)
    return user


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_from_a_proposal_for_one_office_to_its_chart(world, visit, size, script):
    hilfe = _develop(world)
    haus = f"/anbieter/einrichtungen/{hilfe.einrichtung_id}/"
    ines = visit("portal", size=size, script=script, dark=size == PHONE)
    ines.expected_statuses = {422}
    ines.sign_in("ines")
    ines.open(haus)
    ines.follow(re.compile("Entgelt vorschlagen: Familienhilfe Warnow"))
    ines.at("Entgelt vorschlagen")
    ines.choose("Nur für ein Jugendamt (§ 77)", "Landkreis Vorpommern-Greifswald")
    ines.choose("Rechtsgrundlage", "§ 78b SGB VIII (Entgeltvereinbarung)")
    ines.fill("Grundleistung (€)", "52,00")
    ines.fill("Investition (€)", "4,10")
    ines.press("Zur Bestätigung vorlegen")
    ines.at("Entgelt vorschlagen")
    ines.sees("beruht auf § 77 SGB VIII")
    ines.picture(f"einzelentgelt-{size[0]}-fehler")
    ines.choose("Rechtsgrundlage", "§ 77 SGB VIII (Vereinbarung über die Kosten)")
    ines.press("Zur Bestätigung vorlegen")
    ines.at("Entgelt für „Familienhilfe Warnow“")
    ines.sees("nur Landkreis Vorpommern-Greifswald")
    ines.picture(f"einzelentgelt-{size[0]}-vorschlag")
    ines.open(haus)
    ines.picture(f"einzelentgelt-{size[0]}-einrichtung")

    world.cast.user("frieda")
    frieda = visit("vg", size=size, script=script, dark=size == PHONE)
    frieda.sign_in("frieda")
    frieda.open("/anbieter/entgelte/")
    frieda.picture(f"einzelentgelt-{size[0]}-liste")
    frieda.follow("Familienhilfe Warnow")
    frieda.at("Entgelt für „Familienhilfe Warnow“")
    frieda.picture(f"einzelentgelt-{size[0]}-amt")
    frieda.press("Entgelt bestätigen")
    frieda.sees("Das Entgelt gilt ab dem")
    frieda.open(haus)
    frieda.sees("nur für Vorpommern-Greifswald: 56,10 €")
    frieda.follow(re.compile("Entwicklung der Entgelte: Familienhilfe Warnow"))
    frieda.at("Entgelte von „Familienhilfe Warnow“")
    frieda.picture(f"einzelentgelt-{size[0]}-entwicklung-amt")

    ines.open("/eingang/")
    ines.sees("Ihr Vorschlag für „Familienhilfe Warnow“ ist bestätigt")
    ines.picture(f"einzelentgelt-{size[0]}-eingang")
    ines.open(f"/anbieter/entgelte/entwicklung/{hilfe.pk}/")
    ines.sees("Nur für Landkreis Vorpommern-Greifswald")
    ines.picture(f"einzelentgelt-{size[0]}-entwicklung")
