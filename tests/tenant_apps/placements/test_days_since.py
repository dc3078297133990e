"""The age of a confirmed vacancy is told from the clock that stamped it (ADR 0038)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_apps.core.clock import midnight, now, today
from tenant_apps.placements.search.selectors.search import days_since


@pytest.mark.parametrize("day", ["", "2017-06-01"])
def test_days_since__also_on_a_day_that_stands_still(settings, day):
    settings.FIXED_TODAY = day
    assert days_since(None) is None
    assert days_since(now() - timedelta(days=3)) == 3
    assert days_since(midnight(today()) - timedelta(minutes=1)) == 1, "yesterday, as the list says, whatever the hour"
    assert days_since(now() + timedelta(hours=1)) == 0
