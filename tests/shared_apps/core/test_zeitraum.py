"""Periods: half-open inside, inclusive on the screen."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.zeitraum import (
    Zeitraum,
    ZeitraumError,
    build_monat,
    monatserster,
    naechster_monat,
    tage_im_monat,
    vormonat,
)

TAGE = st.dates(date(1990, 1, 1), date(2060, 12, 31))
DAUERN = st.integers(1, 1500).map(lambda tage: timedelta(days=tage))
ZEITRAEUME = st.builds(lambda beginn, dauer: Zeitraum(beginn, beginn + dauer), TAGE, DAUERN)
OFFEN_ODER_NICHT = st.one_of(ZEITRAEUME, st.builds(Zeitraum, TAGE))


def test_from_inclusive__screen_period_has_183_days() -> None:
    zeitraum = Zeitraum.from_inclusive(date(2017, 6, 1), date(2017, 11, 30))
    assert zeitraum == Zeitraum(date(2017, 6, 1), date(2017, 12, 1))
    assert (zeitraum.tage, zeitraum.letzter_tag) == (183, date(2017, 11, 30))
    assert str(zeitraum) == "01.06.2017 bis 30.11.2017"


def test_open_period__has_no_length_and_contains_the_future() -> None:
    zeitraum = Zeitraum.from_inclusive(date(2026, 1, 1), None)
    assert zeitraum.ist_offen
    assert zeitraum.letzter_tag is None
    assert date(2050, 1, 1) in zeitraum
    assert date(2025, 12, 31) not in zeitraum
    assert str(zeitraum) == "ab 01.01.2026"
    with pytest.raises(ZeitraumError, match="unbefristet"):
        _ = zeitraum.tage
    with pytest.raises(ZeitraumError, match="unbefristet"):
        list(zeitraum.monate())


@pytest.mark.parametrize("ende", [date(2026, 1, 1), date(2025, 12, 31)])
def test_zeitraum__refuses_empty_and_reversed(ende: date) -> None:
    with pytest.raises(ZeitraumError, match="vor dem Beginn"):
        Zeitraum(date(2026, 1, 1), ende)


def test_zeitraum__refuses_datetime_and_text() -> None:
    with pytest.raises(TypeError):
        Zeitraum(datetime(2026, 1, 1, 12))
    with pytest.raises(TypeError):
        Zeitraum(date(2026, 1, 1), "2026-02-01")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Zeitraum(date(2026, 1, 1)).contains(datetime(2026, 1, 1, 12))


def test_from_range__needs_a_lower_bound() -> None:
    class Bereich:
        lower: date | None = date(2026, 1, 1)
        upper: date | None = date(2026, 2, 1)

    assert Zeitraum.from_range(Bereich()) == Zeitraum.fuer_monat(date(2026, 1, 17))
    Bereich.lower = None
    with pytest.raises(ZeitraumError, match="keinen Beginn"):
        Zeitraum.from_range(Bereich())


def test_adjacent_periods__do_not_overlap() -> None:
    vorher = Zeitraum(date(2026, 1, 1), date(2026, 7, 1))
    nachher = Zeitraum(date(2026, 7, 1), date(2027, 1, 1))
    assert not vorher.overlaps(nachher)
    assert vorher.intersect(nachher) is None
    assert vorher.tage + nachher.tage == 365


def test_month_helpers__over_the_turn_of_the_year() -> None:
    assert naechster_monat(date(2026, 12, 31)) == date(2027, 1, 1)
    assert naechster_monat(date(2026, 11, 30)) == date(2026, 12, 1)
    assert vormonat(date(2026, 1, 15)) == date(2025, 12, 1)
    assert monatserster(date(2028, 2, 29)) == date(2028, 2, 1)
    assert tage_im_monat(date(2028, 2, 1)) == 29


def test_in_monat__is_none_outside() -> None:
    zeitraum = Zeitraum.from_inclusive(date(2026, 3, 20), date(2026, 4, 2))
    assert zeitraum.in_monat(date(2026, 3, 1)) == Zeitraum(date(2026, 3, 20), date(2026, 4, 1))
    assert zeitraum.in_monat(date(2026, 5, 1)) is None
    assert list(zeitraum.monate()) == [date(2026, 3, 1), date(2026, 4, 1)]


@given(ZEITRAEUME)
def test_inclusive_form__round_trips(zeitraum: Zeitraum) -> None:
    assert zeitraum.letzter_tag is not None
    assert Zeitraum.from_inclusive(zeitraum.beginn, zeitraum.letzter_tag) == zeitraum


@given(ZEITRAEUME)
def test_months__add_up_to_the_period(zeitraum: Zeitraum) -> None:
    teile = [zeitraum.in_monat(monat) for monat in zeitraum.monate()]
    assert sum(teil.tage for teil in teile if teil) == zeitraum.tage
    assert None not in teile


@given(OFFEN_ODER_NICHT, OFFEN_ODER_NICHT, TAGE)
def test_intersect__holds_exactly_the_common_days(a: Zeitraum, b: Zeitraum, tag: date) -> None:
    schnitt = a.intersect(b)
    assert schnitt == b.intersect(a)
    assert a.overlaps(b) == (schnitt is not None)
    assert (tag in a and tag in b) == (schnitt is not None and tag in schnitt)
    if schnitt is not None:
        assert a.contains(schnitt)
        assert b.contains(schnitt)


@given(ZEITRAEUME)
def test_einzelne_tage__are_all_inside_and_as_many_as_tage(zeitraum: Zeitraum) -> None:
    tage = list(zeitraum.einzelne_tage())
    assert len(tage) == zeitraum.tage
    assert all(tag in zeitraum for tag in tage)


def test_build_monat__month_out_of_an_address() -> None:
    assert build_monat(2026, 9) == date(2026, 9, 1)


@pytest.mark.parametrize(("jahr", "monat"), [(2026, 0), (2026, 13), (1989, 1), (2200, 1), (10**30, 1), (2026, 10**30)])
def test_build_monat__no_such_month(jahr: int, monat: int) -> None:
    with pytest.raises(ValueError):
        build_monat(jahr, monat)
