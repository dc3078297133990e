"""Nights of a stay: what two places may share and what not."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.placements.rules import naechte, teilen_naechte

JUNI = date(2026, 6, 1)


def _stay(von: int, bis: int) -> Zeitraum:
    """From the one day of June to the other, both included."""
    return Zeitraum.from_inclusive(JUNI + timedelta(days=von - 1), JUNI + timedelta(days=bis - 1))


def test_the_day_of_a_move_belongs_to_both_and_no_night_does():
    assert not teilen_naechte(_stay(1, 15), _stay(15, 30))
    assert teilen_naechte(_stay(1, 16), _stay(15, 30))


def test_a_stay_of_one_day_has_its_night():
    assert teilen_naechte(_stay(5, 5), _stay(1, 30))
    assert teilen_naechte(_stay(5, 5), _stay(5, 5))
    assert not teilen_naechte(_stay(5, 5), _stay(1, 5))


def test_a_stay_without_an_end_goes_on():
    assert teilen_naechte(Zeitraum(JUNI), _stay(20, 30))
    assert not teilen_naechte(Zeitraum(JUNI + timedelta(days=29)), _stay(1, 30))


@given(st.tuples(*[st.integers(1, 40)] * 4))
def test_agrees_with_counting_night_by_night(tage):
    a, b, c, d = tage
    eins, zwei = _stay(min(a, b), max(a, b)), _stay(min(c, d), max(c, d))
    gemeinsam = set(naechte(eins).einzelne_tage()) & set(naechte(zwei).einzelne_tage())
    assert teilen_naechte(eins, zwei) == teilen_naechte(zwei, eins) == bool(gemeinsam)
