"""The comparison as people see it, without JavaScript."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest

from shared_apps.comparison.anzeige import name_spalte
from shared_apps.comparison.export import defuse
from shared_apps.comparison.tabelle import Spalte
from shared_apps.core.clock import today
from shared_apps.core.zeitraum import monatserster
from tests.shared_apps.comparison.published import HEUTE, publish_werte


@pytest.fixture(autouse=True)
def _heute(settings) -> None:
    settings.FIXED_TODAY = HEUTE


def test_table__own_district_marked_definition_and_vintage_shown(sign_in, vg, hro) -> None:
    publish_werte({"VG": 40, "HRO": 12})
    html = sign_in("anna").get("/kennzahlen/").content.decode()
    assert "Fallzahlen, Oktober 2026" in html
    assert "(eigenes Jugendamt)" in html
    assert "Leistungstag im Monat" in html
    assert "31.12.2024, Zensus 2022" in html
    assert "2 von 8 Trägern" in html
    assert "k. A." in html
    assert "style=" not in html


def test_table__portal__no_own_district(sign_in, vg) -> None:
    publish_werte({"VG": 40})
    html = sign_in("karla").get("/kennzahlen/").content.decode()
    assert "(eigenes Jugendamt)" not in html


def test_table__filter__asked_by_htmx_answers_the_inner_part(sign_in, vg) -> None:
    client = sign_in("frieda")
    url = "/kennzahlen/fallzahlen/?modus=je-1000-u21"
    inner = client.get(url, headers={"HX-Request": "true", "HX-Target": "kennzahl"}).content.decode()
    assert "<html" not in inner
    assert "je 1.000 unter 21-Jährige" in inner
    assert "<html" in client.get(url).content.decode()


def test_table__impossible_month__message_and_the_nearest_table(sign_in, vg) -> None:
    antwort = sign_in("frieda").get("/kennzahlen/?monat=2031-01")
    assert antwort.status_code == 200
    assert "liegt in der Zukunft" in antwort.content.decode()


def test_table__mode_a_figure_does_not_have__falls_back_quietly(sign_in, vg) -> None:
    assert sign_in("frieda").get("/kennzahlen/verweildauer/?modus=je-1000-u21").status_code == 200


def test_table__unknown_figure__404(sign_in, vg) -> None:
    assert sign_in("frieda").get("/kennzahlen/glueck/").status_code == 404


@pytest.mark.parametrize(("wer", "at"), [("ines", "VG"), ("lars", "PORTAL"), ("anton", "VG")])
def test_table__who_may_not__403(sign_in, vg, wer: str, at: str) -> None:
    assert sign_in(wer, at=at).get("/kennzahlen/").status_code == 403


def test_export__opens_in_a_spreadsheet(sign_in, vg, hro) -> None:
    publish_werte({"VG": 1040, "HRO": 12})
    antwort = sign_in("karla").get("/kennzahlen/fallzahlen/csv/?monat=2026-10")
    assert antwort["Content-Type"] == "text/csv; charset=utf-8"
    text = antwort.content.decode("utf-8")
    assert text.startswith("\ufeff")
    zeilen = list(csv.reader(StringIO(text[1:]), delimiter=";"))
    assert next(z for z in zeilen if z and z[0] == "VG")[:3] == ["VG", "Vorpommern-Greifswald", "1.040"]


def test_export__social_worker__may_look_but_not_take_away(sign_in, vg) -> None:
    client = sign_in("anna")
    assert client.get("/kennzahlen/fallzahlen/csv/").status_code == 403
    assert "Als CSV speichern" not in client.get("/kennzahlen/").content.decode()


@pytest.mark.parametrize(
    ("roh", "sicher"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+49 170", "'+49 170"),
        (" @SUM(A1)", "' @SUM(A1)"),
        ("\u22120,8", "-0,8"),
        ("-1.234,5", "-1.234,5"),
        ("-2+3", "'-2+3"),
        ("Schwerin", "Schwerin"),
        ("\u2013", "\u2013"),
    ],
)
def test_defuse__formula__becomes_text_and_a_number_stays(roh: str, sicher: str) -> None:
    assert defuse(roh) == sicher


def test_the_first_column_is_the_current_month_only_while_it_runs():
    laufend = monatserster(today())
    assert name_spalte(Spalte.AKTUELL, laufend) == "Aktueller Monat"
    assert name_spalte(Spalte.AKTUELL, date(2026, 10, 1)) == "Oktober 2026"
    assert name_spalte(Spalte.VORMONAT, date(2026, 10, 1)) == "Vormonat"
