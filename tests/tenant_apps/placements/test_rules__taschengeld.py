"""Pocket money: monthly amounts, parts of a month by its actual days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.placements.rules import PlanwertError, taschengeld_summe

D = Decimal
AB_2017 = Zeitraum(date(2017, 1, 1))


def test_taschengeld__full_months() -> None:
    zeitraum = Zeitraum.from_inclusive(date(2017, 6, 1), date(2017, 11, 30))
    assert taschengeld_summe(zeitraum, [(AB_2017, D("56.90"))]) == D("341.40")


def test_taschengeld__parts_of_months_by_actual_days() -> None:
    zeitraum = Zeitraum.from_inclusive(date(2017, 1, 30), date(2017, 2, 14))  # 2 of 31, 14 of 28 days
    assert taschengeld_summe(zeitraum, [(AB_2017, D("56.90"))]) == D("3.67") + D("28.45")


def test_taschengeld__age_step_inside_a_month_rounds_the_month_once() -> None:
    bis_17, ab_17 = Zeitraum(date(2017, 1, 1), date(2017, 6, 16)), Zeitraum(date(2017, 6, 16))
    juni = Zeitraum.fuer_monat(date(2017, 6, 1))
    assert taschengeld_summe(juni, [(bis_17, D("50.01")), (ab_17, D("56.90"))]) == D("53.46")  # 53.455


def test_taschengeld__unknown_amount_is_an_error_not_zero() -> None:
    juni = Zeitraum.fuer_monat(date(2017, 6, 1))
    with pytest.raises(PlanwertError, match=r"01\.06\.2017 ist kein eindeutiger Barbetrag"):
        taschengeld_summe(juni, [])
    with pytest.raises(PlanwertError, match="eindeutiger"):
        taschengeld_summe(juni, [(AB_2017, D(50)), (juni, D(51))])
    assert taschengeld_summe(juni, [(AB_2017, D(0))]) == 0
