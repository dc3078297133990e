"""The page on which columns are assigned says what is recognised; only what is unclear is unfolded."""

from __future__ import annotations

import re

import pytest

from shared_apps.einlesen.katalog import SPALTEN
from tests.shared_apps.einlesen.lists import csv_of, send, zeile

pytestmark = pytest.mark.django_db


def page_of(cast, sign_in, inhalt: bytes) -> tuple[str, str]:
    """(the page, the address) of a list that was just sent."""
    url = f"/anbieter/einlesen/{send(cast, inhalt).pk}/spalten/"
    return sign_in("frieda").get(url).text, url


def unfolded(page: str) -> list[str]:
    """What the open groups speak of."""
    return re.findall(r'<details class="sojus-falte" open><summary>(\w+):', page)


def test_all_columns_recognised__is_one_sentence_and_nothing_is_unfolded(cast, vg, sign_in):
    page, url = page_of(cast, sign_in, csv_of([zeile()]))
    assert f"Alle {len(zeile())} Spalten der Datei sind erkannt." in page and "Nicht erkannt" not in page
    assert unfolded(page) == []
    ausserhalb = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert page.count("<select") == len(SPALTEN) and "<select" not in ausserhalb
    felder = {s.code: "" for s in SPALTEN}
    kopf = [s.code for s in SPALTEN if s.code in zeile()]
    felder |= {code: str(stelle) for stelle, code in enumerate(kopf)}
    marken = dict(re.findall(r'name="(gelesen[^"]*)" value="([^"]*)"', page))
    assert sign_in("frieda").post(url, felder | marken).status_code == 302, "what is folded is sent"


def test_musterliste__as_it_is_saved__is_recognised(cast, vg, sign_in):
    page, _ = page_of(cast, sign_in, sign_in("frieda").get("/anbieter/einlesen/spalten/?format=csv").content)
    assert f"Alle {len(SPALTEN)} Spalten der Datei sind erkannt." in page and unfolded(page) == []


def test_column_nobody_knows__is_named(cast, vg, sign_in):
    inhalt = csv_of([zeile(sonderleistung="1,00")]).replace(b"Sonderleistung", b"Zuschlag 7")
    page, _ = page_of(cast, sign_in, inhalt)
    alle = len(zeile()) + 1
    assert f"{alle - 1} von {alle} Spalten der Datei sind erkannt." in page and "„Zuschlag 7“" in page


def test_column_that_is_needed_and_missing__its_group_is_unfolded(cast, vg, sign_in):
    inhalt = csv_of([zeile()]).replace(b";Einrichtung;", b";Heim am See;")
    page, url = page_of(cast, sign_in, inhalt)
    assert "Es fehlt: „Einrichtung“" in page and "„Heim am See“" in page
    assert unfolded(page) == ["Einrichtung"]
    marken = dict(re.findall(r'name="(gelesen[^"]*)" value="([^"]*)"', page))
    again = sign_in("frieda").post(url, marken)
    assert again.status_code == 422 and unfolded(again.text) == ["Anbieter", "Einrichtung"], "what is wrong is seen"


def test_musterliste__says_how_a_postcode_keeps_its_nought(vg, sign_in):
    """A spreadsheet makes 1067 of Dresden, and every line of a house there would be faulty."""
    assert sign_in("frieda").get("/anbieter/einlesen/spalten/").text.count("führende Null") == 2
