"""The planned amounts of the slide, row by row (law.md 0.1, 0.2, 5.1)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.placements import rules
from tenant_apps.placements.rules import PlanwertError

D = Decimal
BEGINN, ENDE = date(2017, 6, 1), date(2017, 11, 30)
FOLIE = [
    ("76.00", 13832), ("88.00", 16016), ("90.42", 16457), ("92.39", 16815), ("93.89", 17088),
    ("94.84", 17261), ("97.97", 17831), ("98.17", 17867), ("98.75", 17973), ("99.36", 18084),
    ("101.72", 18514), ("102.09", 18581), ("111.32", 20261), ("112.10", 20403),
]  # fmt: skip

SAETZE = st.decimals(min_value=0, max_value=500, places=2)
TAGE_JE_WOCHE = st.sampled_from([D(5), D(7), D("3.5"), D("0.5"), D("6.25")])
TAGE = st.integers(1, 1500)


def _zeitraum(tage: int) -> Zeitraum:
    return Zeitraum(BEGINN, BEGINN + timedelta(days=tage))


@pytest.mark.parametrize(("satz", "erwartet"), FOLIE)
def test_soll_entgelt__all_fourteen_rows_of_the_slide(satz: str, erwartet: int) -> None:
    menge = rules.stationaere_tage(rules.dauer_in_tagen(BEGINN, ENDE), D("7.00"))
    assert rules.soll_entgelt(menge, D(satz)) == erwartet


def test_differenz__of_the_rounded_amounts() -> None:
    soll = [rules.soll_entgelt(182, D(satz)) for satz, _ in FOLIE[:5]]
    assert [rules.differenz(betrag, min(soll)) for betrag in soll] == [0, 2184, 2625, 2983, 3256]


@pytest.mark.parametrize(
    ("menge", "satz", "erwartet"),
    [(182, "110.00", 20020), (80, "44.30", 3544), (100, "44.30", 4430), (60, "44.30", 2658)],
)
def test_soll_entgelt__rows_of_the_fallmanager(menge: int, satz: str, erwartet: int) -> None:
    assert rules.soll_entgelt(menge, D(satz)) == erwartet


def test_dauer__exclusive_difference_by_default() -> None:
    assert rules.dauer_in_tagen(BEGINN, ENDE) == 182
    assert rules.dauer_in_tagen(BEGINN, ENDE, soll_tage_exklusiv=False) == 183
    assert rules.dauer_in_wochen(182) == D("26.00")
    assert str(rules.dauer_in_wochen(183)) == "26.14"
    assert rules.dauer_in_tagen(BEGINN, BEGINN) == 0
    with pytest.raises(PlanwertError, match="vor dem Beginn"):
        rules.dauer_in_tagen(ENDE, BEGINN)


@pytest.mark.parametrize("exklusiv", [True, False])
def test_planzeitraum__has_the_planned_days(exklusiv: bool) -> None:
    zeitraum = rules.planzeitraum(BEGINN, ENDE, soll_tage_exklusiv=exklusiv)
    assert zeitraum.tage == rules.dauer_in_tagen(BEGINN, ENDE, soll_tage_exklusiv=exklusiv)


def test_planzeitraum__refuses_a_plan_without_a_day() -> None:
    with pytest.raises(PlanwertError, match="keinen ganzen Tag"):
        rules.planzeitraum(BEGINN, BEGINN)


def test_quantities__of_the_slide() -> None:
    assert rules.stationaere_tage(182, D("7.00")) == D("182.00")
    assert rules.stationaere_tage(182, D("5.00")) == D("130.00")
    assert rules.fachleistungsstunden(D("26.00"), D("3.5")) == D("91.00")


@pytest.mark.parametrize("tage_je_woche", ["0", "-1", "7.01"])
def test_stationaere_tage__refuses_impossible_weeks(tage_je_woche: str) -> None:
    with pytest.raises(PlanwertError, match="zwischen 0 und 7"):
        rules.stationaere_tage(182, D(tage_je_woche))


def test_soll_entgelt__an_inexact_seventh_costs_no_extra_euro() -> None:
    for tage in range(1, 800):
        menge = rules.stationaere_tage(tage, D(5))
        assert rules.soll_entgelt(menge, D("77.00")) == tage * 55


def test_soll_entgelt__refuses_float_and_negative() -> None:
    with pytest.raises(TypeError):
        rules.soll_entgelt(182, 76.0)  # type: ignore[arg-type]
    with pytest.raises(PlanwertError, match="negativ"):
        rules.soll_entgelt(-1, D(76))


def test_soll_kosten__slide_without_pocket_money() -> None:
    assert rules.soll_kosten(D(13832), D("0.00")) == D("13832.00")


def test_aufgeteilt__rate_change_inside_rounds_once() -> None:
    zeitraum = rules.planzeitraum(BEGINN, ENDE)
    entgelte = [
        (Zeitraum(date(2016, 1, 1), date(2017, 9, 1)), D("90.42")),
        (Zeitraum(date(2017, 9, 1)), D("92.39")),
    ]
    soll = rules.soll_entgelt_aufgeteilt(rules.entgelte_im_zeitraum(zeitraum, entgelte))
    assert [(z.menge, z.betrag) for z in soll.zeilen] == [(92, D("8318.64")), (90, D("8315.10"))]
    assert soll.summe_exakt == D("16633.74")
    assert soll.summe == 16634  # ceil per line would be 8319 + 8316 = 16635


def test_entgelte_im_zeitraum__an_expired_rate_goes_on() -> None:
    """§ 78d Abs. 2 Satz 4 SGB VIII, also over a gap between two agreements."""
    alt = Zeitraum(date(2016, 1, 1), date(2016, 7, 1))
    neu = Zeitraum(date(2017, 9, 1), date(2017, 10, 1))
    segmente = rules.entgelte_im_zeitraum(Zeitraum(BEGINN, ENDE), [(neu, D(92)), (alt, D(90))])
    assert segmente == [
        (Zeitraum(BEGINN, date(2017, 9, 1)), D(90)),
        (Zeitraum(date(2017, 9, 1), ENDE), D(92)),
    ]


def test_entgelte_im_zeitraum__refuses_days_before_the_first_rate_and_twins() -> None:
    spaeter = (Zeitraum(date(2017, 7, 1)), D(90))
    with pytest.raises(PlanwertError, match=r"01\.06\.2017 ist kein Entgelt"):
        rules.entgelte_im_zeitraum(Zeitraum(BEGINN, ENDE), [spaeter])
    with pytest.raises(PlanwertError, match="demselben Tag"):
        rules.entgelte_im_zeitraum(Zeitraum(date(2017, 8, 1), ENDE), [spaeter, spaeter])


def test_aufgeteilt__refuses_gaps_and_nothing() -> None:
    juni, august = Zeitraum.fuer_monat(date(2017, 6, 1)), Zeitraum.fuer_monat(date(2017, 8, 1))
    with pytest.raises(PlanwertError, match="lückenlos"):
        rules.soll_entgelt_aufgeteilt([(juni, D(90)), (august, D(90))])
    with pytest.raises(PlanwertError, match="kein Entgelt"):
        rules.soll_entgelt_aufgeteilt([])


@given(TAGE, SAETZE, TAGE_JE_WOCHE, st.lists(st.integers(1, 1499), max_size=6, unique=True))
def test_splitting_a_period__never_changes_the_exact_sum(
    tage: int, satz: Decimal, tage_je_woche: Decimal, schnitte: list[int]
) -> None:
    grenzen = [0, *sorted(schnitt for schnitt in schnitte if schnitt < tage), tage]
    segmente = [
        (Zeitraum(BEGINN + timedelta(days=von), BEGINN + timedelta(days=bis)), satz) for von, bis in pairwise(grenzen)
    ]
    geteilt = rules.soll_entgelt_aufgeteilt(segmente, tage_je_woche=tage_je_woche)
    menge = rules.stationaere_tage(tage, tage_je_woche)
    assert geteilt.summe_exakt == rules.soll_entgelt_exakt(menge, satz)
    assert geteilt.summe == rules.soll_entgelt(menge, satz)


@given(TAGE, SAETZE, SAETZE)
def test_aufgeteilt__lies_between_the_cheaper_and_the_dearer_rate(tage: int, a: Decimal, b: Decimal) -> None:
    assume(tage > 1)
    ganz, mitte = _zeitraum(tage), BEGINN + timedelta(days=tage // 2)
    vorne, hinten = Zeitraum(ganz.beginn, mitte), Zeitraum(mitte, ganz.ende)
    summe = rules.soll_entgelt_aufgeteilt([(vorne, a), (hinten, b)]).summe_exakt
    assert tage * min(a, b) <= summe <= tage * max(a, b)


@given(TAGE, SAETZE)
def test_soll_entgelt__is_never_below_the_cost_and_less_than_a_euro_above(tage: int, satz: Decimal) -> None:
    assert 0 <= rules.soll_entgelt(tage, satz) - tage * satz < 1
