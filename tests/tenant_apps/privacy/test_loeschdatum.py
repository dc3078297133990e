"""Terms of the retention classes: worked examples, and an oracle that counts days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_apps.privacy.rules import (
    AUFBEWAHRUNGSKLASSEN,
    BELEGE,
    HZE,
    Fristbeginn,
    Schritt,
    einschraenkungsdatum,
    loeschdatum,
    schritt,
)

ADOPTION = AUFBEWAHRUNGSKLASSEN[1]


@pytest.mark.parametrize(
    ("klasse", "tag", "erwartet"),
    [
        (HZE, date(2007, 3, 14), date(2107, 3, 14)),
        (HZE, date(2008, 2, 29), date(2108, 3, 1)),
        (HZE, date(2000, 1, 1), date(2100, 1, 1)),
        (HZE, date(1999, 12, 31), date(2099, 12, 31)),
        (ADOPTION, date(2008, 2, 29), date(2108, 2, 29)),
        (ADOPTION, date(2000, 2, 29), date(2100, 3, 1)),
    ],
)
def test_loeschdatum__from_the_birth(klasse, tag, erwartet):
    assert loeschdatum(klasse, geboren=tag) == erwartet


@pytest.mark.parametrize(
    ("bezahlt", "erwartet"),
    [
        (date(2017, 6, 30), date(2027, 7, 1)),
        (date(2016, 2, 28), date(2026, 3, 1)),
        (date(2020, 12, 31), date(2031, 1, 1)),
    ],
)
def test_loeschdatum__of_a_voucher(bezahlt, erwartet):
    assert loeschdatum(BELEGE, abschluss=bezahlt) == erwartet


def _first_day_at_age(anchor: date, years: int) -> date:
    """Oracle: walk until the calendar shows the date again, or has passed it."""
    day = date(anchor.year + years, 1, 1)
    while (day.month, day.day) < (anchor.month, anchor.day):
        day += timedelta(days=1)
    return day


@settings(max_examples=400)
@given(st.dates(date(1900, 1, 1), date(2040, 12, 31)))
def test_loeschdatum__agrees_with_an_oracle(geboren):
    dreissig = _first_day_at_age(geboren, 30)
    assert loeschdatum(HZE, geboren=geboren) == _first_day_at_age(dreissig, 70)
    assert loeschdatum(ADOPTION, geboren=geboren) == _first_day_at_age(geboren, 100)
    assert loeschdatum(BELEGE, abschluss=geboren) == _first_day_at_age(geboren + timedelta(days=1), 10)


@settings(max_examples=300)
@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 9000), st.integers(0, 40000), st.booleans())
def test_schritt__nothing_is_deleted_before_it_was_restricted_or_before_its_term(geboren, bis, dazu, eingeschraenkt):
    abschluss = geboren + timedelta(days=bis)
    heute = abschluss + timedelta(days=dazu)
    step = schritt(heute=heute, geboren=geboren, abschluss=abschluss, ist_eingeschraenkt=eingeschraenkt)
    if step is Schritt.LOESCHEN:
        assert eingeschraenkt and heute >= loeschdatum(HZE, geboren=geboren)
    if step is Schritt.EINSCHRAENKEN:
        assert not eingeschraenkt and heute >= einschraenkungsdatum(abschluss)
    if heute < einschraenkungsdatum(abschluss):
        assert step is None


def test_schritt__open_case_or_unknown_birth():
    assert schritt(heute=date(2200, 1, 1), geboren=date(1990, 1, 1), abschluss=None, ist_eingeschraenkt=True) is None
    assert schritt(heute=date(2200, 1, 1), geboren=None, abschluss=date(2020, 1, 1), ist_eingeschraenkt=True) is None


def test_classes__each_names_its_source_and_other_states_are_not_applied():
    assert len({k.code for k in AUFBEWAHRUNGSKLASSEN}) == len(AUFBEWAHRUNGSKLASSEN)
    for klasse in AUFBEWAHRUNGSKLASSEN:
        assert klasse.quelle and klasse.gueltig_ab and klasse.jahre > 0
        assert (klasse.alter > 0) == (klasse.beginn is Fristbeginn.LEBENSALTER)
        assert not (klasse.land and klasse.ist_aktiv), "Bavarian values are not active in Mecklenburg-Vorpommern"
