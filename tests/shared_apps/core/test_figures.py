"""How the screens write counts that may have a fraction, and a map whose values are partly withheld."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.template import Context, Template

from shared_apps.core.templatetags.sojus import menge


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("8.00"), "8"), (Decimal("0.50"), "0,50"), (Decimal("1200.00"), "1.200"), (0, "0"), (None, "–")],
)
def test_menge__decimals_only_where_it_is_not_whole(value, text):
    assert menge(value) == text


@pytest.mark.parametrize("stufe", [0, "geheim"])
def test_kachelkarte__what_is_withheld_does_not_look_low(stufe):
    kacheln = [{"kuerzel": "VG", "name": "Vorpommern-Greifswald", "wert": "•", "stufe": stufe}]
    page = Template("{% load sojus %}{% kachelkarte kacheln %}").render(Context({"kacheln": kacheln}))
    assert f"sojus-kachel sojus-kachel--{stufe}" in page
    assert ("zurückgehalten" in page) is (stufe == "geheim")
