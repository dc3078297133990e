"""On call for two offices, on a phone: from the portal to held in four taps and one number, five without script."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import now, real_now
from shared_apps.providers.models import Kontakt
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant
from tests.e2e.browser import PHONE
from tests.factories.register import create_angebot, create_einrichtung
from tests.people import appoint


@pytest.mark.parametrize(("script", "hoechstens"), [(True, 4), (False, 5)], ids=["390", "390 without script"])
def test_a_call_at_night__from_the_portal_to_held(world, visit, script, hoechstens, settings):
    settings.FIXED_TODAY = ""
    heute: date = real_now().date()
    hro = Tenant.objects.get(kuerzel="HRO")
    appoint(
        user=world.cast.user("rufina"), tenant=hro, rolle=Rolle.RUFBEREITSCHAFT, gueltig_ab=heute - timedelta(days=1),
        gueltig_bis=heute + timedelta(days=90),
    )  # fmt: skip
    sitz = Gebietskoerperschaft.objects.get(kuerzel="VG")
    haus = create_einrichtung(
        name="Kinderschutzhaus Hafenstraße", ort="Greifswald", breite=sitz.breite, laenge=sitz.laenge
    )
    Kontakt.objects.create(einrichtung=haus, funktion="BEREITSCHAFT", telefon="0000 39200 10", ist_notruf=True)
    create_angebot(einrichtung=haus, hilfeart="S42", plaetze=2, vakanz_bestaetigt_at=now())
    rufina = visit("portal", size=PHONE, script=script)
    rufina.sign_in("rufina")
    taps = []

    def tap(what: str, target) -> None:
        taps.append(what)
        target.click()

    rufina.at(re.compile("Guten Tag"))
    rufina.picture(f"ruf-{'mit' if script else 'ohne'}-0-portal")
    rufina.sees("Heute Nacht: Jugendamt HRO")
    tap("Heute Nacht: Jugendamt VG", rufina.page.get_by_role("link", name="Heute Nacht: Jugendamt VG"))
    if not script:
        tap("Weiter", rufina.page.get_by_role("button", name=re.compile("^Weiter zu")))
    rufina.at("Heute Nacht")
    assert "vg." in rufina.page.url, "no page is of two offices"
    rufina.page.get_by_label("Alter in Jahren").fill("9")
    tap("Junge", rufina.page.get_by_role("radio", name="Junge"))
    tap("Freie Plätze zeigen", rufina.page.get_by_role("button", name="Freie Plätze zeigen"))
    tap("Reservieren", rufina.page.get_by_role("button", name="Reservieren").first)
    rufina.at("Kinderschutzhaus Hafenstraße")
    rufina.sees(re.compile("Gehalten bis"))
    print(f"\ntaps from the portal to held: {len(taps)} and one number: {', '.join(taps)}")
    assert len(taps) <= hoechstens
    rufina.picture(f"ruf-{'mit' if script else 'ohne'}-1-gehalten")
    for link in ("Start", "Heute Nacht: freien Platz finden", "Von Ihnen aufgenommen: 1"):
        rufina.page.get_by_role("link", name=link, exact=True).first.click()
        rufina.picture(f"ruf-{'mit' if script else 'ohne'}-weg-{link[:5]}")
    rufina.at("Von Ihnen aufgenommen")
    rufina.picture(f"ruf-{'mit' if script else 'ohne'}-2-eigene")
