"""Key figures for machines."""

from __future__ import annotations

import pytest

from tests.people import Cast
from tests.shared_apps.comparison.published import HEUTE, OKTOBER, publish_werte

SPALTEN = {
    "aktueller_monat", "vormonat", "monatsdurchschnitt_jahr", "monatsdurchschnitt_vorjahr", "veraenderung_prozent",
}  # fmt: skip
URL = "/api/v1/kennzahlen/fallzahlen/"


@pytest.fixture(autouse=True)
def _heute(settings) -> None:
    settings.FIXED_TODAY = HEUTE


def test_get_kennzahl__ministry_at_the_portal__whole_table(cast: Cast, vg, hro) -> None:
    publish_werte({"VG": 40, "HRO": 12})
    publish_werte({"VG": 20, "HRO": 8}, hilfeart="S34", monat=OKTOBER)
    body = cast.api("karla").get(URL, {"monat": "2026-10", "hilfeart": "S34"}).json()
    assert (body["kennzahl"], body["modus"], body["monat"]) == ("fallzahlen", "absolut", "2026-10")
    zeilen = {z["kuerzel"]: z for z in body["zeilen"]}
    assert list(zeilen) == ["VG", "LHSN", "LUP", "NWM", "HRO", "LRO", "VR", "MSE"]
    assert (zeilen["VG"]["aktueller_monat"], zeilen["LHSN"]["aktueller_monat"]) == ("20", None)
    assert body["summe"]["aktueller_monat"] == "28"
    for name in ("summe", "ew_gewichteter_durchschnitt", "minimum", "maximum", "median"):
        assert set(body[name]) >= SPALTEN
    assert body["abdeckung"].startswith("2 von 8 Trägern")


def test_get_kennzahl__small_cell__null_and_named_for_others_exact_at_the_own_host(cast: Cast, vg, hro) -> None:
    publish_werte({"VG": 40, "HRO": 12})
    publish_werte({"VG": 2, "HRO": 8}, hilfeart="S34")
    fremd = cast.api("karla").get(URL, {"monat": "2026-10", "hilfeart": "S34"}).json()["zeilen"][0]
    assert fremd["aktueller_monat"] is None
    assert "aktueller_monat" in fremd["geheim"]
    eigen = cast.api("frieda").get(URL, {"monat": "2026-10", "hilfeart": "S34"}).json()["zeilen"][0]
    assert (eigen["aktueller_monat"], eigen["geheim"]) == ("2", [])


@pytest.mark.parametrize(
    ("query", "feld"),
    [
        ({"monat": "Oktober"}, "monat"),
        ({"monat": "2026-13"}, "monat"),
        ({"monat": "2030-01"}, "monat"),
        ({"modus": "je-mond"}, "modus"),
        ({"hilfeart": "Z1"}, "hilfeart"),
    ],
)
def test_get_kennzahl__bad_filter__422_in_german(cast: Cast, vg, query: dict, feld: str) -> None:
    antwort = cast.api("karla").get(URL, query)
    assert antwort.status_code == 422
    assert list(antwort.json()["felder"]) == [feld]


def test_get_kennzahl__unknown__404(cast: Cast) -> None:
    assert cast.api("karla").get("/api/v1/kennzahlen/glueck/").status_code == 404


def test_list_kennzahlen__all_nine(cast: Cast) -> None:
    codes = [k["code"] for k in cast.api("karla").get("/api/v1/kennzahlen/").json()]
    assert codes[:2] == ["haushaltsansaetze", "fallzahlen"]
    assert len(codes) == 9


@pytest.mark.parametrize("wer", ["anna", "clara", "doris", "emil", "frieda", "paula", "karla"])
def test_get_kennzahl__who_may(cast: Cast, vg, wer: str) -> None:
    assert cast.api(wer).get(URL).status_code == 200


@pytest.mark.parametrize(("wer", "at"), [("ines", "VG"), ("ines", "PORTAL"), ("lars", "PORTAL"), ("anton", "VG")])
def test_get_kennzahl__who_may_not(cast: Cast, vg, wer: str, at: str) -> None:
    assert cast.api(wer, at=at).get(URL).status_code == 403
