"""A chart of steps: no gap, no overlap, nothing outside of its field."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.diagramm import Stufe, draw_stufen
from shared_apps.core.zeitraum import Zeitraum

HEUTE = date(2026, 12, 1)
_tage = st.integers(-3_000, 3_000).map(lambda tage: HEUTE + timedelta(days=tage))
_werte = st.lists(st.decimals(min_value=0, max_value=500, places=2), min_size=3, max_size=3)


def _stufen(beginne: list[date], werte: list[list[Decimal]]) -> list[Stufe]:
    enden = [*beginne[1:], None]
    return [
        Stufe(Zeitraum(ab, ende), list(zip("ABC", teile, strict=True)))
        for ab, ende, teile in zip(beginne, enden, werte, strict=False)
    ]


def test_draw_stufen__a_step_of_two_parts_and_a_higher_one():
    erste = Stufe(Zeitraum(date(2026, 1, 1), date(2026, 7, 1)), [("Grund", Decimal(60)), ("Investition", Decimal(20))])
    zweite = Stufe(Zeitraum(date(2026, 7, 1)), [("Grund", Decimal(100)), ("Investition", Decimal(0))])
    bild = draw_stufen([erste, zweite], HEUTE)
    assert bild is not None
    assert bild.reihen == [(1, "Grund"), (2, "Investition")] and bild.hoechstens == 100
    assert (bild.von, bild.bis) == (date(2026, 1, 1), HEUTE + timedelta(days=90))
    assert [(f.reihe, f.y, f.hoehe) for f in bild.flaechen] == [
        (1, "40.000", "60.000"), (2, "20.000", "20.000"), (1, "0.000", "100.000")
    ]  # fmt: skip
    assert bild.offen, "what goes on has no last day"
    begrenzt = draw_stufen([erste], HEUTE)
    assert begrenzt is not None and not begrenzt.offen
    assert draw_stufen([], HEUTE) is None


@given(st.lists(_tage, min_size=1, max_size=5, unique=True).map(sorted), st.lists(_werte, min_size=5, max_size=5))
def test_draw_stufen__steps_touch_and_stay_within_their_field(beginne, werte):
    stufen = _stufen(beginne, werte)
    bild = draw_stufen(stufen, HEUTE)
    assert bild is not None and 0 <= Decimal(bild.heute) <= 100 and bild.hoechstens == max(s.summe for s in stufen)
    for f in bild.flaechen:
        x, y, breite, hoehe = (Decimal(wert) for wert in (f.x, f.y, f.breite, f.hoehe))
        assert x >= 0 and y >= 0 and x + breite <= Decimal("100.001") and y + hoehe <= Decimal("100.001")
    kanten = sorted({(Decimal(f.x), Decimal(f.x) + Decimal(f.breite)) for f in bild.flaechen})
    assert all(eins[1] <= zwei[0] + Decimal("0.002") for eins, zwei in pairwise(kanten))
