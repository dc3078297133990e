"""Inhabitants from age ranges as they come: overlapping, nested, single years."""

from __future__ import annotations

from datetime import date

import pytest

from shared_apps.comparison.bevoelkerung import Bevoelkerung, Stand, zaehle_bis
from shared_apps.comparison.rules import VergleichError


def test_zaehle_bis__ranges_that_overlap__are_not_counted_twice() -> None:
    gruppen = {(0, 3): 10, (0, 18): 60, (3, 6): 10, (6, 15): 30, (15, 18): 10, (18, 21): 5, (0, None): 200}
    assert zaehle_bis(gruppen, 18) == 60
    assert zaehle_bis(gruppen, 21) == 65
    assert zaehle_bis(gruppen, None) == 200


def test_zaehle_bis__gap__is_no_number() -> None:
    assert zaehle_bis({(0, 3): 10, (6, 18): 40}, 18) is None


def test_choose__vintage_that_lacks_an_office__is_not_taken() -> None:
    staende = [
        Stand("VG", date(2024, 12, 31), "Zensus 2022", 0, None, 100),
        Stand("HRO", date(2024, 12, 31), "Zensus 2022", 0, None, 200),
        Stand("VG", date(2025, 12, 31), "Zensus 2022", 0, None, 90),
    ]
    wahl = Bevoelkerung(staende, ["VG", "HRO"]).choose(date(2026, 10, 1), None)
    assert wahl.jahrgang.stichtag == date(2024, 12, 31)


def test_choose__no_population__raises() -> None:
    with pytest.raises(VergleichError):
        Bevoelkerung([], ["VG"]).choose(date(2026, 10, 1), None)
