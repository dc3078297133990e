"""What the comparison says about the lines in its bars."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shared_apps.comparison.anzeige import Anzeigezeile
from shared_apps.comparison.presenter import _describe_linien

BEIDE = "EW-gewichteter Durchschnitt und Median sind zum Schutz einzelner Kinder zurückgehalten."


@pytest.mark.parametrize(
    ("durchschnitt", "median", "text"),
    [
        ("9,4", "8,7", "Durchgezogen: EW-gewichteter Durchschnitt 9,4. Gestrichelt: Median 8,7."),
        ("9,4", "•", "Durchgezogen: EW-gewichteter Durchschnitt 9,4. Der Median ist zum Schutz einzelner Kinder "
                     "zurückgehalten."),
        ("•", "•", BEIDE),
        ("k. A.", "k. A.", "Durchgezogen: EW-gewichteter Durchschnitt k. A. Gestrichelt: Median k. A."),
    ],
)  # fmt: skip
def test_lines__a_withheld_one_is_said_in_words(durchschnitt, median, text):
    zeilen = [Anzeigezeile("x", "x", eigen=False, texte=[t], wert=Decimal(1)) for t in (durchschnitt, median)]
    assert _describe_linien(*zeilen) == text
