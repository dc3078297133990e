"""What people print and pin to a wall: nothing is cut, and it can be read without colour."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.providers.models import Entgelt
from tenants.context import on_portal
from tenants.models import Tenant
from tests.e2e.browser import A4, DESK, PHONE
from tests.factories.register import create_angebot, create_einrichtung, occupy_platz
from tests.people import Cast

LANG = "Heilpädagogisch-therapeutische Kinder- und Jugendhilfeeinrichtung Boddenblick-Achterwasser"
_CUT = """() => {
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll('main *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width && box.right > width + 1 && !e.closest('.kern-sr-only, .plan-weit');
  }).slice(0, 5).map((e) => e.outerHTML.slice(0, 160));
}"""
#: What a rule of the page's own, or of KERN, shows on paper all the same.
_NOT_FOR_PAPER = """() => [...document.querySelectorAll('.sojus-noprint')].filter((e) => e.getClientRects().length)
  .map((e) => e.outerHTML.slice(0, 160))"""
#: Bars that are more than three lines high: too narrow for their words, they are broken letter by letter.
_LETTERS = """() => [...document.querySelectorAll('.plan-seg')].filter((e) => e.offsetHeight > 80)
  .map((e) => e.outerHTML.slice(0, 160))"""


def tag(n: int) -> date:
    return date.today() + timedelta(days=n)


@pytest.fixture
def haus(site):
    cast = Cast()
    ines = cast.user("ines")
    haus = create_einrichtung(name=LANG, ort="Wolgast")
    angebot = create_angebot(einrichtung=haus, plaetze=5, name="Wohngruppe Möwe", entgelt=None)
    plaetze = list(angebot.plaetze.order_by("nummer"))
    occupy_platz(platz=plaetze[0], tenant=Tenant.objects.get(kuerzel="VG"), zeitraum=DateRange(tag(-200), None))
    wer = {"geaendert_von": ines, "geaendert_at": timezone.now()}
    akteur = cast.akteur("ines")
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        Platzsperre.objects.create(platz=plaetze[1], zeitraum=DateRange(tag(-3), tag(25)), grund="RENOVIERUNG", **wer)
        Platzsperre.objects.create(platz=plaetze[2], zeitraum=DateRange(tag(22), tag(40)), grund="RENOVIERUNG", **wer)
        Aufnahmestopp.objects.create(angebot=angebot, zeitraum=DateRange(tag(-1), tag(20)), grund="PERSONAL", **wer)
    for jahr, betrag in ((2022, "98.40"), (2023, "104.10"), (2024, "112.70"), (2025, "118.35"), (2026, "127.90")):
        bis = date(jahr + 1, 1, 1) if jahr < 2026 else None
        Entgelt.objects.create(
            angebot=angebot, betrag=Decimal(betrag), einheit="TAG", gueltig=DateRange(date(jahr, 1, 1), bis)
        )
    return haus


def test_board_and_chart_of_rates__are_whole_on_paper(haus, visit):
    angebot = haus.angebote.get()
    ines = visit("portal", size=DESK)
    ines.sign_in("ines")
    for name, url, zeichen in (
        ("plan", "/anbieter/eigene/plan/", ".plan-seg--frei, .plan-seg--gesperrt"),
        ("entgelte", f"/anbieter/entgelte/entwicklung/{angebot.pk}/", ".sojus-stufen__teil"),
    ):
        ines.open(url)
        ines.look()
        ines.picture(f"druck-{name}-schirm")
        ines.page.emulate_media(media="print")
        ines.page.set_viewport_size({"width": A4[0], "height": A4[1]})
        ines.picture(f"druck-{name}")
        assert not ines.page.evaluate(_NOT_FOR_PAPER), f"{name}: what is to be clicked is printed"
        assert not ines.page.evaluate(_CUT), f"{name}: runs off the paper"
        assert not ines.page.evaluate(_LETTERS), f"{name}: a bar of few days is written letter by letter"
        # without colour: what a bar means is its line, and its line is printed
        farbe = (
            "e => [getComputedStyle(e).printColorAdjust, getComputedStyle(e).boxShadow + getComputedStyle(e).stroke]"
        )
        for exact, linie in [ines.page.locator(zeichen).nth(n).evaluate(farbe) for n in range(2)]:
            assert exact == "exact" and linie != "nonenone"
        ines.page.emulate_media(media="screen")
        ines.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})


def test_no_style_of_the_phone_applies_to_paper():
    """A4 is as narrow as a phone to a browser: lists printed as cards took four sheets instead of one."""
    sheets = [p for app in ("shared_apps", "tenant_apps") for p in Path(app).glob("*/static/*/*.css")]
    assert len(sheets) > 5
    for sheet in sheets:
        assert not re.findall(r"@media\s*\(max-width[^{]*", sheet.read_text()), f"{sheet}: say `screen and`"


def test_board_with_a_long_name__fits_the_phone(haus, visit):
    ines = visit("portal", size=PHONE)
    ines.sign_in("ines")
    ines.open("/anbieter/eigene/plan/")
    ines.sees(LANG)
    ines.look()
    ines.picture("plan-langer-name-390")
