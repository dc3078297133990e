"""The districts on every host."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("vg")


@pytest.mark.parametrize("who", ["anna", "ines", "karla", "lars"])
def test_eight_districts_with_source_and_date(sign_in, who):
    page = sign_in(who).get("/gebietskoerperschaften/").content.decode()
    for kuerzel in ("VG", "HRO", "LHSN", "LUP", "NWM", "LRO", "VR", "MSE"):
        assert f">{kuerzel}</a>" in page
    assert "Stichtag" in page
    assert "Zensusbasis" in page


def test_detail_names_seat_ags_and_source(sign_in):
    page = sign_in("anna").get("/gebietskoerperschaften/vg/").content.decode()
    for text in ("13075", "Greifswald", "Quelle", "Einwohner"):
        assert text in page
    assert sign_in("anna").get("/gebietskoerperschaften/xx/").status_code == 404


def test_csv(sign_in):
    response = sign_in("anna").get("/gebietskoerperschaften/?format=csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 9
    assert lines[0].startswith("Kürzel;Name;AGS;Sitz;")
