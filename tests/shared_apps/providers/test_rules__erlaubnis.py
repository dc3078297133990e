"""What a licence limits, day by day: the rule against a count of every single day."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared_apps.providers.rules import (
    Angebotsstand,
    Ausnahmestand,
    Betrieb,
    Erlaubnisstand,
    Platzstand,
    braucht_erlaubnis,
    grenze_am,
    ueberschneidet,
    verstoesse,
)

AB = date(2027, 1, 1)


def tag(nummer: int) -> date:
    return AB + timedelta(days=nummer)


def erlaubnis(beginn: int = 0, ende: int | None = None, *, plaetze: int = 2, von: int = 6, bis: int = 17, nummer=1):
    return Erlaubnisstand(
        UUID(int=nummer), str(nummer), "LJA", AB, tag(beginn), None if ende is None else tag(ende), plaetze, von, bis
    )


def ausnahme(beginn: int, ende: int, *, mehr: int = 0, von: int | None = None, bis: int | None = None):
    return Ausnahmestand(UUID(int=9), "Az", tag(beginn), tag(ende), mehr, von, bis)


def angebot(*plaetze: tuple[int, int | None], beginn: int = 0, ende: int | None = None, von: int = 6, bis: int = 17):
    stand = tuple(
        Platzstand(UUID(int=n), n, tag(ab), None if to is None else tag(to)) for n, (ab, to) in enumerate(plaetze)
    )
    return Angebotsstand(UUID(int=5), "Möwe", tag(beginn), None if ende is None else tag(ende), von, bis, stand)


def test_as_many_as_licensed_and_no_more():
    zwei, drei = angebot((0, None), (0, None)), angebot((0, None), (0, None), (30, None))
    assert verstoesse(Betrieb((erlaubnis(),), (), (zwei,))) == []
    (verstoss,) = verstoesse(Betrieb((erlaubnis(),), (), (drei,)))
    assert (verstoss.tag, verstoss.plaetze, verstoss.grenze.plaetze) == (tag(30), 3, 2)


def test_an_exception_adds_places_until_its_last_day():
    befristet = angebot((0, None), (0, None), (30, 60))
    assert verstoesse(Betrieb((erlaubnis(),), (ausnahme(30, 60, mehr=1),), (befristet,))) == []
    (verstoss,) = verstoesse(Betrieb((erlaubnis(),), (ausnahme(30, 59, mehr=1),), (befristet,)))
    assert verstoss.tag == tag(59)


def test_ages_are_those_of_the_licence_or_of_the_exception():
    klein = angebot(von=3, ende=60)
    (verstoss,) = verstoesse(Betrieb((erlaubnis(),), (ausnahme(0, 59, von=3),), (klein,)))
    assert (verstoss.tag, verstoss.angebot, verstoss.grenze.alter_von) == (tag(59), klein, 6)
    assert verstoesse(Betrieb((erlaubnis(),), (ausnahme(0, 60, von=3),), (klein,))) == []


def test_without_a_licence_nothing_is_allowed_and_nothing_is_in_the_way():
    voll = angebot((0, None), (0, None), (0, None))
    betrieb = Betrieb((erlaubnis(10, 20, plaetze=3),), (), (voll,))
    assert verstoesse(betrieb) == []
    assert grenze_am(betrieb, tag(9)) is None and grenze_am(betrieb, tag(20)) is None


def test_one_licence_at_a_time():
    erste, naechste = erlaubnis(0, 30), erlaubnis(30, nummer=2)
    assert ueberschneidet([erste], naechste) is None
    assert ueberschneidet([erste], erlaubnis(29, nummer=2)) == erste
    assert ueberschneidet([erste, naechste], naechste) is None, "not with itself"


def test_only_minors_need_a_licence_and_only_where_the_kind_of_help_does():
    assert braucht_erlaubnis(erlaubnispflichtig=True, alter_von=17)
    assert not braucht_erlaubnis(erlaubnispflichtig=True, alter_von=18)
    assert not braucht_erlaubnis(erlaubnispflichtig=False, alter_von=0)


_spanne = st.tuples(st.integers(0, 20), st.none() | st.integers(1, 12)).map(
    lambda s: (s[0], None if s[1] is None else s[0] + s[1])
)
_alter = st.tuples(st.integers(0, 8), st.integers(9, 17))
_erlaubnisse = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3), _alter), max_size=3).map(
    lambda teile: [
        erlaubnis(
            sum(t[0] for t in teile[:n]), sum(t[0] for t in teile[: n + 1]), plaetze=plaetze, von=von, bis=bis,
            nummer=n + 1,
        )
        for n, (_, plaetze, (von, bis)) in enumerate(teile)
    ]
)  # fmt: skip
_ausnahmen = st.lists(
    st.builds(
        lambda ab, tage, mehr, von: ausnahme(ab, ab + tage, mehr=mehr, von=von),
        st.integers(0, 20), st.integers(1, 12), st.integers(0, 2), st.none() | st.integers(0, 5),
    ),
    max_size=2,
)  # fmt: skip
_angebote = st.lists(
    st.builds(
        lambda plaetze, zeit, alter: angebot(*plaetze, beginn=zeit[0], ende=zeit[1], von=alter[0], bis=alter[1]),
        st.lists(_spanne, max_size=4), _spanne, _alter,
    ),
    max_size=3,
)  # fmt: skip


@given(_erlaubnisse, _ausnahmen, _angebote)
def test_it_finds_a_day_if_and_only_if_there_is_one(erlaubnisse, ausnahmen, angebote):
    """Every day one by one, said another way than the rule: some day breaks it, or none does."""
    betrieb = Betrieb(tuple(erlaubnisse), tuple(ausnahmen), tuple(angebote))
    broken = set()
    for day in (tag(n) for n in range(60)):
        for licence in (e for e in erlaubnisse if e.beginn <= day < e.ende):
            extra = [x for x in ausnahmen if x.beginn <= day < x.ende]
            running = [a for a in angebote if a.beginn <= day < (a.ende or date.max)]
            places = [p for a in running for p in a.plaetze if p.beginn <= day < (p.ende or date.max)]
            youngest = min([licence.alter_von, *(x.alter_von for x in extra if x.alter_von is not None)])
            if len(places) > licence.plaetze + sum(x.plaetze_mehr for x in extra):
                broken.add(day)
            if any(a.alter_von < youngest or a.alter_bis > licence.alter_bis for a in running):
                broken.add(day)
    found = {verstoss.tag for verstoss in verstoesse(betrieb)}
    assert found <= broken
    assert bool(found) == bool(broken)
    assert not broken or min(found) == min(broken), "the first day is named"
