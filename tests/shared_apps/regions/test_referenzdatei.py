"""Reference files of other states: what is taken, what is refused and how it is said."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from shared_apps.regions import services
from shared_apps.regions.referenzdatei import BAENDER, ReferenzdateiFehler, derive_einwohner, read_referenzdatei
from tenants.onboarding.reference import read_csv

HEUTE = date(2026, 11, 28)
KOPF = "kuerzel;name;kurzname;ags;typ;sitz;land;stichtag;zensusbasis;quelle;ew;u3;3-5;6-14;15-17;18-24;25-29"
BARNIM = (
    "BAR;Landkreis Barnim;Barnim;12060;LK;Eberswalde;Brandenburg;31.12.2024;Zensus 2022;Regionalstatistik;"
    "190000;4000;5000;18000;6000;9000;8000"
)


def _file(*lines: str) -> str:
    return "\n".join([KOPF, *lines]) + "\n"


def _mistakes(text: str) -> str:
    with pytest.raises(ReferenzdateiFehler) as refused:
        read_referenzdatei(text, heute=HEUTE)
    return str(refused.value)


def test_read__a_district_with_its_inhabitants():
    (kreis,) = read_referenzdatei(_file(BARNIM), heute=HEUTE)
    assert (kreis.kuerzel, kreis.ags, kreis.stichtag) == ("BAR", "12060", date(2024, 12, 31))
    assert kreis.einwohner["u18"] == 33_000
    assert kreis.einwohner["u21_est"] == 33_000 + 3_857  # 3/7 of 9,000


@pytest.mark.parametrize("trenner", [",", "\t"])
def test_read__other_separators_a_mark_and_thousands_in_dots(trenner):
    text = "\ufeff" + _file(BARNIM.replace("190000", "190.000")).replace(";", trenner)
    assert read_referenzdatei(text, heute=HEUTE)[0].einwohner["ew"] == 190_000


def test_derive__estimates_as_the_shipped_file_has_them():
    """The same rule as for the eight offices, checked on every line that comes with the program."""
    lines = read_csv(services._DATA / "bevoelkerung_2024-12-31.csv")
    assert len(lines) == 9
    for line in lines[:8]:  # the ninth is the sum of the Land, added up from rounded numbers
        derived = derive_einwohner({name: int(line[name]) for name in ("ew", *BAENDER)})
        assert derived == {name: int(line[name]) for name in derived}


WRONG = {
    "": "Die Datei ist leer",
    "kuerzel;name\nBAR;Barnim": "fehlen diese Spalten: kurzname, ags",
    KOPF: "steht kein Kreis",
    _file(BARNIM.replace("12060", "1206")): "Zeile 2: ags „1206“ ist ungültig (5 oder 8 Ziffern)",
    _file(BARNIM.replace("12060", "１２０６０")): "Zeile 2: ags",
    _file(BARNIM.replace(";LK;", ";XX;")): "typ ist LK (Landkreis) oder KS",
    _file(BARNIM.replace("31.12.2024", "31.12.9999")): "in der Zukunft",
    _file(BARNIM.replace("31.12.2024", "gestern")): "kein Datum (z. B. 31.12.2024)",
    _file(BARNIM.replace("18000", "viele")): "Zeile 2: 6-14 ist keine ganze Zahl ab 0",
    _file(BARNIM.replace("18000", "-1")): "Zeile 2: 6-14 ist keine ganze Zahl ab 0",
    _file(BARNIM.replace("190000", "20000")): "ergeben zusammen mehr als ew",
    _file(BARNIM, BARNIM): "kuerzel BAR steht mehrmals",
    _file(BARNIM.replace("Landkreis Barnim", "")): "Zeile 2: name fehlt",
    _file(BARNIM.replace("Landkreis Barnim", "x" * 201)): "name ist länger als 200 Zeichen",
    _file(BARNIM.replace("Barnim", "Bar\x00nim")): "Steuerzeichen",
    _file(BARNIM + ";mehr"): "mehr Felder als die Kopfzeile",
    "x" * 200_001: "zu groß",
}


@pytest.mark.parametrize("text", WRONG)
def test_read__says_line_and_reason(text):
    assert WRONG[text] in _mistakes(text)


def test_read__collects_mistakes_and_stops_at_eight():
    said = _mistakes(_file(*[BARNIM.replace("12060", "1")] * 20))
    assert said.count("Zeile") == 8 and "weitere" in said


def test_check__shipped_districts_and_taken_keys_are_refused(db):
    with pytest.raises(ReferenzdateiFehler, match="VG gehört zu den Referenzdaten des Programms"):
        services.check_referenzdatei(_file(BARNIM.replace("BAR;", "VG;")))
    with pytest.raises(ReferenzdateiFehler, match="Der AGS 13075 gehört schon zu VG"):
        services.check_referenzdatei(_file(BARNIM.replace("12060", "13075")))


def test_example_of_the_documentation_is_complete():
    """Each column that is asked for is in docs/referenzdatei.md."""
    from deploy.embedded_postgres import PROJECT

    text = (PROJECT / "docs" / "referenzdatei.md").read_text()
    assert [name for name in next(csv.reader([KOPF], delimiter=";")) if f"`{name}`" not in text] == []
