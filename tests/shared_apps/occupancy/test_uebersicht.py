"""Buchungen: a provider's own places month by month, over all offices; nobody else's, and nobody's name."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shared_apps.core.vorgangsnummer import format_vorgangsnummer
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.enums import Belegungsstand
from shared_apps.occupancy.models import Platzbindung
from shared_apps.occupancy.selectors.uebersicht import list_im_monat, stand_of, sum_up
from tenants.context import in_tenant, on_portal
from tests.factories.register import DateRange, create_angebot, create_einrichtung, occupy_platz
from tests.shared_apps.core.sheets import read_xlsx

URL = "/anbieter/eigene/buchungen/"
NOVEMBER = "?monat=2026-11"


@pytest.fixture(autouse=True)
def _heute(settings) -> None:
    settings.FIXED_TODAY = "2026-11-15"


def hold(angebot, tenant, von: str, bis: str | None, zustand: str = "GEBUCHT", platz: int = 1):
    """One place held from a day up to, not including, another one."""
    zeitraum = DateRange(date.fromisoformat(von), date.fromisoformat(bis) if bis else None)
    return occupy_platz(platz=angebot.plaetze.get(nummer=platz), tenant=tenant, zeitraum=zeitraum, zustand=zustand)


@pytest.fixture
def haus(vg, hro):
    """Two places in one house: VG has one all of November and beyond, HRO the other one for ten days of it."""
    angebot = create_angebot(name="Wohngruppe Möwe", plaetze=4, einrichtung=create_einrichtung(name="Haus Kiefernweg"))
    angebot.vg = hold(angebot, vg, "2026-10-20", "2027-02-01")
    angebot.hro = hold(angebot, hro, "2026-11-21", "2026-12-01", platz=2)
    angebot.frei = hold(angebot, vg, "2026-11-01", "2026-11-30", "FREIGEGEBEN", platz=3)
    angebot.offen = hold(angebot, hro, "2026-11-25", "2027-11-25", "RESERVIERT", platz=4)
    return angebot


def numbers(page: str) -> set[str]:
    return set(re.findall(r"(?:[0-9A-Z]{3}-){2}[0-9A-Z]{3}", page.split("<main")[1]))


def test_one_month_of_all_districts_with_its_days(haus, sign_in):
    page = sign_in("ines").get(f"{URL}{NOVEMBER}").text
    assert numbers(page) == {format_vorgangsnummer(haus.vg), format_vorgangsnummer(haus.hro)}
    assert "November 2026" in page and "Haus Kiefernweg" in page and "Wohngruppe Möwe" in page
    rows = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Haus Kiefernweg Landkreis Vorpommern-Greifswald 1 30" in rows
    assert re.search(r"Haus Kiefernweg \S*\s?Rostock 1 10", rows) or "Rostock 1 10" in rows
    assert re.search(r"Gebuchte Tage 40|40 ohne Hilfen", rows), "thirty and ten"
    assert f"/weiter/vg/?ziel=%2Fvorgaenge%2F{haus.vg}%2F" in page


def test_a_place_that_is_held_without_an_end_says_so(haus, hro, sign_in):
    angebot = create_angebot(einrichtung=haus.einrichtung)
    hold(angebot, hro, "2026-11-25", None, "RESERVIERT")
    ines = sign_in("ines")
    for query in ("&stand=ANGEFRAGT", "&stand=ANGEFRAGT&format=csv"):
        assert ines.get(f"{URL}{NOVEMBER}{query}").content.decode("utf-8-sig").count("bis auf Weiteres") == 1


@pytest.mark.parametrize(
    ("query", "sees"),
    [
        ("&stand=LAEUFT", {"vg"}),
        ("&stand=GEBUCHT", {"hro"}),
        ("&stand=ANGEFRAGT", {"offen"}),
        ("&stand=GESCHEITERT", {"frei"}),
        ("&stand=BEENDET", set()),
        ("&mandant=hro", {"hro"}),
        ("&stand=QUATSCH&mandant=%27", {"vg", "hro"}),
    ],
)
def test_states_and_filters(haus, sign_in, query, sees):
    page = sign_in("ines").get(f"{URL}{NOVEMBER}{query}").text
    assert numbers(page) == {format_vorgangsnummer(getattr(haus, name)) for name in sees}


def test_what_waits_for_an_answer_says_until_when_it_is_held__and_nothing_else_does(haus, hro, sign_in):
    frist = timezone.now() + timedelta(days=4)
    with in_tenant(hro):
        Platzbindung.objects.filter(pk=haus.offen).update(ablauf_at=frist)
    client, bis = sign_in("ines"), f"{timezone.localtime(frist):%d.%m.%Y}"
    assert f"gehalten bis {bis}" in client.get(f"{URL}{NOVEMBER}&stand=ANGEFRAGT").text
    assert "gehalten bis" not in client.get(f"{URL}{NOVEMBER}").text
    (zeile,) = list(
        csv.DictReader(io.StringIO(client.get(f"{URL}{NOVEMBER}&stand=ANGEFRAGT&format=csv").text), delimiter=";")
    )
    assert zeile["Gehalten bis"] == bis


def test_the_next_month_is_narrowed_as_this_one__and_all_of_it_is_of_this_month(haus, sign_in):
    page = unescape(sign_in("ines").get(f"{URL}?monat=2027-01&stand=GEBUCHT&mandant=vg").text)
    for monat in ("2026-12", "2027-02"):
        assert f'href="?monat={monat}&stand=GEBUCHT&mandant=vg"' in page, monat
    assert f'href="{URL}?monat=2027-01"' in page


def test_another_month_and_one_that_is_none(haus, sign_in):
    client = sign_in("ines")
    assert numbers(client.get(f"{URL}?monat=2027-01").text) == {format_vorgangsnummer(haus.vg)}
    empty = client.get(f"{URL}?monat=2030-01").text
    assert "Keine Buchung in diesem Monat" in empty
    wrong = client.get(f"{URL}?monat=2026-13")
    assert wrong.status_code == 200 and "November 2026" in wrong.text


def test_a_help_by_the_hour_has_no_days(vg, sign_in):
    angebot = create_angebot(hilfeart="A31", einrichtung=create_einrichtung(name="Ambulante Hilfen Küste"))
    hold(angebot, vg, "2026-11-01", "2027-01-01")
    page = sign_in("ines").get(f"{URL}{NOVEMBER}").text
    rows = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Ambulante Hilfen Küste Landkreis Vorpommern-Greifswald 1 0" in rows and "31.12.2026 – " in rows


def test_others_see_their_own_house_only(haus, vg, sign_in):
    nachbar = create_angebot(name="Nachbarhaus", einrichtung=create_einrichtung(name="Haus am Wald"))
    hold(nachbar, vg, "2026-11-01", "2026-12-01")
    assert "Haus am Wald" in sign_in("ines").get(f"{URL}{NOVEMBER}").text
    jan = sign_in("jan").get(f"{URL}{NOVEMBER}").text
    assert not numbers(jan) and "Haus Kiefernweg" not in jan
    for query in (f"&einrichtung={haus.einrichtung_id}", "&format=csv"):
        assert "Kiefernweg" not in sign_in("jan").get(f"{URL}{NOVEMBER}{query}").text
    assert sign_in("anna", at="PORTAL").get(URL).status_code == 403
    assert sign_in("ines", at="VG").get(URL).status_code == 302  # to the portal


def test_the_database_leaves_staff_of_a_facility_their_own(haus, vg, cast):
    """Whatever a page forgets to ask: a query without a filter, and with the ids of others."""
    nachbar = create_angebot(einrichtung=create_einrichtung(name="Haus am Wald"))
    fremd = hold(nachbar, vg, "2026-11-01", "2026-12-01")
    cast.user("jan")
    with on_portal(anbieter_ids=[haus.einrichtung.anbieter_id], einrichtung_ids=[haus.einrichtung_id]):
        assert not Platzbindung.objects.filter(pk=fremd).exists()
        assert Platzbindung.objects.count() == 4
        november = Zeitraum.fuer_monat(date(2026, 11, 1))
        rows = [row for stand in Belegungsstand for row in list_im_monat(monat=november, stand=stand)]
        assert {row.pk for row in rows} == {haus.vg, haus.hro, haus.frei, haus.offen}
        assert [s.buchungen for s in sum_up(list_im_monat(monat=november), {}, november)] == [1, 1]
    with on_portal(anbieter_ids=[cast.anbieter_id("jan")]):
        assert not Platzbindung.objects.exists()


def test_state__every_one_is_told_once(haus, hro):
    lapsed = hold(haus, hro, "2028-01-01", "2028-02-01", "RESERVIERT", platz=3)
    past = hold(haus, hro, "2026-01-01", "2026-11-15", platz=4)
    now = hold(haus, hro, "2026-11-15", "2026-11-16", platz=3)
    later = hold(haus, hro, "2029-11-15", None, platz=3)
    with in_tenant(hro):
        Platzbindung.objects.filter(pk=lapsed).update(ablauf_at=timezone.now() - timedelta(minutes=1))
    told = {}
    with on_portal(anbieter_ids=[haus.einrichtung.anbieter_id]):
        for stand in Belegungsstand:
            rows = list_im_monat(monat=Zeitraum(date(2020, 1, 1)), stand=stand)
            told |= {row.pk: stand for row in rows}
        assert {row.pk: stand_of(row) for row in Platzbindung.objects.all()} == told
    assert told == {
        haus.vg: "LAEUFT", haus.hro: "GEBUCHT", haus.frei: "GESCHEITERT", haus.offen: "ANGEFRAGT",
        lapsed: "GESCHEITERT", past: "BEENDET", now: "LAEUFT", later: "GEBUCHT",
    }  # fmt: skip


def test_orders_and_pages_whatever_there_is(haus, vg, sign_in, monkeypatch):
    """All rows are in hand: every page has its number, also beyond those that a list counts."""
    monkeypatch.setattr("shared_apps.core.liste.GRENZE", 60)
    gross = create_angebot(plaetze=130, einrichtung=create_einrichtung(name="Haus Leuchtturm"))
    tage = [date(2026, 11, 1) + timedelta(days=n % 30) for n in range(130)]
    ids = [
        hold(gross, vg, f"{tag}", f"{tag + timedelta(days=1)}", platz=nummer)
        for nummer, tag in enumerate(tage, start=1)
    ]
    client, shown = sign_in("ines"), []
    for seite in (1, 2, 3):
        page = client.get(f"{URL}{NOVEMBER}&einrichtung={gross.einrichtung_id}&seite={seite}").context["page"]
        shown += [row.pk for row in page]
    assert sorted(shown) == sorted(ids) and page.anzahl == 130 and not page.has_next
    for sort, of in (("beginn", lambda row: row.zeitraum.lower), ("-eingang", lambda row: row.created_at)):
        rows = list(client.get(f"{URL}{NOVEMBER}&einrichtung={gross.einrichtung_id}&sort={sort}").context["page"])
        assert [of(row) for row in rows] == sorted(map(of, rows), reverse=sort.startswith("-"))


def test_files_have_what_the_page_shows(haus, sign_in):
    client = sign_in("ines")
    text = client.get(f"{URL}{NOVEMBER}&format=csv").text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert {row["Gemeinsame Nummer"] for row in rows} == numbers(client.get(f"{URL}{NOVEMBER}").text)
    assert [row["Gebuchte Tage im Monat"] for row in rows] == ["30", "10"]
    (sheet,) = read_xlsx(client.get(f"{URL}{NOVEMBER}&format=xlsx").content).values()
    assert [[row["Gemeinsame Nummer"], row["Stand"], row["Jugendamt"]] for row in sheet] == [
        [row["Gemeinsame Nummer"], row["Stand"], row["Jugendamt"]] for row in rows
    ]


def test_number_of_queries_does_not_grow(haus, vg, hro, sign_in):
    client = sign_in("ines")
    client.get(f"{URL}{NOVEMBER}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"{URL}{NOVEMBER}")
    for tenant in (vg, hro) * 3:
        hold(create_angebot(einrichtung=create_einrichtung()), tenant, "2026-11-01", "2026-12-01")
    with CaptureQueriesContext(connection) as many:
        client.get(f"{URL}{NOVEMBER}")
    assert len(many) == len(few)
