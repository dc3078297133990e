"""Each key figure of the catalogue is computed, and counted by hand in the worked example."""

from __future__ import annotations

import re
from pathlib import Path

from shared_apps.comparison.katalog import KENNZAHLEN
from tenant_apps.controlling.publish_sql import WERTE
from tests.tenant_apps.controlling import test_publish_monate__worked_example as worked_example


def test_each_figure_has_its_select() -> None:
    computed = set(re.findall(r"SELECT '(\w+)'", WERTE))
    assert computed == set(KENNZAHLEN), "WERTE in publish_sql.py: a SELECT '<code>' for each figure of katalog.py"


def test_each_figure_is_counted_by_hand() -> None:
    text = Path(worked_example.__file__).read_text(encoding="utf-8")
    missing = [code for code in KENNZAHLEN if f'"{code}"' not in text]
    assert not missing, f"count them in October 2026 (world.py) and say the result in the worked example: {missing}"
