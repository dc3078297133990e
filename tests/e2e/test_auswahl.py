"""Ways through the choice: brothers and sisters, a comparison to a dearer house, an empty list to a near miss; and how
much of a screen an offer takes."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from PIL import Image
from playwright.sync_api import expect

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import now
from shared_apps.core.uploads.states import Dateipruefung
from shared_apps.providers.models import Angebot, Einrichtung, Foto
from tenant_apps.placements.models import Suche
from tenants.context import in_tenant
from tests.e2e.browser import A4, DESK, PHONE
from tests.e2e.world import World
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.register import create_angebot, create_einrichtung, occupy_platz, period
from tests.factories.suchen import search_for

GRUND = "Die Großmutter wohnt zwei Straßen weiter und holt sie jeden Tag ab."
WEGE = pytest.mark.parametrize(("size", "script"), [(PHONE, False), (DESK, True)], ids=["390 without script", "1280"])


def _search(world: World, **asked) -> Suche:
    """Lena's; her brother Jonte has a case in Anna's hands, too."""
    anna = world.cast.akteur("anna")
    with in_tenant(world.vg):
        kinder = [
            create_klient(vorname=name, nachname="Lindqvist", geburtsdatum=date(jahr, 3, 14))
            for name, jahr in (("Lena", 2007), ("Jonte", 2009))
        ]
        lena, _ = [create_hilfefall(fachkraft_id=anna.user_id, klient=kind) for kind in kinder]
        return search_for(anna, lena, **asked)


def _result(visit, suche: Suche, *, size, script):
    anna = visit("vg", size=size, script=script)
    anna.sign_in("anna")
    anna.open(f"/hze-auswahl/{suche.pk}/")
    return anna


@WEGE
def test_brother_and_sister_into_one_house(world, visit, size, script):
    anna = _result(visit, _search(world), size=size, script=script)
    anna.at("14 verfügbare Angebote")
    anna.page.locator("details.sojus-menu summary").first.click()
    anna.follow("Mit Geschwistern")
    anna.at("Geschwister in dieselbe Einrichtung")
    anna.page.get_by_role("checkbox", name=re.compile("Lindqvist, Jonte")).check()
    anna.press("Einrichtungen suchen")
    anna.at("Geschwister in dieselbe Einrichtung")
    anna.picture(f"geschwister-{size[0]}")
    anna.page.get_by_role("button", name="Beide Plätze reservieren: Haus Möwennest").click()
    anna.at(re.compile("^Reservierung"))
    anna.page.get_by_role("link", name=re.compile("^Reservierung Nr")).click()
    anna.at(re.compile("^Reservierung"))
    anna.sees("Haus Möwennest")


def test_further_kinds_of_help_come_with_the_first(world, visit):
    """With script: what can be looked through together appears when the first kind is chosen, and changes with it."""
    world.cast.user("anna")
    anna = visit("vg", size=DESK)
    anna.sign_in("anna")
    anna.open("/hze-auswahl/")
    anna.page.locator("summary", has_text="Weitere Hilfearten").click()
    anna.sees("Wählen Sie zuerst die Hilfeart. Dann steht hier, was sich zusammen mit ihr suchen lässt.")
    anna.choose("Hilfeart", "S34")
    pflege = anna.page.get_by_role("checkbox", name="§ 33 Vollzeitpflege")
    with anna.page.expect_response("**/zaehlen/"):
        pflege.check()
    expect(pflege).to_be_checked()
    pflege.uncheck()
    anna.choose("Hilfeart", "A31")
    expect(anna.page.get_by_role("checkbox", name="§ 29 Soziale Gruppenarbeit")).to_be_visible()
    expect(pflege).to_have_count(0)


@WEGE
def test_from_a_comparison_to_a_dearer_house_with_a_reason(world, visit, size, script):
    anna = _result(visit, _search(world), size=size, script=script)
    for haus in ("Haus Möwennest", "Haus Usedom"):
        anna.page.get_by_role("button", name=re.compile(f"^Merken: {haus}")).click()
        anna.at("14 verfügbare Angebote")
    anna.sees("2 gemerkt")
    anna.follow("Vergleichen")
    anna.at("Zwei Angebote im Vergleich")
    anna.picture(f"vergleich-{size[0]}")
    anna.page.get_by_role("link", name=re.compile("^Reservieren: Haus Usedom")).click()
    anna.at("Haus Usedom")
    anna.expected_statuses = {422}
    anna.press("Reservieren")
    anna.sees(re.compile("außerhalb des günstigsten Drittels"))
    anna.page.locator("#id_begruendung").fill(GRUND)
    anna.press("Reservieren")
    anna.at(re.compile("^Reservierung"))
    anna.follow("Auswahlvermerk")
    anna.at(re.compile("Auswahlvermerk"))
    anna.sees(GRUND)


@WEGE
def test_from_an_empty_list_to_what_is_free_a_little_later(world, visit, size, script):
    haus = create_einrichtung(name="Schutzhaus am Ryck", ort="Greifswald", plz="17489")
    angebot = create_angebot(einrichtung=haus, hilfeart="S42", entgelt="120.00")
    occupy_platz(platz=angebot.plaetze.get(), tenant=world.vg, zeitraum=period("2017-05-01", "2017-06-13"))
    suche = _search(world, hilfeart=Hilfeart.objects.get(code="S42"))
    anna = _result(visit, suche, size=size, script=script)
    anna.sees("Im ganzen Zeitraum ist nichts Passendes frei")
    anna.look()
    anna.follow("Fast passende zeigen")
    anna.sees(re.compile("14.06.2017"))
    anna.picture(f"fast-{size[0]}")
    anna.page.locator("#fast-passend").get_by_role("button").first.click()
    anna.at("1 verfügbares Angebot")
    expect(anna.page.locator("tbody")).to_contain_text("Schutzhaus am Ryck")


@WEGE
def test_from_a_house_that_is_taken_to_the_day_it_is_free(world, visit, size, script):
    angebot = create_angebot(einrichtung=create_einrichtung(name="Haus am Ryck"), entgelt="90.00")
    occupy_platz(platz=angebot.plaetze.get(), tenant=world.vg, zeitraum=period("2017-05-01", "2017-07-31"))
    anna = _result(visit, _search(world), size=size, script=script)
    anna.page.goto(f"{anna.page.url}angebote/{angebot.pk}/")
    anna.at("Haus am Ryck")
    anna.sees(re.compile("frei ab 01.08.2017"))
    anna.press("Ab 01.08.2017 suchen")
    anna.at("15 verfügbare Angebote")


LANG = "Heilpädagogisch-therapeutische Intensivwohngruppe Donaudampfschifffahrtsgesellschaft am Greifswalder Bodden"


def _show_foto(angebot: Angebot) -> None:
    bild = io.BytesIO()
    Image.new("RGB", (400, 300), "navy").save(bild, "WEBP")
    foto = Foto(
        einrichtung=angebot.einrichtung, titel="Haus", alternativtext="Haus am Hafen", pruefung=Dateipruefung.FREI
    )
    foto.datei.save("haus.webp", bild, save=False)
    foto.vorschau.save("klein.webp", bild)


def test_rows_are_thin_and_cards_short_whatever_the_names(world, visit):
    """A name of a hundred letters, a note, a picture, an old confirmation: 96 px at the desk, 200 px on the phone."""
    haus = create_einrichtung(anbieter=f"{LANG} gGmbH", name=LANG, ort="Ostseebad Heringsdorf")
    hinweis = "Aufnahme nach einem Probewohnen von zwei Wochen, das mit den Eltern geplant wird"
    lang = create_angebot(entgelt="77.00", einrichtung=haus, name="Intensivwohngruppe für Jugendliche", hinweis=hinweis)
    ohne_hinweis = create_angebot(entgelt="78.00", einrichtung=create_einrichtung(anbieter=LANG, name=f"{LANG} II"))
    Angebot.objects.filter(pk__in=[lang.pk, ohne_hinweis.pk]).update(vakanz_bestaetigt_at=now() - timedelta(days=120))
    for angebot in (world.freie[0], lang):
        _show_foto(angebot)
    anna = _result(visit, _search(world), size=DESK, script=True)
    anna.at("16 verfügbare Angebote")
    zeilen = {pk: f"#a-{pk}" for pk in (angebot.pk for angebot in (*world.freie, lang, ohne_hinweis))}
    hoehen = {pk: _height(anna, zeile) for pk, zeile in zeilen.items()}
    assert max(hoehen[lang.pk], hoehen[ohne_hinweis.pk]) <= 96, hoehen
    assert max(hoehen[angebot.pk] for angebot in world.freie) <= 72, hoehen
    anna.move_to(PHONE)
    anna.look()
    hoehen = {pk: _height(anna, zeile) for pk, zeile in zeilen.items()}
    assert max(hoehen.values()) <= 200, hoehen
    assert anna.page.locator(f"{zeilen[lang.pk]} a.placements-haus").get_attribute("title") == LANG
    knopf, foto = (
        anna.page.locator(f"{zeilen[lang.pk]} {was}").bounding_box() for was in (".kern-btn--secondary", "img")
    )
    assert knopf["y"] + knopf["height"] < foto["y"], "the button comes before the picture"


#: Names as houses have them, with the longest words they are made of.
NAMEN = (
    "Kinder- und Jugendwohngruppe Greifswald", "Familienwohngruppe Achterwasser", "Jugendhilfeeinrichtung Peenemünde",
    "Intensivwohngruppe Boddenblick",
)  # fmt: skip
#: Words of this part that are written on two lines, at no hyphen of their own.
_BROKEN = r"""(where) => {
  const broken = [], texts = document.createTreeWalker(document.querySelector(where), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (texts.currentNode.parentElement.closest('.kern-sr-only')) continue;
    for (const word of texts.currentNode.data.matchAll(/[\p{L}\d.,]{3,}/gu)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""
#: What the columns of a comparison are called on the phone: too wide for the line they are written on.
_WIDE = """() => [...document.querySelectorAll('.placements-vergleich td[data-label]')].filter((e) => {
  const style = getComputedStyle(e, '::before'), pen = document.createElement('canvas').getContext('2d');
  pen.font = style.font;
  const words = e.dataset.label.split(/[ -]/).map((word) => pen.measureText(word).width);
  return Math.max(...words) > parseFloat(style.width);
}).map((e) => e.dataset.label)"""


def test_no_name_is_broken__on_paper_and_in_a_comparison_on_the_phone(world, visit):
    """Ten offers and more are on a sheet, with prices and without, under a head that comes again on each."""
    for angebot, name in zip(world.freie, NAMEN, strict=False):
        Einrichtung.objects.filter(pk=angebot.einrichtung_id).update(name=name)
        Angebot.objects.filter(pk=angebot.pk).update(name=f"{name} – Verselbstständigungsbereich")
        _show_foto(angebot)
    suche = _search(world)
    with in_tenant(world.vg):
        Suche.objects.filter(pk=suche.pk).update(gemerkt=[str(angebot.pk) for angebot in world.freie[:4]])
    anna = _result(visit, suche, size=DESK, script=True)
    for preise in ("", "?preise=ohne"):
        anna.open(f"/hze-auswahl/{suche.pk}/{preise}")
        anna.page.emulate_media(media="print")
        anna.page.set_viewport_size({"width": A4[0], "height": A4[1]})
        anna.picture(f"druck-ergebnis{preise[-4:]}")
        assert not anna.page.evaluate(_BROKEN, ".placements-ergebnis"), preise
        zehnte = anna.page.locator(".placements-ergebnis tbody tr:not(.sojus-third-end)").nth(9).bounding_box()
        assert zehnte["y"] + zehnte["height"] <= A4[1], f"{preise}: not ten on the first sheet"
        kopf = anna.page.locator(".placements-ergebnis thead").evaluate("e => getComputedStyle(e).display")
        assert kopf == "table-header-group"
    anna.page.emulate_media(media="screen")
    anna.open(f"/hze-auswahl/{suche.pk}/vergleich/")
    for breite in (390, 320):
        anna.page.set_viewport_size({"width": breite, "height": 844})
        anna.look()
        anna.picture(f"vergleich-{breite}")
        assert not anna.page.evaluate(_BROKEN, ".placements-vergleich thead"), breite
        assert not anna.page.evaluate(_WIDE), breite


def _height(anna, zeile: str) -> float:
    return anna.page.locator(zeile).bounding_box()["height"]
