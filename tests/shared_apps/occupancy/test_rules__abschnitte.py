"""What a place is from day to day: right for every day, in full length, and as quick with thousands of entries."""

from __future__ import annotations

import time
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.rules import Abschnitt, Abschnittsart, abschnitte

ANFANG = date(2026, 12, 1)
A = Abschnittsart


def tag(n: int) -> date:
    return ANFANG + timedelta(days=n)


def dauer(beginn: int, ende: int | None) -> Zeitraum:
    return Zeitraum(tag(beginn), None if ende is None else tag(ende))


def entries(art: Abschnittsart, grenzen: list[int], *, offen: bool) -> list[Abschnitt]:
    """Of sorted days two by two a period; none overlaps another. `offen`: the last one has no end."""
    paare = [*zip(grenzen[::2], grenzen[1::2], strict=False)]
    folge = [Abschnitt(art, tag(beginn), tag(ende)) for beginn, ende in paare]
    if offen and grenzen:
        folge.append(Abschnitt(art, tag(grenzen[-1] + 1), None))
    return folge


GRENZEN = st.lists(st.integers(-5, 40), max_size=12, unique=True).map(sorted)


@given(
    vergeben=GRENZEN, stopps=GRENZEN, offen=st.tuples(st.booleans(), st.booleans()), beginn=st.integers(-5, 30),
    laenge=st.integers(1, 30) | st.none(), ab=st.integers(-5, 20), tage=st.integers(1, 20) | st.none(),
)  # fmt: skip
def test_each_day_is_what_it_is(vergeben, stopps, offen, beginn, laenge, ab, tage):
    im_angebot = dauer(beginn, None if laenge is None else beginn + laenge)
    fenster = dauer(ab, None if tage is None else ab + tage)
    belegt = entries(A.BELEGT, vergeben, offen=offen[0])
    gestoppt = entries(A.NICHT_ANGEBOTEN, stopps, offen=offen[1])
    folge = abschnitte(im_angebot, belegt, gestoppt, fenster)
    for davor, danach in pairwise(folge):
        assert davor.ende == danach.beginn, "without a gap, in order"
    for n in range(ab, ab + (tage or 60)):
        heute = tag(n)
        if not im_angebot.contains(heute):
            art = A.AUSSERHALB
        elif any(e.zeitraum.contains(heute) for e in belegt):
            art = A.BELEGT
        else:
            art = A.NICHT_ANGEBOTEN if any(e.zeitraum.contains(heute) for e in gestoppt) else A.FREI
        da = [teil for teil in folge if teil.zeitraum.contains(heute)]
        assert [teil.art for teil in da] == ([art] if da or art is not A.AUSSERHALB else []), (heute, folge)
    voll = {(teil.art, teil.beginn, teil.ende) for teil in abschnitte(im_angebot, belegt, gestoppt, dauer(-5, None))}
    for teil in folge:
        assert teil.art is A.AUSSERHALB or (teil.art, teil.beginn, teil.ende) in voll or teil.beginn < tag(-5), (
            "in its full length, whatever is looked at"
        )


def test_thousands_of_blocks_and_stops__cost_what_is_seen():
    """5,000 of each kept the board of a house for seven minutes."""
    belegt = [Abschnitt(A.GESPERRT, tag(4 * n), tag(4 * n + 1)) for n in range(5_000)]
    gestoppt = [Abschnitt(A.NICHT_ANGEBOTEN, tag(4 * n + 2), tag(4 * n + 3)) for n in range(5_000)]
    began = time.process_time()
    for _ in range(50):
        folge = abschnitte(Zeitraum(ANFANG), belegt, gestoppt, dauer(0, 91))
    assert 88 <= len(folge) <= 95
    assert len(abschnitte(Zeitraum(ANFANG), belegt, gestoppt, dauer(0, None))) == 20_000
    assert time.process_time() - began < 5
