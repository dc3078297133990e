"""A filter by district offers what can yield rows, and nothing where there is one district alone."""

from __future__ import annotations

import re

import pytest

from tests.factories.register import create_angebot, create_einrichtung

pytestmark = pytest.mark.django_db
KUESTE = "Jugendhilfe Küste gGmbH"
DIE = "Kreis oder kreisfreie Stadt"


def offered(page: str) -> list[str]:
    """The districts there are to choose from; empty where nothing is asked."""
    wahl = re.search(r'<select[^>]*name="kreis".*?</select>', page, re.DOTALL)
    return [kuerzel for kuerzel in re.findall(r'value="(\w*)"', wahl.group() if wahl else "") if kuerzel]


def house(anbieter: str, kreis: str) -> None:
    haus = create_einrichtung(anbieter=anbieter, kreis=kreis, name=f"Haus {kreis}")
    create_angebot(einrichtung=haus, plaetze=1, entgelt="80.00")


@pytest.mark.parametrize(
    ("wer", "ort", "adresse"),
    [("ines", "PORTAL", "/anbieter/eigene/"), ("ines", "PORTAL", "/anbieter/eigene/plan/")],
)
def test_own_houses__their_districts_only(cast, vg, hro, sign_in, wer, ort, adresse):
    for kreis in ("VG", "HRO"):
        house(KUESTE, kreis)
    house("Anderer Anbieter", "LUP")
    page = sign_in(wer, at=ort).get(adresse).text
    assert offered(page) == ["VG", "HRO"] and DIE in page
    assert "wo eine Einrichtung dieser Liste liegt" in page, "the reader is told why there are two"


def test_one_district_alone__is_not_asked(cast, vg, hro, sign_in):
    house(KUESTE, "VG")
    house("Anderer Anbieter", "LUP")
    ines = sign_in("ines", at="PORTAL")
    for adresse in ("/anbieter/eigene/", "/anbieter/eigene/plan/"):
        assert offered(ines.get(adresse).text) == []
    assert "nicht beachtet" not in ines.get("/anbieter/eigene/?kreis=VG").text, "a kept address goes on"


@pytest.mark.parametrize(("wer", "ort", "adresse"), [
    ("anna", "VG", "/anbieter/"), ("karla", "PORTAL", "/anbieter/"), ("karla", "PORTAL", "/anbieter/unbestaetigt/"),
])  # fmt: skip
def test_register_and_whom_to_chase__districts_with_a_house(cast, vg, hro, sign_in, wer, ort, adresse):
    house("Anderer Anbieter", "LUP")
    house("Anderer Anbieter", "VG")
    beendet = create_einrichtung(anbieter="Anderer Anbieter", kreis="MSE", name="Beendet")
    type(beendet).objects.filter(pk=beendet.pk).update(gueltig_bis="2020-01-01")
    page = sign_in(wer, at=ort).get(adresse).text
    assert set(offered(page)) >= {"VG", "LUP"} and "MSE" not in offered(page)


def test_an_office_chases_its_own_district__nothing_to_choose(cast, vg, hro, sign_in):
    for kreis in ("VG", "LUP"):
        house("Anderer Anbieter", kreis)
    assert offered(sign_in("frieda").get("/anbieter/unbestaetigt/").text) == []
