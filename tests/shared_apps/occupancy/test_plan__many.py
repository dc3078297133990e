"""The board of somebody with many places: first ones of each house, all of them on its page; sums are of all."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from shared_apps.core.clock import now
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.selectors.plan import HAUSPLAN, JE_HAUS
from shared_apps.providers.models import Einrichtung
from shared_apps.providers.selectors.own import sum_up_eigene
from tenants.context import on_portal
from tests.factories.register import create_angebot, create_einrichtung, occupy_platz

PLAN = "/anbieter/eigene/plan/"
HEUTE = date.today()


def tag(n: int) -> date:
    return HEUTE + timedelta(days=n)


@pytest.fixture
def haus(vg):
    """75 places in three offers; the first ten of Gruppe 2 are taken, one for this week only."""
    haus = create_einrichtung(name="Haus Kiefernweg")
    for nummer, plaetze in ((1, 5), (2, 60), (10, 10)):
        create_angebot(einrichtung=haus, name=f"Gruppe {nummer}", plaetze=plaetze)
    create_angebot(einrichtung=create_einrichtung(name="Haus Zeisig"), name="Klein", plaetze=3)
    gross = haus.angebote.get(name="Gruppe 2")
    for platz in gross.plaetze.filter(nummer__lte=10):
        ende = tag(7 - HEUTE.weekday()) if platz.nummer == 1 else None
        occupy_platz(platz=platz, tenant=vg, zeitraum=DateRange(tag(-30), ende))
    return haus


def rows(page: str) -> list[str]:
    """Place by place as the board has them, with the offer."""
    text = re.sub(r"\s+", " ", page)
    offer, found = "", []
    for name, platz in re.findall(r'plan-kopf__angebot">([^<]+)<|class="plan-platz">([^<]+)<', text):
        offer = name or offer
        if platz:
            found.append(f"{offer}: {platz.strip()}")
    return found


def test_a_big_house_shows_its_first_places_and_leads_to_all_of_them(haus, sign_in):
    page = sign_in("ines").get(PLAN).text
    seen = rows(page)
    assert seen[: JE_HAUS + 1] == [
        *(f"Gruppe 1: Platz {n}" for n in range(1, 6)),
        *(f"Gruppe 2: Platz {n}" for n in range(1, 16)),
        "Klein: Platz 1",
    ], "in the order of the offers; a small house has all of its places"
    assert len(seen) == JE_HAUS + 3
    assert "Alle 75 Plätze ansehen" in page and page.count("Gezeigt sind die ersten 20 Zeilen") == 1
    assert "Plätze: 60" in page, "of an offer that is cut off, too"


def test_sums_are_of_all_places_whatever_is_shown(haus, sign_in):
    page = re.sub(r"\s+", " ", sign_in("ines").get(PLAN).text)
    assert ">68</strong> <span>von 78 Plätzen heute frei" in page
    frei = re.findall(r'Frei je Woche</th>((?:<td colspan="7"[^>]*>\d+</td>)+)', page)
    gross = [int(n) for n in re.findall(r">(\d+)</td>", frei[1])]
    assert gross == [50] + [51] * 12


def test_the_page_of_the_house_pages_its_places(haus, sign_in):
    ines, url = sign_in("ines"), f"{PLAN}einrichtungen/{haus.pk}/"
    erste, zweite = ines.get(url).text, ines.get(f"{url}?seite=2").text
    assert len(rows(erste)) == HAUSPLAN.je_seite and "1 bis 50 von 75" in re.sub(r"\s+", " ", erste)
    assert rows(zweite)[0] == "Gruppe 2: Platz 46" and rows(zweite)[-1] == "Gruppe 10: Platz 10"
    assert len(rows(zweite)) == 25 and "Gezeigt sind" not in erste
    assert "Plätze: 60" in erste and "Plätze: 60" in zweite


def test_an_offer_without_places_is_named_on_the_last_page(haus, sign_in):
    leer = create_angebot(einrichtung=haus, name="Gruppe 0", plaetze=0)
    ines, url = sign_in("ines"), f"{PLAN}einrichtungen/{haus.pk}/"
    assert leer.name not in ines.get(url).text
    assert leer.name in ines.get(f"{url}?seite=2").text
    assert "In diesem Zeitraum nichts im Angebot" in ines.get(PLAN).text


def test_only_what_is_free_counts_a_day_that_is_left_and_no_more(haus, vg, cast, sign_in):
    """The database says of each place what the bars say."""
    klein = create_angebot(einrichtung=create_einrichtung(name="Haus Amsel"), name="Amsel", plaetze=7)
    platz = dict(enumerate(klein.plaetze.order_by("nummer"), 1))
    woche, ende = tag(-HEUTE.weekday()), tag(-HEUTE.weekday() + 28)
    occupy_platz(platz=platz[1], tenant=vg, zeitraum=DateRange(woche, ende))
    occupy_platz(platz=platz[2], tenant=vg, zeitraum=DateRange(woche, ende - timedelta(days=1)))
    occupy_platz(platz=platz[3], tenant=vg, zeitraum=DateRange(HEUTE, None))
    occupy_platz(platz=platz[4], tenant=vg, zeitraum=DateRange(tag(-90), tag(20)), zustand="FREIGEGEBEN")
    occupy_platz(platz=platz[5], tenant=vg, zeitraum=DateRange(tag(-90), tag(14)))
    ines = cast.akteur("ines")
    entered = {"geaendert_von_id": ines.user_id, "geaendert_at": now()}
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        Platzsperre.objects.create(platz=platz[5], zeitraum=DateRange(tag(14), None), grund="RENOVIERUNG", **entered)
        Platzsperre.objects.create(platz=platz[6], zeitraum=DateRange(tag(-9), tag(3)), grund="RENOVIERUNG", **entered)

    def shown() -> set[str]:
        page = sign_in("ines").get(f"{PLAN}?frei=on&wochen=4").text
        return {row for row in rows(page) if row.startswith("Amsel")}

    assert shown() == {f"Amsel: Platz {n}" for n in (2, 4, 6, 7)}
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        Aufnahmestopp.objects.create(angebot=klein, zeitraum=DateRange(tag(1), None), grund="PERSONAL", **entered)
    assert shown() == {f"Amsel: Platz {n}" for n in (4, 7)}, "free today; nobody is taken in from tomorrow on"


def test_ten_times_as_many_places_ask_the_database_as_often(vg, cast, sign_in):
    klein = create_einrichtung(name="Haus Kiefernweg")
    create_angebot(einrichtung=klein, name="Gruppe 1", plaetze=30)
    ines, url = sign_in("ines"), f"{PLAN}einrichtungen/{klein.pk}/"

    def ask(url: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert ines.get(url).status_code == 200
        return len(asked)

    assert ask(PLAN)
    before = [ask(PLAN), ask(url)]
    for nummer in range(2, 12):
        create_angebot(einrichtung=klein, name=f"Gruppe {nummer}", plaetze=30)
    assert ask(PLAN) == before[0]
    assert ask(url) == before[1] - 1, "offers without places are asked for on the last page alone"


def test_figures_of_a_provider_by_the_hour_are_of_its_hours(cast):
    create_angebot(hilfeart="A31", plaetze=4, stunden_je_woche=5, anbieter="Ambulant e. V.")
    ambulant = create_einrichtung(anbieter="Leer e. V.")
    with on_portal():
        zahlen = sum_up_eigene(Einrichtung.objects.filter(anbieter__name="Ambulant e. V."))
        assert (zahlen.einrichtungen, zahlen.angebote, zahlen.frei, zahlen.gesamt) == (1, 1, 4, 4)
        zahlen = sum_up_eigene(Einrichtung.objects.filter(pk=ambulant.pk))
        assert (zahlen.einrichtungen, zahlen.angebote, zahlen.frei, zahlen.gesamt) == (1, 0, 0, 0)


def test_the_page_of_a_place_pages_its_blocks__and_what_is_between_them(haus, sign_in, cast):
    platz = haus.angebote.get(name="Gruppe 1").plaetze.get(nummer=1)
    url = f"{PLAN}plaetze/{platz.pk}/"

    def block(folge: range) -> None:
        stamp = {"grund": "RENOVIERUNG", "geaendert_von": cast.user("ines"), "geaendert_at": now()}
        with on_portal(user_id=cast.user("ines").pk, anbieter_ids=[haus.anbieter_id]):
            Platzsperre.objects.bulk_create(
                Platzsperre(platz=platz, zeitraum=DateRange(tag(4 * n + 1), tag(4 * n + 2)), **stamp) for n in folge
            )

    def said(query: str = "") -> tuple[list[str], int, str]:
        with CaptureQueriesContext(connection) as queries:
            page = re.sub(r"\s+", " ", ines.get(url + query).text)
        _, _, rest = page.partition("Was hier gilt")
        lines = re.findall(r"<li>(?:<a[^>]*>)?([^<]+)", rest.partition("</ul>")[0])
        return lines, len(queries), page

    ines = sign_in("ines")
    block(range(50))
    wenige, _, page = said()
    assert len(wenige) == 101 and "Seite 2" not in page
    block(range(50, 60))
    _, kosten, page = said()
    assert "1 bis 50 von 60" in page
    block(range(60, 130))
    erste, jetzt, page = said()
    assert erste == wenige[:-1] and jetzt == kosten
    zweite, jetzt, _ = said("?seite=2")
    dritte, _, _ = said("?seite=3")
    assert jetzt == kosten + 1, "the block before the page, too"
    assert len(erste) + len(zweite) + len(dritte) == 261, "nothing twice, nothing left out"
    assert zweite[0].startswith("frei vom") and "gesperrt" in zweite[1] and "frei" in dritte[-1]


def test_a_bar_too_narrow_for_its_words_has_them_as_its_title(haus, sign_in, cast):
    platz = haus.angebote.get(name="Gruppe 1").plaetze.get(nummer=1)
    stamp = {"grund": "RENOVIERUNG", "geaendert_von": cast.user("ines"), "geaendert_at": now()}
    with on_portal(user_id=cast.user("ines").pk, anbieter_ids=[haus.anbieter_id]):
        Platzsperre.objects.create(platz=platz, zeitraum=DateRange(tag(9), tag(13)), **stamp)
        Platzsperre.objects.create(platz=platz, zeitraum=DateRange(tag(20), tag(76)), **stamp)
    page = re.sub(r"\s+", " ", sign_in("ines").get(PLAN).text)
    schmal, breit = re.findall(r'<a class="plan-seg plan-seg--gesperrt"[^>]*>', page)
    assert f'title="gesperrt vom {tag(9):%d.%m.} bis {tag(12):%d.%m.}' in schmal and "title" not in breit
