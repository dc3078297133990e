"""Anna reads what fits but for one thing, and one click asks for it: the offer is there then."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.catalogue.models import Spezialisierung, Sprache
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.models import Aufnahmestopp
from shared_apps.providers.models import Angebot
from tenant_apps.placements import rules
from tenant_apps.placements.models import Suche
from tenant_apps.placements.rules import Beinahe, Naehe
from tenant_apps.placements.search.selectors.fast_passend import list_fast_passend
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.search import search_angebote
from tenants.context import in_tenant, on_portal
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.register import DateRange, create_angebot, create_einrichtung, occupy_platz
from tests.factories.suchen import search_for
from tests.seiten import words_of

pytestmark = pytest.mark.django_db

URL = "/hze-auswahl/"
EINGABE = {
    "beginn": "2017-06-01", "ende": "2017-11-30", "hilfeart": "S34", "reichweite": "EIGENE", "tage_je_woche": "7,00",
    "alter": "12",
}  # fmt: skip


@pytest.fixture
def anna(sign_in):
    return sign_in("anna")


@pytest.fixture
def markt(cast, vg, hro) -> dict[Naehe, Angebot]:
    """One offer for each thing that may be asked otherwise."""

    def offer(name: str, kreis: str = "VG", **fields) -> Angebot:
        haus = create_einrichtung(
            name=name, kreis=kreis, telefon="03834 5550", ort="Wolgast", breite="54.05000", laenge="13.77000"
        )
        return create_angebot(einrichtung=haus, **fields)

    rows = {
        Naehe.SPAETER: offer("Haus Später"),
        Naehe.KUERZER: offer("Haus Kürzer"),
        Naehe.ALTER: offer("Haus Alter", alter_von=13, alter_bis=17),
        Naehe.WEITER: offer("Haus Weiter", kreis="VR"),
    }
    occupy_platz(
        platz=rows[Naehe.KUERZER].plaetze.get(), tenant=hro, zeitraum=DateRange(date(2017, 9, 1), date(2017, 12, 5))
    )
    ines = cast.akteur("ines")
    with on_portal(user_id=ines.user_id, anbieter_ids=[rows[Naehe.SPAETER].einrichtung.anbieter_id]):
        Aufnahmestopp.objects.create(
            angebot=rows[Naehe.SPAETER], zeitraum=DateRange(date(2017, 5, 1), date(2017, 7, 1)), grund="PERSONAL",
            geaendert_von_id=ines.user_id, geaendert_at=rows[Naehe.SPAETER].created_at,
        )  # fmt: skip
    create_angebot(alter_von=14, alter_bis=17)  # two years
    create_angebot(plaetze=0)
    return rows


def _section(response) -> str:
    return response.content.decode().partition('id="fast-passend"')[2].partition("</section>")[0]


def _fields(response, knopf: str) -> dict[str, str]:
    """What the form with this button sends."""
    forms = re.findall(r"<form.*?</form>", _section(response), re.DOTALL)
    (form,) = (form for form in forms if knopf in form)
    return dict(re.findall(r'name="(beginn|ende|reichweite|ohne)" value="([^"]*)"', form))


def test_what_fits_but_for_one_thing_is_one_click_away(anna, markt, vg):
    seite = anna.post(URL, EINGABE, follow=True)
    text = words_of(seite)
    assert "Im ganzen Zeitraum ist nichts Passendes frei" in text and "Fast passende zeigen" in text
    assert 'href="#fast-passend"' in seite.text and "4 fast passend" in text
    fast = text.partition("Fast passend ")[2]
    stellen = [
        "frei ab 01.07.2017 Ab 01.07. suchen Haus Später Wolgast, 25 km, Aufnahmestopp bis 30.06.2017 13.376 € 152",
        "frei bis 31.08.2017 Bis 31.08. suchen Haus Kürzer Wolgast, 25 km 8.008 € 91 Tage",
        "Alter ab 13 Jahren Haus Alter Wolgast, 25 km, Telefon 03834 5550 16.016 € 182 Tage Haus fragen",
        "mit den Nachbarkreisen Mit Nachbarkreisen suchen Haus Weiter Wolgast (VR), 25 km entfernt 16.016 € 182 Tage",
    ]
    assert [fast.find(stelle) for stelle in stellen] == sorted(fast.find(s) for s in stellen), fast[:900]
    assert all(stelle in fast for stelle in stellen), fast[:900]
    with in_tenant(vg):
        suche = Suche.objects.get()
    for naehe, knopf in (
        (Naehe.SPAETER, "Ab 01.07. suchen"), (Naehe.KUERZER, "Bis 31.08. suchen"),
        (Naehe.WEITER, "Mit Nachbarkreisen suchen"),
    ):  # fmt: skip
        antwort = anna.post(f"{URL}{suche.pk}/erneut/", _fields(seite, knopf))
        with in_tenant(vg):
            neu = Suche.objects.get(pk=antwort.url.rstrip("/").rpartition("/")[2])
            frei = [zeile.angebot for zeile in search_angebote(kriterien_of(neu)).treffer if zeile.verfuegbar]
        assert markt[naehe].pk in frei, naehe
        assert markt[naehe].pk not in {f.angebot for f in _near(vg, neu)}


def test_the_same_change_is_said_once_with_how_many_it_makes_fit(anna, cast, vg, hro):
    """Twelve houses are free from the fourteenth of August on, two without what was asked for: two lines to press."""
    for nummer in range(12):
        angebot = create_angebot(
            einrichtung=create_einrichtung(name=f"Haus {nummer:02}"), spezialisierungen=("trauma",)
        )
        occupy_platz(platz=angebot.plaetze.get(), tenant=hro, zeitraum=DateRange(date(2017, 5, 1), date(2017, 8, 14)))
    for name in ("Haus Ohne", "Haus Auch Ohne"):
        create_angebot(einrichtung=create_einrichtung(name=name))
    seite = anna.post(URL, EINGABE | {"spezialisierungen": ["trauma"]}, follow=True)
    trauma = Spezialisierung.objects.get(code="trauma").name
    fast = words_of(seite).partition("Fast passend ")[2]
    assert fast.count("Ab 14.08. suchen") == 1 and fast.count(f"Ohne {trauma} suchen") == 1
    assert "frei ab 14.08.2017 12 Angebote" in fast and f"ohne {trauma} 2 Angebote" in fast
    assert "und 4 weitere Angebote" in fast, "ten are shown, two of them without"
    assert "dazu 14 fast passend" in words_of(seite), "the groups add up to what is said above"
    (weitere,) = re.findall(r'<button[^>]* form="([^"]+)"', _section(seite))
    assert f'id="{weitere}"' in _section(seite), "one click on what is not shown"
    with in_tenant(vg):
        suche = Suche.objects.get()
    antwort = anna.post(f"{URL}{suche.pk}/erneut/", _fields(seite, "Ab 14.08. suchen"))
    assert "12 verfügbare Angebote" in words_of(anna.get(antwort.url)), "one click for all of them"


def _near(vg, suche: Suche) -> list:
    with in_tenant(vg):
        return list_fast_passend(suche)


def test_who_lacks_one_thing_is_one_click_away_and_who_lacks_two_is_not(anna, vg):
    """Greifswald has nothing with all that is asked for: each house lacks something, one of them two things."""
    sucht = Spezialisierung.objects.get(code="sucht")
    arabisch, ukrainisch = Sprache.objects.filter(code__in=["ar", "uk"]).order_by("code")
    angebote = {}
    for name, spezialisierungen, sprachen, frei in (
        ("Haus Ohne Sucht", ("trauma",), (arabisch,), "JA"),
        ("Haus Ohne Sprache", ("trauma", "sucht"), (ukrainisch,), "JA"),
        ("Haus Mit Stufen", ("trauma", "sucht"), (arabisch,), "TEILWEISE"),
        ("Haus Ohne Zwei", ("sucht",), (), "JA"),
    ):
        haus = create_einrichtung(name=name, ort="Wolgast", breite="54.05000", laenge="13.77000")
        angebote[name] = create_angebot(einrichtung=haus, spezialisierungen=spezialisierungen, barrierefrei=frei)
        angebote[name].sprachen.set(sprachen)
    eingabe = {**EINGABE, "spezialisierungen": ["trauma", "sucht"], "sprachen": ["ar"], "barrierefrei": "JA"}
    seite = anna.post(URL, eingabe, follow=True)
    fast = words_of(seite).partition("Fast passend ")[2]
    assert "Haus Ohne Zwei" not in fast
    with in_tenant(vg):
        suche = Suche.objects.get()
    for name, wann, ohne in (
        ("Haus Ohne Sucht", f"bietet {sucht.name} nicht an", sucht.name),
        ("Haus Ohne Sprache", f"bietet {arabisch.name} nicht an", arabisch.name),
        ("Haus Mit Stufen", "nur teilweise barrierefrei", "Barrierefreiheit"),
    ):
        knopf = f"Ohne {ohne} suchen"
        assert f"ohne {ohne} {knopf} {name} Wolgast, 25 km, {wann} 16.016 € 182 Tage" in fast, fast[:900]
        antwort = anna.post(f"{URL}{suche.pk}/erneut/", _fields(seite, knopf))
        with in_tenant(vg):
            neu = Suche.objects.get(pk=antwort.url.rstrip("/").rpartition("/")[2])
            frei = [zeile.angebot for zeile in search_angebote(kriterien_of(neu)).treffer if zeile.verfuegbar]
        assert frei == [angebote[name].pk], name
        assert "Das ist eine neue Suche, anders als die vorige: " in anna.get(antwort.url).text
    antwort = anna.post(f"{URL}{suche.pk}/erneut/", {"ohne": "SPRACHE:ru"})
    with in_tenant(vg):
        neu = Suche.objects.get(pk=antwort.url.rstrip("/").rpartition("/")[2])
        assert kriterien_of(neu) == kriterien_of(suche), "nobody asked for Russian"


def test_of_several_of_which_one_is_enough_all_are_left_out(cast, vg):
    create_angebot(einrichtung=create_einrichtung(name="Haus Ohne"))
    anna = cast.akteur("anna")
    with in_tenant(vg):
        suche = search_for(anna, spezialisierungen=("trauma", "sucht"), verknuepfung="EINE")
    (fast,) = _near(vg, suche)
    assert (fast.wann, fast.knopf) == ("bietet keine der Spezialisierungen an", "Ohne Spezialisierung suchen")
    assert fast.kriterien.spezialisierungen == ()


def test_a_birthday_within_the_period_is_said_and_the_age_grows_with_the_first_day(cast, markt, vg):
    akteur = cast.akteur("anna")
    with in_tenant(vg):
        klient = create_klient(geburtsdatum=date(2004, 6, 14))
        fall = create_hilfefall(fachkraft_id=akteur.user_id, klient=klient)
        suche = search_for(akteur, fall, alter=12)
    fast = {f.naehe: f for f in _near(vg, suche)}
    assert fast[Naehe.ALTER].warum == "13. Geburtstag am 14.06.2017"
    assert fast[Naehe.SPAETER].kriterien.alter == 13, "on the first of July"
    Angebot.objects.filter(pk=markt[Naehe.SPAETER].pk).update(alter_bis=12)
    assert Naehe.SPAETER not in {f.naehe for f in _near(vg, suche)}, "too old by then"


def test_days_that_are_none_stay_as_they_were_and_a_period_that_is_none_is_refused(anna, markt, vg):
    anna.post(URL, EINGABE)
    with in_tenant(vg):
        suche = Suche.objects.get()
    antwort = anna.post(f"{URL}{suche.pk}/erneut/", {"beginn": "morgen", "ende": "31.02.2017"})
    with in_tenant(vg):
        neu = Suche.objects.get(pk=antwort.url.rstrip("/").rpartition("/")[2])
    assert (neu.beginn, neu.letzter_tag) == (suche.beginn, suche.letzter_tag)
    antwort = anna.post(f"{URL}{suche.pk}/erneut/", {"beginn": "2018-01-01"}, follow=True)
    assert "liegt vor dem Beginn" in words_of(antwort)
    with in_tenant(vg):
        assert Suche.objects.count() == 2


def test_a_search_that_cannot_be_made_any_more_has_none_and_many_offers_cost_what_few_cost(anna, markt, vg):
    anna.post(URL, EINGABE)
    with in_tenant(vg):
        suche = Suche.objects.select_related("hilfeart").get()

    def queries() -> int:
        with in_tenant(vg), CaptureQueriesContext(connection) as captured:
            assert list_fast_passend(suche)
        return len(captured)

    few = queries()
    assert few == 3, "district, criteria of the module, and the statement"
    for _ in range(12):
        create_angebot(alter_von=13)
    assert queries() == few
    suche.merkmale = {"gibtesnicht": 1}
    assert _near(vg, suche) == []


def test_rule__the_best_of_each_change_in_turn_and_ten_at_most():
    jahr = Zeitraum(date(2027, 1, 1), date(2028, 1, 1))

    def near(nummer: int, naehe: Naehe, ab: int = 0, km: str | None = "5.0") -> Beinahe:
        beginn = date.fromordinal(jahr.beginn.toordinal() + ab)
        return Beinahe(UUID(int=nummer), naehe, Zeitraum(beginn, jahr.ende), km and Decimal(km))

    spaeter = [near(n, Naehe.SPAETER, ab=n) for n in range(1, 9)]
    weiter = [near(20 + n, Naehe.WEITER, km=str(n)) for n in range(6)]
    alle = rules.list_je_angebot(jahr, [*reversed(weiter), *reversed(spaeter)])
    gewaehlt = rules.choose_fast_passend(alle)
    assert gewaehlt == [*spaeter[:5], *weiter[:5]]
    assert rules.list_je_angebot(jahr, [near(1, Naehe.SPAETER, ab=300)]) == [], "less than a quarter is left"
    beide = [
        near(1, Naehe.SPAETER, ab=40),
        Beinahe(UUID(int=1), Naehe.KUERZER, Zeitraum(jahr.beginn, date(2027, 12, 1)), None),
    ]
    assert rules.list_je_angebot(jahr, beide) == beide[1:], "what costs fewer days"
