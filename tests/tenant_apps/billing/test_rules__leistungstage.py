"""Days of service: arrival, departure, nights, absences."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.billing.rules import (
    NRW_RAHMENVERTRAG,
    AbrechnungError,
    Abwesenheit,
    Abwesenheitsregel,
    Zaehlregel,
    aufenthaltstage,
    leistungstage,
)

D = Decimal
JUNI = date(2026, 6, 1)
BUCHUNG = Zeitraum.from_inclusive(date(2026, 5, 20), date(2026, 6, 10))


def _weg(von: int, bis: int, grund: str = "heimfahrt", monat: int = 6, **kwargs: bool) -> Abwesenheit:
    return Abwesenheit(Zeitraum.from_inclusive(date(2026, monat, von), date(2026, monat, bis)), grund, **kwargs)


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


def test_absence__default_is_the_full_rate() -> None:
    tage = leistungstage(Zeitraum(JUNI), JUNI, [_weg(1, 30)], Zaehlregel.BEIDE_TAGE)
    assert len(tage) == 30
    assert {tag.prozent for tag in tage} == {D(100)}
    assert "nicht gefunden" in Abwesenheitsregel().quelle


def test_absence__nrw_threshold_of_three_days() -> None:
    kurz = leistungstage(Zeitraum(JUNI), JUNI, [_weg(1, 3)], Zaehlregel.BEIDE_TAGE, regel=NRW_RAHMENVERTRAG)
    lang = leistungstage(Zeitraum(JUNI), JUNI, [_weg(1, 4)], Zaehlregel.BEIDE_TAGE, regel=NRW_RAHMENVERTRAG)
    assert {tag.prozent for tag in kurz} == {D(100)}
    assert [tag.prozent for tag in lang[:5]] == [D(80)] * 4 + [D(100)]


def test_absence__only_after_the_threshold() -> None:
    regel = Abwesenheitsregel(schwelle_tage=3, ab_erstem_tag=False, prozent=D(75))
    tage = leistungstage(Zeitraum(JUNI), JUNI, [_weg(1, 5)], Zaehlregel.BEIDE_TAGE, regel=regel)
    assert [tag.prozent for tag in tage[:6]] == [D(100)] * 3 + [D(75)] * 2 + [D(100)]


def test_absence__annual_cap_counts_the_whole_year_and_more_for_pupils() -> None:
    weg = [_weg(1, 20, monat=3), _weg(1, 20)]  # 40 days, the cap of 28 is reached on 8 June
    offen = Zeitraum(date(2026, 1, 1))
    tage = leistungstage(offen, JUNI, weg, Zaehlregel.BEIDE_TAGE, regel=NRW_RAHMENVERTRAG)
    assert [tag.prozent for tag in tage].count(D(80)) == 8
    assert len(tage) == 18
    schueler = NRW_RAHMENVERTRAG.fuer_schueler()
    assert schueler.jahreshoechsttage == 49
    assert len(leistungstage(offen, JUNI, weg, Zaehlregel.BEIDE_TAGE, regel=schueler)) == 30


def test_absence__place_given_away_is_not_paid() -> None:
    weg = [_weg(5, 6, platz_freigehalten=False)]
    assert len(leistungstage(Zeitraum(JUNI), JUNI, weg, Zaehlregel.BEIDE_TAGE)) == 28
    regel = Abwesenheitsregel(platzfreihaltung=False)
    assert len(leistungstage(Zeitraum(JUNI), JUNI, weg, Zaehlregel.BEIDE_TAGE, regel=regel)) == 30


def test_absence__rule_only_for_its_reasons() -> None:
    regel = Abwesenheitsregel(prozent=D(0), gruende=frozenset({"entweichung"}))
    weg = [_weg(1, 5, "klinik"), _weg(10, 11, "entweichung")]
    assert len(leistungstage(Zeitraum(JUNI), JUNI, weg, Zaehlregel.BEIDE_TAGE, regel=regel)) == 28


def test_absence__refuses_overlap_and_impossible_percent() -> None:
    with pytest.raises(AbrechnungError, match="überschneiden"):
        leistungstage(Zeitraum(JUNI), JUNI, [_weg(1, 5), _weg(5, 6)], Zaehlregel.BEIDE_TAGE)
    with pytest.raises(AbrechnungError, match="zwischen 0 und 100"):
        Abwesenheitsregel(prozent=D(101))


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
    vorne, hinten = buchung.split_at(beginn + timedelta(days=1 + (schnitt - 1) % (dauer - 1)))
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
