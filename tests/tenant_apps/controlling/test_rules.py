"""Local key figures by the definitions of law.md 3.2."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.controlling import rules
from tenant_apps.controlling.rules import Hilfe, Teil
from tenant_apps.placements.rules import ist_abbruch

D = Decimal
JUNI = Zeitraum.fuer_monat(date(2026, 6, 1))


def _hilfe(nummer: str, beginn: date, letzter_tag: date | None = None, code: str | None = None) -> Hilfe:
    return Hilfe(nummer, Zeitraum.from_inclusive(beginn, letzter_tag), code)


HILFEN = [
    _hilfe("1", date(2025, 1, 1)),
    _hilfe("2", date(2025, 6, 16), date(2026, 6, 15), "10"),
    _hilfe("3", date(2026, 6, 1), date(2026, 6, 30), "21"),
    _hilfe("4", date(2026, 1, 1), date(2026, 5, 31), "22"),
    _hilfe("5", date(2026, 7, 1)),
    _hilfe("6", date(2024, 1, 1), date(2026, 6, 2), "40"),
    _hilfe("1", date(2026, 6, 10)),  # the same Hilfe in another place
]


def test_fallzahl_and_bestand__are_two_figures() -> None:
    assert rules.fallzahl(HILFEN, JUNI) == 4  # 1, 2, 3, 6
    assert rules.bestand_am(HILFEN, date(2026, 6, 30)) == 2  # 1, 3


def test_verweildauer__only_of_those_ended_in_the_period() -> None:
    dauer = rules.verweildauer_monate([HILFEN[1], HILFEN[2], HILFEN[0]], JUNI)
    assert dauer.anzahl == 2
    assert round(dauer.mittel, 2) == D("6.49")  # (365 + 30) / 2 / 30.4375
    assert rules.verweildauer_monate([], JUNI) == rules.Verweildauer(0, None)


def test_abbruchquote__leaves_out_the_change_of_competence() -> None:
    assert rules.abbruchquote(HILFEN, JUNI) == D(50)  # 3 of 2 and 3; 6 has code 40
    assert rules.abbruchquote([HILFEN[5]], JUNI) is None


@pytest.mark.parametrize(
    ("code", "abbruch"),
    [
        ("10", False),
        ("20", True),
        ("21", True),
        ("22", True),
        ("30", False),
        ("40", False),
        ("50", False),
        (None, False),
    ],
)
def test_ist_abbruch(code: str | None, abbruch: bool) -> None:
    assert ist_abbruch(code) is abbruch


def test_auszahlungen__in_the_period() -> None:
    zahlungen = [(date(2026, 6, 1), D("100.10")), (date(2026, 6, 30), D("-0.10")), (date(2026, 7, 1), D(5))]
    assert rules.auszahlungen(zahlungen, JUNI) == D("100.00")


@given(
    st.lists(
        st.builds(
            lambda nummer, beginn, tage: Hilfe(
                str(nummer), Zeitraum(beginn, date.fromordinal(beginn.toordinal() + tage))
            ),
            st.integers(0, 20), st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(1, 500),
        )
    )
)  # fmt: skip
def test_bestand__never_exceeds_fallzahl(hilfen: list[Hilfe]) -> None:
    for tag in (date(2026, 6, 1), date(2026, 6, 30)):
        assert rules.bestand_am(hilfen, tag) <= rules.fallzahl(hilfen, JUNI) <= len(hilfen)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(-900, 900)), max_size=6), st.integers(1, 4))
def test_fold_kleine__nothing_shown_or_left_over_is_of_too_few(paare, mindestens) -> None:
    """What is shown adds up to the sum, so that nothing can be subtracted from it to find a single child's."""
    teile = [Teil(f"Art {n}", zahl, D(summe)) for n, (zahl, summe) in enumerate(paare) if zahl]
    gezeigt = rules.fold_kleine(teile, mindestens=mindestens, rest="übrige")
    assert all(teil.anzahl >= mindestens for teil in gezeigt)
    alle = sum(teil.anzahl for teil in teile)
    assert sum(teil.anzahl for teil in gezeigt) == (alle if alle >= mindestens else 0)
    if gezeigt:
        assert sum(teil.summe for teil in gezeigt) == sum(teil.summe for teil in teile)


def test_fold_kleine__one_small_part_takes_the_next_one_with_it() -> None:
    teile = [Teil("§ 34", 9, D(90)), Teil("§ 33", 4, D(40)), Teil("§ 19", 1, D(-7))]
    assert rules.fold_kleine(teile, mindestens=3, rest="übrige") == [Teil("§ 34", 9, D(90)), Teil("übrige", 5, D(33))]
