"""Days of service: arrival, departure, nights."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.billing.rules import (
    Zaehlregel,
    aufenthaltstage,
)

JUNI = date(2026, 6, 1)
BUCHUNG = Zeitraum.from_inclusive(date(2026, 5, 20), date(2026, 6, 10))


@pytest.mark.parametrize(
    ("regel", "mai", "juni", "ein_tag"),
    [
        (Zaehlregel.BEIDE_TAGE, 12, 10, 1),
        (Zaehlregel.NUR_AUFNAHMETAG, 12, 9, 1),
        (Zaehlregel.NAECHTE, 12, 9, 0),
    ],
)
def test_aufenthaltstage__by_counting_rule(regel: Zaehlregel, mai: int, juni: int, ein_tag: int) -> None:
    tag = Zeitraum.from_inclusive(JUNI, JUNI)
    assert len(aufenthaltstage(BUCHUNG, date(2026, 5, 1), regel)) == mai
    assert len(aufenthaltstage(BUCHUNG, JUNI, regel)) == juni
    assert len(aufenthaltstage(tag, JUNI, regel)) == ein_tag
    assert aufenthaltstage(BUCHUNG, date(2026, 7, 1), regel) == []


def test_aufenthaltstage__end_of_month_is_no_departure() -> None:
    assert len(aufenthaltstage(Zeitraum(JUNI), JUNI, Zaehlregel.NAECHTE)) == 30
    juni = Zeitraum.fuer_monat(JUNI)
    assert len(aufenthaltstage(juni, JUNI, Zaehlregel.NAECHTE)) == 29
    assert len(aufenthaltstage(juni, JUNI, Zaehlregel.NAECHTE, endet_mit_entlassung=False)) == 30


def test_change_between_two_homes__is_paid_once() -> None:
    """With NUR_AUFNAHMETAG the day of change belongs to the new home only."""
    alt = aufenthaltstage(Zeitraum.from_inclusive(JUNI, date(2026, 6, 15)), JUNI, Zaehlregel.NUR_AUFNAHMETAG)
    neu = aufenthaltstage(Zeitraum(date(2026, 6, 15)), JUNI, Zaehlregel.NUR_AUFNAHMETAG)
    assert len(alt) + len(neu) == 30
    assert not set(alt) & set(neu)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 400), st.sampled_from(Zaehlregel))
def test_months__add_up_to_the_whole_stay(beginn: date, dauer: int, regel: Zaehlregel) -> None:
    buchung = Zeitraum(beginn, beginn + timedelta(days=dauer))
    tage = [tag for monat in buchung.monate() for tag in aufenthaltstage(buchung, monat, regel)]
    erwartet = {
        Zaehlregel.BEIDE_TAGE: dauer,
        Zaehlregel.NUR_AUFNAHMETAG: max(1, dauer - 1),
        Zaehlregel.NAECHTE: dauer - 1,
    }
    assert len(tage) == len(set(tage)) == erwartet[regel]
    assert all(tag in buchung for tag in tage)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(2, 60), st.integers(1, 59))
def test_splitting_a_booking__changes_no_day(beginn: date, dauer: int, schnitt: int) -> None:
    buchung = Zeitraum(beginn, beginn + timedelta(days=dauer))
    mitte = beginn + timedelta(days=1 + (schnitt - 1) % (dauer - 1))
    vorne, hinten = Zeitraum(beginn, mitte), Zeitraum(mitte, buchung.ende)
    for regel in Zaehlregel:
        ganz = [tag for monat in buchung.monate() for tag in aufenthaltstage(buchung, monat, regel)]
        teile = [
            tag
            for monat in buchung.monate()
            for tag in (
                *aufenthaltstage(vorne, monat, regel, endet_mit_entlassung=False),
                *aufenthaltstage(hinten, monat, regel),
            )
        ]
        if regel is Zaehlregel.NUR_AUFNAHMETAG and hinten.tage == 1:
            teile.remove(hinten.beginn)  # the second booking alone looks like a stay of one day
        assert teile == ganz
