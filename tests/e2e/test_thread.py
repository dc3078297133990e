"""The main job as one story: social worker, provider, billing, ministry; on the desk and on the phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from shared_apps.core.clock import today
from tenant_apps.controlling.publish import list_faellige, publish_faellige
from tenants.context import in_tenant
from tests.e2e.browser import DESK, PHONE
from tests.e2e.visitor import Visitor
from tests.e2e.world import DIFFERENZ, GESAMT, HAEUSER, IM_DRITTEL, SOLL, World

NACHNAME, GEBURTSDATUM = "Lindqvist", "14.03.2007"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_thread__from_search_to_comparison(world: World, visit, size):
    for name in ("anna", "ines", "doris", "emil", "karla"):
        world.cast.user(name)
    anna = visit("vg", size=size)
    anna.type_password("anna")
    _search(anna)
    _compare_offers(anna)
    reservierung = _reserve(anna)

    ines = visit("portal", size=size)
    _consent(ines)

    _book_and_begin(anna, reservierung)
    rechnung = _bill_june(ines)

    doris, emil = visit("vg", size=size), visit("vg", size=size)
    _check(doris, rechnung)
    _approve(emil, rechnung)
    _pay(doris, rechnung)

    with in_tenant(world.vg):
        publish_faellige(monate=list_faellige())
    karla = visit("portal", size=size)
    _see_comparison(karla, anna)


def _search(anna: Visitor) -> None:
    anna.at("Guten Tag, Anna Ahlers")
    anna.follow("HzE-Auswahl")
    anna.at("HzE-Auswahl")
    anna.page.get_by_text("Neue Person eingeben").click()
    anna.fill("PKZ", "PKZ-2017-1")
    anna.fill("Nachname", NACHNAME)
    anna.fill("Vorname", "Lena")
    anna.fill("Geburtsdatum", GEBURTSDATUM)
    anna.page.locator("#id_person-geschlecht").select_option(label="weiblich")
    anna.fill("Beginn der Hilfe", "01.06.2017")
    anna.fill("Ende der Hilfe", "30.11.2017")
    anna.choose("Hilfeart", "S34")
    anna.fill("Tage je Woche", "7")
    zahlen = anna.page.locator("#zahlen")
    expect(zahlen).to_contain_text(f"Alle Angebote ({GESAMT})", use_inner_text=True)
    expect(zahlen).to_contain_text(f"Verfügbare Angebote ({len(HAEUSER)})", use_inner_text=True)
    for wert in ("182,00", "26,00", "Der Zeitraum liegt in der Vergangenheit"):
        expect(zahlen).to_contain_text(wert)
    anna.look()
    anna.press("Angebote zeigen")


def _compare_offers(anna: Visitor) -> None:
    anna.at("14 verfügbare Angebote")
    rows = anna.page.locator("tbody tr:not(.sojus-third-end)")
    expect(rows).to_have_count(len(HAEUSER))
    for row, haus, soll, differenz in zip(rows.all(), HAEUSER, SOLL, DIFFERENZ, strict=True):
        text = re.sub(r"[\u00a0\u202f]", " ", row.inner_text())
        assert haus in text
        assert soll in text
        assert differenz in text
    expect(anna.page.locator("tbody tr.sojus-third")).to_have_count(IM_DRITTEL)
    last = anna.page.locator("tbody tr").nth(IM_DRITTEL)
    expect(last).to_have_text("Ende des günstigsten Drittels")
    assert "weiblich" in rows.last.inner_text().lower()
    anna.page.get_by_role("link", name="Auswählen: Haus Möwennest").click()


def _reserve(anna: Visitor) -> str:
    anna.at("Haus Möwennest")
    for text in ("13.832,00", "Rang 1 von 14, im günstigsten Drittel", "Lindqvist"):
        anna.sees(re.compile(text))
    anna.press("Reservieren")
    anna.at(re.compile("^Reservierung"))
    anna.sees(re.compile("Der Platz ist reserviert bis"))
    anna.sees(re.compile("Der Anbieter muss noch zustimmen"))
    expect(anna.page.locator(".sojus-nav [aria-current]")).to_have_text("Fallmanager")
    url = anna.page.url
    anna.follow("Auswahlvermerk")
    anna.at(re.compile("Auswahlvermerk"))
    return url


def _consent(ines: Visitor) -> None:
    ines.sign_in("ines")
    ines.at("Eingang")
    ines.sees("Haus Möwennest")
    ines.page.locator("tbody a").first.click()
    ines.page.wait_for_url(re.compile(r"//vg\.localhost"))
    ines.at(re.compile("^Reservierung"))
    ines.sees("Pseudonym")
    ines.sees("10 Jahre")
    ines.never_sees(NACHNAME, "Lena", GEBURTSDATUM, "PKZ-2017-1")
    ines.follow("Zustimmen")
    ines.at("Der Reservierung zustimmen?")
    ines.never_sees(NACHNAME, "Lena", GEBURTSDATUM, "PKZ-2017-1")
    ines.press("Zustimmen")
    ines.at(re.compile("^Reservierung"))
    ines.sees(re.compile("Sie haben der Reservierung zugestimmt"))
    ines.never_sees(NACHNAME, "Lena", GEBURTSDATUM)


def _book_and_begin(anna: Visitor, reservierung: str) -> None:
    anna.open("/faelle/")
    anna.at("Fallmanager")
    anna.sees("1 bis 1 von 1")
    anna.page.goto(reservierung)
    anna.at(re.compile("^Reservierung"))
    anna.follow(re.compile("buchen"))
    anna.at("Verbindlich buchen?")
    anna.press("Verbindlich buchen")
    anna.at(re.compile("^Buchung"))
    anna.sees("Der Platz ist verbindlich gebucht.")
    anna.follow("Aufnahme bestätigen")
    anna.at("Aufnahme bestätigen")
    anna.press("Aufnahme bestätigen")
    anna.at(re.compile("^Buchung"))
    anna.sees("Die Aufnahme ist bestätigt.")
    anna.sees("Juni 2017")


def _bill_june(ines: Visitor) -> str:
    ines.open("/faelle/", host="vg")
    ines.at("Fallmanager")
    ines.main.locator("tbody th a").first.click()
    ines.at(re.compile("^Buchung"))
    ines.sees(f"Lena {NACHNAME}")  # after the booking she may know
    ines.page.get_by_role("link", name=re.compile("Juni 2017: .*erfassen")).click()
    ines.at(re.compile("Leistung erfassen: Juni 2017"))
    expect(ines.page.locator("input[name=tage]:checked")).to_have_count(30)
    ines.press("Weiter zur Vorschau")
    ines.at("Rechnung prüfen und senden")
    ines.sees(re.compile("2.280,00"))  # 30 days at 76.00
    ines.press("Rechnung einreichen")
    ines.at(re.compile("^Rechnung"))
    ines.sees(re.compile("ist eingereicht"))
    return ines.page.url


def _check(doris: Visitor, rechnung: str) -> None:
    doris.sign_in("doris")
    doris.at(re.compile("Guten Tag"))
    doris.follow("Abrechnung")
    doris.at("Abrechnung")
    doris.page.goto(rechnung)
    doris.at(re.compile("^Rechnung"))
    doris.never_sees(NACHNAME)  # case number and period are enough
    doris.follow("Richtigkeit feststellen")
    doris.at("Richtigkeit feststellen?")
    doris.press("Sachlich und rechnerisch richtig")
    doris.sees("Die Rechnung ist als sachlich und rechnerisch richtig festgestellt.")
    expect(doris.page.get_by_role("link", name="Zahlung anordnen")).to_have_count(0)  # two different people


def _approve(emil: Visitor, rechnung: str) -> None:
    emil.sign_in("emil")
    emil.at(re.compile("Guten Tag"))
    emil.page.goto(rechnung)
    emil.follow("Zahlung anordnen")
    emil.at("Zahlung anordnen?")
    emil.sees("lässt sich hier nicht zurücknehmen")
    emil.press("Zahlung anordnen")
    emil.at(re.compile("^Rechnung"))
    emil.sees("Die Zahlung ist angeordnet.")


def _pay(doris: Visitor, rechnung: str) -> None:
    doris.page.goto(rechnung)
    doris.follow("Als bezahlt vermerken")
    doris.at("Als bezahlt vermerken?")
    doris.press("Als bezahlt vermerken")
    doris.at(re.compile("^Rechnung"))
    doris.sees("Die Auszahlung ist vermerkt.")


def _see_comparison(karla: Visitor, anna: Visitor) -> None:
    """One case of one kind could be recognised, also by the total of one withheld part. Its office knows it."""
    auszahlungen = f"auszahlungen/?monat={today():%Y-%m}"
    karla.sign_in("karla")
    karla.at("Kennzahlen")
    for path in ("fallzahlen/?monat=2017-06", "fallzahlen/?monat=2017-06&hilfeart=S34", auszahlungen):
        assert _figure_of_vg(karla, path) == "•", path
        karla.never_sees(NACHNAME, "Lena", "PKZ-2017-1")
    assert _figure_of_vg(anna, "fallzahlen/?monat=2017-06") == "1"
    assert _figure_of_vg(anna, auszahlungen).removesuffix(",00") == "2.280", "what was paid has become the figure"


def _figure_of_vg(person: Visitor, path: str) -> str:
    person.open(f"/kennzahlen/{path}")
    person.at("Kennzahlen")
    return person.page.locator(".sojus-kpi tbody tr").filter(has_text="VG").locator("td").first.inner_text()
