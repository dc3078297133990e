"""Withheld cells, attacked: whoever adds and subtracts what is published must not find one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shared_apps.comparison.geheimhaltung import ALLE, SPIELRAUM, sperre, sperre_jahr

AEMTER = ["HRO", "LHSN", "LUP", "VG"]
ARTEN = ["S33", "S34", "T32"]
ANZAHL = st.one_of(st.integers(0, 4), st.integers(0, 40))
TABELLE = st.fixed_dictionaries({art: st.fixed_dictionaries(dict.fromkeys(AEMTER, ANZAHL)) for art in ARTEN})


def mit_allen(zellen: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return zellen | {ALLE: {amt: sum(zellen[art][amt] for art in zellen) for amt in AEMTER}}


@given(TABELLE, st.booleans())
@settings(max_examples=200)
def test_sperre__every_small_cell__is_withheld_and_no_zero(zellen, alle_offen: bool) -> None:
    muster = sperre(mit_allen(zellen), alle_offen=alle_offen)
    for art in ARTEN:
        for amt in AEMTER:
            if 0 < zellen[art][amt] < 3:
                assert (art, amt) in muster.zellen
            if zellen[art][amt] == 0:
                assert (art, amt) not in muster.zellen


@given(TABELLE, st.booleans())
@settings(max_examples=200)
def test_sperre__published_sum__never_leaves_a_withheld_cell_certain(zellen, alle_offen: bool) -> None:
    muster = sperre(mit_allen(zellen), alle_offen=alle_offen)
    for art in ARTEN:
        verdeckt = [zellen[art][amt] for amt in AEMTER if (art, amt) in muster.zellen]
        if verdeckt and art not in muster.summen:
            assert len(verdeckt) >= 2
            assert sum(verdeckt) - len(verdeckt) >= SPIELRAUM


@given(TABELLE)
@settings(max_examples=200)
def test_sperre__withheld_sums__do_not_follow_from_the_open_total(zellen) -> None:
    muster = sperre(mit_allen(zellen), alle_offen=True)
    andere = [a for a in ARTEN if a not in muster.summen and sum(zellen[a].values()) > 0]
    assert len(muster.summen - {ALLE}) != 1 or not andere


@given(TABELLE)
@settings(max_examples=200)
def test_sperre__one_offices_total__does_not_give_its_only_withheld_cell_away(zellen) -> None:
    muster = sperre(mit_allen(zellen), alle_offen=True)
    for amt in AEMTER:
        verdeckt = [art for art in ARTEN if (art, amt) in muster.zellen]
        weitere = [art for art in ARTEN if (art, amt) not in muster.zellen and zellen[art][amt] >= 3]
        assert len(verdeckt) != 1 or not weitere


def test_sperre__nothing_small__nothing_withheld() -> None:
    muster = sperre(mit_allen({art: dict.fromkeys(AEMTER, 5) for art in ARTEN}), alle_offen=True)
    assert not muster.zellen
    assert not muster.summen


def test_sperre_jahr__one_withheld_month__hides_the_year() -> None:
    monate = {"VG": {1: 2, 2: 9, 3: 9}, "HRO": {1: 5, 2: 5, 3: 5}}
    assert sperre_jahr(monate, {"VG": frozenset({1})}) == (frozenset({"VG"}), True)


def test_sperre_jahr__several_withheld_months__do_not_follow_from_the_year() -> None:
    monate = {"VG": {1: 2, 2: 4, 3: 9}, "HRO": {1: 5, 2: 5, 3: 5}}
    assert sperre_jahr(monate, {"VG": frozenset({1, 2})}) == (frozenset(), False)
