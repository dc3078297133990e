"""A provider corrects her vacancies on the board, by keyboard at the desk, by thumb on the phone."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.services import bind_platz
from shared_apps.providers.models import Platz
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.e2e.browser import DESK, PHONE
from tests.factories.register import IMMER, create_angebot, create_einrichtung, occupy_platz

PLAN = "/anbieter/eigene/plan/"


def tag(n: int) -> date:
    return date.today() + timedelta(days=n)


def _furnish(world) -> None:
    """A house with six places: taken, reserved, free; and one with none to show.

    A reservation takes any place that is free, so Platz 6, which stays free, comes after it.
    """
    hro = Tenant.objects.get(kuerzel="HRO")
    haus = create_einrichtung(name="Haus Kiefernweg", ort="Anklam")
    angebot = create_angebot(einrichtung=haus, plaetze=5, name="Wohngruppe Möwe")
    plaetze = list(angebot.plaetze.order_by("nummer"))
    occupy_platz(platz=plaetze[0], tenant=world.vg, zeitraum=DateRange(tag(-200), None))
    occupy_platz(platz=plaetze[1], tenant=hro, zeitraum=DateRange(tag(-100), tag(17)))
    occupy_platz(platz=plaetze[2], tenant=world.vg, zeitraum=DateRange(tag(30), tag(70)))
    for platz in plaetze[3:]:
        occupy_platz(platz=platz, tenant=world.vg, zeitraum=DateRange(tag(-10), tag(9)))
    with in_tenant(world.vg):
        bind_platz(
            angebot_id=angebot.pk, zeitraum=Zeitraum(tag(9), tag(60)), ablauf_at=timezone.now() + timedelta(days=5)
        )
    Platz.objects.create(angebot=angebot, nummer=6, gueltig=IMMER)
    create_angebot(einrichtung=create_einrichtung(name="Haus Feldweg", kreis="HRO", ort="Rostock"), plaetze=3)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "390"])
def test_a_big_house_has_its_first_places_on_the_board_and_all_on_its_own_page(world, visit, size):
    haus = create_einrichtung(name="Haus Boddenblick", ort="Wolgast")
    for nummer in (1, 2, 3):
        create_angebot(einrichtung=haus, plaetze=24, name=f"Gruppe {nummer}")
    create_angebot(einrichtung=create_einrichtung(name="Haus Feldweg"), plaetze=3)
    world.cast.user("ines")
    ines = visit("portal", size=size)
    ines.sign_in("ines")
    ines.open(PLAN)
    ines.sees("Gezeigt sind die ersten 20 Zeilen dieser Einrichtung.")
    ines.picture(f"plan-{size[0]}-gross")
    ines.follow(re.compile("Alle 72 Plätze ansehen: Haus Boddenblick"))
    ines.at("Belegungsplan: Haus Boddenblick")
    ines.sees("1 bis 50 von 72")
    ines.picture(f"plan-{size[0]}-gross-haus")
    ines.follow("Weiter")
    ines.sees("51 bis 72 von 72")
    ines.picture(f"plan-{size[0]}-gross-haus-2")


@pytest.mark.parametrize(
    ("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280 keyboard", "390 dark without script"]
)
def test_a_wrong_vacancy_is_put_right_and_the_office_reads_it(world, visit, size, script):
    width = size[0]
    _furnish(world)
    world.cast.user("ines")
    ines = visit("portal", size=size, script=script, dark=size == PHONE)
    ines.expected_statuses = {409, 422}
    ines.sign_in("ines")
    ines.open(PLAN)
    ines.at("Belegungsplan")
    ines.sees("reserviert vom")
    ines.never_sees("Hanse- und Universitätsstadt")
    ines.picture(f"plan-{width}-tafel")
    if size == DESK:
        print_board(ines)

    ines.follow("Plätze benennen: Wohngruppe Möwe")
    ines.at("Plätze benennen")
    ines.fill("Platz 1", "Zimmer 3")
    ines.fill("Platz 2", "Zimmer 3")
    ines.press("Speichern")
    ines.sees("So heißt schon ein anderer Platz")
    ines.fill("Platz 2", "Gruppe Möwe, Platz 2")
    ines.picture(f"plan-{width}-namen")
    ines.press("Speichern")

    ines.open(PLAN)
    bar = ines.page.get_by_role("link", name=re.compile("Haus Kiefernweg, Platz 6: ab sofort frei"))
    bar.focus()
    ines.page.keyboard.press("Enter")
    ines.at("Platz 6 sperren")
    ines.picture(f"plan-{width}-platz")
    ines.choose("Grund", "belegt außerhalb von SoJuS")
    ines.fill("Letzter Tag", tag(20).isoformat())
    ines.press("Platz sperren")
    ines.at("Belegungsplan: Haus Kiefernweg")
    ines.sees("Platz 6 ist gesperrt")
    ines.sees("belegt außerhalb von SoJuS")
    ines.picture(f"plan-{width}-haus")

    ines.page.get_by_role("link", name=re.compile("Platz 1, Zimmer 3: belegt, Ende offen")).click()
    ines.at("Platz 1, Zimmer 3 sperren")
    ines.sees("Rufen Sie dort an")
    ines.choose("Grund", "Renovierung")
    ines.press("Platz sperren")
    ines.sees("In dieser Zeit ist hier vergeben")
    ines.picture(f"plan-{width}-vergeben")

    ines.open(PLAN)
    ines.page.get_by_role("link", name=re.compile("Platz 6: gesperrt bis")).click()
    ines.at("Sperre von Platz 6")
    ines.picture(f"plan-{width}-sperre")
    ines.press("Platz ab heute freigeben")
    ines.sees("Platz 6 ist frei.")
    ines.follow("Aufnahme stoppen: Wohngruppe Möwe")
    ines.at("Aufnahme stoppen")
    ines.choose("Grund", "Personal")
    ines.fill("Letzter Tag", tag(15).isoformat())
    ines.fill("Hinweis", "Zwei Stellen im Nachtdienst sind unbesetzt")
    ines.picture(f"plan-{width}-stopp")
    ines.press("Aufnahme stoppen")
    ines.sees("nimmt nicht auf")
    ines.sees("leer, nicht angeboten")
    ines.picture(f"plan-{width}-gestoppt")
    ines.open("/anbieter/eigene/")
    ines.sees("nimmt zurzeit nicht auf: Personal")

    world.cast.user("anna")
    anna = visit("vg", size=size, script=script, dark=size == PHONE)
    anna.sign_in("anna")
    anna.open("/anbieter/?suche=Küste")
    anna.follow("Jugendhilfe Küste gGmbH")
    anna.follow("Haus Kiefernweg")
    anna.sees("Nimmt zurzeit nicht auf")
    anna.never_sees("Zimmer 3")
    anna.picture(f"plan-{width}-amt")


#: A4 upright between its margins, at 96 points to the inch.
PAPER = {"width": 680, "height": 1000}
_ON_PAPER = """() => ({lines: [...document.querySelectorAll('.plan-kw__tag')].map((e) =>
    Math.round(e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).lineHeight))),
  buttons: [...document.querySelectorAll('main .kern-btn')].filter((e) => e.offsetWidth).length})"""


def print_board(ines) -> None:
    """On paper every week is one line, and there is nothing to press."""
    ines.page.emulate_media(media="print")
    ines.page.set_viewport_size(PAPER)
    ines.picture("plan-druck")
    paper = ines.page.evaluate(_ON_PAPER)
    assert set(paper["lines"]) == {1}, paper
    assert paper["buttons"] == 0
    ines.page.emulate_media(media="screen")
    ines.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
