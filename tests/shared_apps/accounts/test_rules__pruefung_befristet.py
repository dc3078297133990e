"""One rule for every time box of an audit; the law of the database is its upper bound."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from config.settings import sojus
from shared_apps.accounts.models import Membership
from shared_apps.accounts.rules import PRUEFUNG_TAGE_MAX, pruefung_befristet

AB = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("tage", "gesetzt", "ok"),
    [(92, 92, True), (93, 92, False), (30, 30, True), (31, 30, False), (93, 400, False), (92, 400, True)],
)
def test_ends_within_the_days_set_and_never_later_than_the_law(tage, gesetzt, ok):
    assert pruefung_befristet(AB, AB + timedelta(days=tage), tage=gesetzt) is ok


def test_without_an_end_it_is_not_bounded():
    assert not pruefung_befristet(AB, None, tage=92)


def test_database_setting_and_rule_name_the_same_number():
    (constraint,) = (c for c in Membership._meta.constraints if c.name == "membership_pruefung_befristet")
    assert repr(timedelta(days=PRUEFUNG_TAGE_MAX)) in repr(constraint.condition)
    assert sojus.PRUEFUNG_TAGE == PRUEFUNG_TAGE_MAX
