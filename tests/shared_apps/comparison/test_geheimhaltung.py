"""The pattern of withheld cells, case by case; what it is worth altogether, test_attack.py tells."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shared_apps.comparison.geheimhaltung import ALLE, Sperrmuster, Tafel, sperre

ARTEN = ("A30", "S33", "S34", "T32")


def tafel(*reihen: tuple[int, ...], euro: int | None = None, **mehr: object) -> Tafel:
    """Rows are offices (HRO, VG …), columns are A30, S33, S34, T32; the totals add up. `euro`: that much a case."""
    faelle = {
        (art, amt): n
        for amt, reihe in zip(("HRO", "VG", "LUP"), reihen, strict=False)
        for art, n in zip(ARTEN, reihe, strict=True)
    }
    for amt in {amt for _, amt in faelle}:
        faelle[ALLE, amt] = sum(faelle[art, amt] for art in ARTEN)
    betraege = None if euro is None else {p: Decimal(n * euro) for p, n in faelle.items()}
    return Tafel(faelle, betraege, **mehr)


def hide(**tafeln: Tafel) -> dict[str, set]:
    muster = sperre({(name, ""): inhalt for name, inhalt in tafeln.items()})
    return {name: set(muster.zellen.get((name, ""), ())) for name in tafeln}


def test_sperre__nothing_small__nothing_withheld() -> None:
    assert hide(fallzahlen=tafel((5, 8, 0, 12), (3, 0, 7, 9))) == {"fallzahlen": set()}


def test_sperre__one_small_cell__another_of_the_row_goes_with_it_and_the_total_stays() -> None:
    geheim = hide(fallzahlen=tafel((2, 8, 12, 20), (5, 5, 5, 5)))["fallzahlen"]
    assert geheim == {("A30", "HRO"), ("S33", "HRO")}


def test_sperre__nothing_else_in_the_row__the_total_is_withheld() -> None:
    assert hide(fallzahlen=tafel((2, 0, 0, 0), (5, 5, 5, 5)))["fallzahlen"] == {("A30", "HRO"), (ALLE, "HRO")}


def test_sperre__zero__is_shown() -> None:
    assert ("S34", "HRO") not in hide(fallzahlen=tafel((1, 1, 0, 30), (5, 5, 5, 5)))["fallzahlen"]


def test_sperre__bestand_under_a_shown_fallzahl_of_three__takes_the_fallzahl_with_it() -> None:
    """Bestand 2 of Fallzahl 3 would be 1, 2 or 3."""
    geheim = hide(fallzahlen=tafel((3, 9, 9, 9)), bestand=tafel((2, 9, 9, 9)))
    assert ("A30", "HRO") in geheim["bestand"] & geheim["fallzahlen"]


def test_sperre__money__withheld_with_fewer_than_three_children_and_within_fifteen_percent() -> None:
    geheim = hide(auszahlungen=tafel((2, 3, 40, 40), euro=1000))["auszahlungen"]
    assert geheim == {("A30", "HRO"), ("S33", "HRO")}


def test_sperre__sums_that_are_equal__one_table_does_not_tell_what_the_other_withholds() -> None:
    geheim = hide(
        auswaertige_buchungen=tafel((2, 6, 6, 6), (9, 9, 9, 9), (9, 9, 9, 9)),
        fremdbelegungen=tafel((9, 9, 9, 9), (2, 6, 6, 6), (9, 9, 9, 9)),
    )
    spalten = [{art for art, _ in zellen} for zellen in geheim.values()]
    assert spalten[0] == spalten[1]


def test_sperre__small_part_of_a_spezialisierung__a_whole_of_three_is_withheld_too() -> None:
    einfach = tafel((3, 9, 12, 20))
    assert hide(fallzahlen=einfach)["fallzahlen"] == set()
    mit_teil = tafel((3, 9, 12, 20), teile={("A30", "HRO"): 2}, kleine_teile={("A30", "HRO")})
    assert ("A30", "HRO") in hide(fallzahlen=mit_teil)["fallzahlen"]


@pytest.mark.parametrize("gesamt", [Sperrmuster({})])
def test_sperre__spezialisierung__leaves_the_pattern_of_the_whole_alone(gesamt: Sperrmuster) -> None:
    tafeln = {
        ("fallzahlen", ""): tafel((9, 9, 9, 9), (9, 9, 9, 9)),
        ("fallzahlen", "trauma"): tafel((1, 4, 0, 0), (5, 5, 5, 5)),
    }
    muster = sperre(tafeln, fest=gesamt)
    assert set(muster.zellen) == {("fallzahlen", "trauma")}
    assert ("A30", "HRO") in muster.zellen["fallzahlen", "trauma"]


def test_sperre__same_figures__same_pattern() -> None:
    tafeln = {("fallzahlen", ""): tafel((2, 4, 4, 4), (1, 5, 5, 5), (2, 2, 2, 2))}
    umgekehrt = {("fallzahlen", ""): Tafel(dict(reversed(tafeln["fallzahlen", ""].faelle.items())))}
    assert sperre(tafeln) == sperre(umgekehrt)
