"""What a provider's system sends becomes what is there: by the fewest steps, never through an overlap, and for good."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.rules import (
    Abgleich,
    Eintrag,
    Platzlage,
    ab_heute,
    abgleich,
    ueberschneidung,
    verteilung,
)

HEUTE = date(2026, 11, 30)


def tag(n: int) -> date:
    return HEUTE + timedelta(days=n)


def _folge(spannen: list[tuple[int, int]], gruende: list[str], ab: int, *, offen: bool, zeilen: bool) -> list[Eintrag]:
    """Entries behind one another, with some days between them; the last one perhaps for ever."""
    eintraege, tage = [], ab
    for n, (pause, laenge) in enumerate(spannen):
        beginn, ende = tage + pause, tage + pause + laenge
        letzter = offen and n == len(spannen) - 1
        zeitraum = Zeitraum(tag(beginn), None if letzter else tag(ende))
        eintraege.append(Eintrag(zeitraum, gruende[n], zeile=UUID(int=n + 1) if zeilen else None))
        tage = ende
    return eintraege


@st.composite
def folgen(draw, *, zeilen: bool = False) -> list[Eintrag]:
    spannen = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 6)), max_size=5))
    gruende = [draw(st.sampled_from("AB")) for _ in spannen]
    return _folge(spannen, gruende, draw(st.integers(-12, 3)), offen=draw(st.booleans()), zeilen=zeilen)


def do(vorhanden: list[Eintrag], plan: Abgleich) -> list[Eintrag]:
    """Take the steps as the service does, one at a time; after each one nothing overlaps."""
    da = {e.zeile: e for e in vorhanden}
    for zeile in plan.aufheben:
        alt = da.pop(zeile)
        if alt.zeitraum.beginn < HEUTE:
            da[zeile] = replace(alt, zeitraum=Zeitraum(alt.zeitraum.beginn, HEUTE))
    for zeile, neu in plan.aendern:
        beginn = da[zeile].zeitraum.beginn
        da[zeile] = replace(neu, zeitraum=Zeitraum(beginn, neu.zeitraum.ende), zeile=zeile)
        assert ueberschneidung(da.values()) is None
    for n, neu in enumerate(plan.anlegen):
        da[UUID(int=100 + n)] = replace(neu, zeile=UUID(int=100 + n))
        assert ueberschneidung(da.values()) is None
    return list(da.values())


def _gesagt(eintraege: list[Eintrag]) -> list[tuple]:
    return [(e.zeitraum, e.grund, e.notiz) for e in ab_heute(eintraege, HEUTE)]


@given(vorhanden=folgen(zeilen=True), gewollt=folgen())
def test_what_is_there_becomes_what_was_sent(vorhanden, gewollt) -> None:
    nachher = do(vorhanden, abgleich(vorhanden, gewollt, HEUTE))
    assert _gesagt(nachher) == _gesagt(gewollt)
    assert abgleich(nachher, gewollt, HEUTE).ist_leer, "twice is once"
    gestern = Zeitraum(tag(-400), HEUTE)

    def frueher(eintraege: list[Eintrag]) -> set:
        return {teil for e in eintraege if (teil := e.zeitraum.intersect(gestern))}

    assert frueher(nachher) == frueher(vorhanden), "what was stays"


@given(folge=folgen(zeilen=True))
def test_what_was_read_and_is_sent_back_changes_nothing(folge) -> None:
    assert abgleich(folge, [replace(e, zeile=None) for e in folge], HEUTE).ist_leer
    assert abgleich(folge, [replace(e, zeile=None) for e in ab_heute(folge, HEUTE)], HEUTE).ist_leer


@given(
    gewollt=st.lists(st.tuples(st.integers(-3, 8), st.integers(1, 6), st.sampled_from("AB")), max_size=8),
    gehalten=st.lists(folgen(), min_size=1, max_size=4),
    gesperrt=st.lists(folgen(zeilen=True), min_size=4, max_size=4),
)
def test_blocks_are_spread_over_places_that_nobody_holds(gewollt, gehalten, gesperrt) -> None:
    eintraege = [Eintrag(Zeitraum(tag(ab), tag(ab + tage)), grund) for ab, tage, grund in gewollt]
    lagen = {
        UUID(int=n): Platzlage(Zeitraum(tag(-100)), tuple(e.zeitraum for e in halter), tuple(gesperrt[n]))
        for n, halter in enumerate(gehalten)
    }
    auf, ohne = verteilung(eintraege, lagen, HEUTE)
    for platz, teile in auf.items():
        assert ueberschneidung(teile) is None
        assert not any(t.zeitraum.overlaps(g) for t in teile for g in lagen[platz].gehalten)
    if ohne is not None:
        return
    verteilt = Counter(gesagt for teile in auf.values() for gesagt in _gesagt(teile))
    assert verteilt == Counter(gesagt for e in eintraege for gesagt in _gesagt([e])), "each once"
    danach = {platz: replace(lagen[platz], gesperrt=tuple(teile)) for platz, teile in auf.items()}
    noch_einmal, ohne = verteilung(eintraege, danach, HEUTE)
    assert ohne is None
    je_platz = {platz: _gesagt(teile) for platz, teile in auf.items()}
    assert {platz: _gesagt(teile) for platz, teile in noch_einmal.items()} == je_platz, "twice is once"


def test_a_place_that_is_not_offered_then_takes_no_block() -> None:
    lagen = {UUID(int=1): Platzlage(Zeitraum(tag(0), tag(5)), (), ())}
    eintrag = Eintrag(Zeitraum(tag(7), tag(9)), "A")
    assert verteilung([eintrag], lagen, HEUTE) == ({UUID(int=1): []}, 0)
    vorbei = Eintrag(Zeitraum(tag(-9), tag(-7)), "A")
    assert verteilung([vorbei], lagen, HEUTE) == ({UUID(int=1): []}, None)
