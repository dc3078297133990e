"""Anna reads why offers do not fit: the parts add up, each leads to its offers, and the sealed choice keeps them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.catalogue.models import Sprache
from shared_apps.core.clock import now
from shared_apps.occupancy.models import Aufnahmestopp
from shared_apps.providers.models import Angebot
from tenant_apps.placements.enums import AUSSCHLUSS_WORT
from tenant_apps.placements.models import Suche
from tenants.context import in_tenant, on_portal
from tests.factories.register import DateRange, create_angebot, create_einrichtung, license_einrichtung, occupy_platz
from tests.factories.suchen import create_markt
from tests.seiten import words_of

URL = "/hze-auswahl/"
EINGABE = {
    "beginn": "2017-06-01", "ende": "2017-11-30", "hilfeart": "S34", "reichweite": "EIGENE", "tage_je_woche": "7,00",
    "geschlecht": "w", "alter": "12", "spezialisierungen": ["trauma"],
    "sprachen": ["ar"], "barrierefrei": "TEILWEISE", "bestaetigt_tage": "14",
}  # fmt: skip


@pytest.fixture
def anna(sign_in):
    return sign_in("anna")


@pytest.fixture
def markt(cast, vg) -> dict[str, Angebot]:
    """One offer for each thing that can speak against one."""

    def offer(name: str, **fields) -> Angebot:
        haus = create_einrichtung(name=f"Haus {name}", **fields.pop("haus", {}))
        sprachen = fields.pop("sprachen", ("ar",))
        hat = {"spezialisierungen": ("trauma",), "barrierefrei": "TEILWEISE", "vakanz_bestaetigt_at": now()}
        angebot = create_angebot(einrichtung=haus, **(hat | fields))
        angebot.sprachen.set(Sprache.objects.filter(code__in=sprachen))
        return angebot

    rows = {
        "passend": offer("Passend"),
        "ALTER": offer("Alter", alter_von=13, alter_bis=17),
        "GESCHLECHT": offer("Geschlecht", geschlecht="m"),
        "SPEZIALISIERUNG": offer("Spezialisierung", spezialisierungen=("sucht",)),
        "SPRACHE": offer("Sprache", sprachen=("uk",)),
        "BARRIERE": offer("Barriere", barrierefrei="NEIN"),
        "UNBESTAETIGT": offer("Unbestätigt", vakanz_bestaetigt_at=now() - timedelta(days=15)),
        "ERLAUBNIS": offer("Erlaubnis", erlaubnis=False),
        "ZEITRAUM": offer("Zeitraum", gueltig=DateRange(date(2015, 1, 1), date(2017, 9, 1))),
        "STOPP": offer("Stopp"),
        "BELEGT": offer("Belegt"),
        "ENTGELT": offer("Entgelt", entgelt=None),
    }
    license_einrichtung(rows["ERLAUBNIS"].einrichtung, datum=date(2017, 6, 2))
    occupy_platz(
        platz=rows["BELEGT"].plaetze.get(), tenant=vg, zeitraum=DateRange(date(2017, 11, 30), date(2017, 12, 5))
    )
    ines = cast.akteur("ines")
    with on_portal(user_id=ines.user_id, anbieter_ids=[rows["STOPP"].einrichtung.anbieter_id]):
        Aufnahmestopp.objects.create(
            angebot=rows["STOPP"], zeitraum=DateRange(date(2017, 5, 1), date(2017, 7, 1)), grund="PERSONAL",
            geaendert_von_id=ines.user_id, geaendert_at=rows["STOPP"].created_at,
        )  # fmt: skip
    create_angebot(kreis="HRO", alter_von=13, alter_bis=17)  # out of reach: not looked at
    return rows


#: What the page says of each offer of the market.
WARUM = {
    "ALTER": ("Alter", "nimmt von 13 bis 17 Jahren auf"),
    "GESCHLECHT": ("Geschlecht", "Nur männlich"),
    "SPEZIALISIERUNG": ("Spezialisierung", "es fehlt: Traumapädagogik"),
    "SPRACHE": ("Sprache", "es fehlt: Arabisch"),
    "BARRIERE": ("nicht barrierefrei", "barrierefrei: nein"),
    "UNBESTAETIGT": ("nicht bestätigt", "Vakanzen: seit 15 Tagen unbestätigt"),
    "ERLAUBNIS": ("ohne Betriebserlaubnis", "ohne gültige Betriebserlaubnis am ersten Tag"),
    "ZEITRAUM": ("nicht die ganze Zeit", "gibt es nur bis 31.08.2017"),
    "STOPP": ("Aufnahmestopp", "nimmt zurzeit nicht auf: Personal, bis 30.06.2017; frei ab 01.07.2017"),
    "BELEGT": ("belegt", "belegt; nur frei bis 29.11.2017"),
    "ENTGELT": ("ohne Entgelt", "kein Entgelt vereinbart"),
}


def test_nothing_is_left_out_in_silence(anna, markt, vg):
    antwort = anna.post(URL, EINGABE, follow=True)
    seite, html = words_of(antwort), antwort.content.decode()
    assert "12 geprüft: 1 passt 11 nicht passend:" in seite
    with in_tenant(vg):
        suche = Suche.objects.get()
    assert suche.ausschluesse == dict.fromkeys(WARUM, 1)
    for grund, (wort, warum) in WARUM.items():
        assert f"1 {wort}" in seite
        url = f"{URL}{suche.pk}/nicht-passend/?grund={grund}"
        assert url in html, "each part is a link"
        liste = words_of(anna.get(url))
        assert f"Nicht passend: {wort}" in liste and warum in liste, grund
        assert {name for name, a in markt.items() if a.einrichtung.name in liste} == {grund}


def test_hours__no_more_than_an_offer_has_and_than_the_office_takes_for_meant(anna, vg):
    """§ 31 for a family: eight hours a week of an offer that has six for all families are not to be had."""
    create_angebot(hilfeart="A31", stunden_je_woche=20, entgelt="60.00")
    create_angebot(hilfeart="A31", stunden_je_woche=6, entgelt="60.00")
    gefragt = {name: wert for name, wert in EINGABE.items() if name in {"beginn", "ende", "reichweite"}}
    gefragt |= {"hilfeart": "A31", "stunden_je_woche": "8"}
    seite = anna.post(URL, gefragt, follow=True)
    assert "2 geprüft: 1 passt 1 nicht passend: 1 zu wenige Stunden" in words_of(seite)
    with in_tenant(vg):
        suche = Suche.objects.get()
    liste = words_of(anna.get(f"{URL}{suche.pk}/nicht-passend/?grund=STUNDEN"))
    assert "leistet zusammen 6,00 Stunden je Woche" in liste
    zu_viel = anna.post(URL, gefragt | {"stunden_je_woche": "168"})
    assert zu_viel.status_code == 422 and "höchstens 40 Stunden je Woche" in words_of(zu_viel)
    gezaehlt = words_of(anna.post(f"{URL}zaehlen/", gefragt | {"stunden_je_woche": "168"}))
    assert "höchstens 40 Stunden je Woche" in gezaehlt and "Leitung oder Administration" in gezaehlt
    assert 'value="168"' in zu_viel.content.decode(), "nothing typed is lost"


def test_offers_out_of_reach_or_over_are_not_looked_at(anna, vg):
    create_angebot(gueltig=DateRange(date(2015, 1, 1), date(2017, 6, 1)))
    create_angebot(einrichtung=create_einrichtung(gueltig_bis=date(2017, 6, 1)))
    create_angebot(kreis="HRO")
    assert "0 geprüft" in words_of(anna.post(URL, EINGABE, follow=True))


def test_list_of_many__is_paged_and_costs_the_same(anna, vg):
    create_markt()
    anna.post(URL, EINGABE)
    with in_tenant(vg):
        suche = Suche.objects.get()
    url = f"{URL}{suche.pk}/nicht-passend/?grund=SPEZIALISIERUNG"

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            anna.get(url)
        return len(captured)

    queries()  # what is read once in a process
    few = queries()
    for _ in range(16):
        create_angebot()
    assert queries() == few
    erste = anna.get(url)
    assert "1 bis 25 von 30" in words_of(erste)
    assert re.search(r'href="[^"]*grund=SPEZIALISIERUNG[^"]*seite=2[^"]*"', erste.text), "the next page has the reason"
    assert "26 bis 30 von 30" in words_of(anna.get(f"{url}&seite=2"))
    assert "Zurzeit steht das keinem Angebot entgegen" in words_of(
        anna.get(f"{URL}{suche.pk}/nicht-passend/?grund=ERLAUBNIS")
    )


def test_a_reason_that_is_none_is_the_first_one_and_a_foreign_search_is_not_there(anna, markt, sign_in, vg):
    anna.post(URL, EINGABE)
    with in_tenant(vg):
        suche = Suche.objects.get()
    assert "Nicht passend: Alter" in words_of(anna.get(f"{URL}{suche.pk}/nicht-passend/?grund=%27"))
    assert sign_in("bernd").get(f"{URL}{suche.pk}/nicht-passend/").status_code == 404


def test_a_search_of_an_earlier_release_says_nothing_that_it_did_not_count(anna, vg):
    create_markt()
    offen = dict.fromkeys(("geschlecht", "alter", "barrierefrei", "bestaetigt_tage"), "")
    anna.post(URL, EINGABE | offen | {"spezialisierungen": [], "sprachen": []})
    with in_tenant(vg):
        suche = Suche.objects.get()
    assert "14 geprüft: 14 passen" in words_of(anna.get(f"{URL}{suche.pk}/"))
    with in_tenant(vg):
        Suche.objects.update(ausschluesse=None)
    for pfad in ("", "nicht-passend/"):
        seite = anna.get(f"{URL}{suche.pk}/{pfad}")
        assert seite.status_code == 200 and "geprüft:" not in words_of(seite)


def test_each_part_of_the_sum_has_its_own_shade():
    """Beyond the fifth they had shared one grey."""
    css = (Path(__file__).parents[3] / "tenant_apps/placements/static/placements/auswahl.css").read_text()
    shades = [
        re.search(rf"\.placements-balken__{nummer} {{ --p-teil: ([^;]+);", css)[1]
        for nummer in range(len(AUSSCHLUSS_WORT) + 1)
    ]
    assert len(set(shades)) == len(shades)
