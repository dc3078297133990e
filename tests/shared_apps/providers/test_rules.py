"""How many places from a day on: held ones stay, numbers are given once, the rest is what was asked for."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared_apps.providers.rules import (
    Platzstand,
    kapazitaetswort,
    letzte_aenderung,
    plaetze_am,
    platzzahl_aendern,
)

BEGINN, AB = date(2026, 1, 1), date(2026, 6, 1)


def stand(nummer: int, beginn: date = BEGINN, ende: date | None = None) -> Platzstand:
    return Platzstand(UUID(int=nummer), nummer, beginn, ende)


DREI = [stand(1), stand(2), stand(3)]


def test_more_places_get_the_next_numbers():
    assert platzzahl_aendern(DREI, anzahl=5, ab=AB, gehalten=frozenset()).neue_nummern == (4, 5)


def test_a_number_is_never_given_twice():
    ended = [stand(1), stand(7, ende=date(2026, 3, 1))]
    assert platzzahl_aendern(ended, anzahl=2, ab=AB, gehalten=frozenset()).neue_nummern == (8,)


def test_the_highest_free_numbers_end():
    aenderung = platzzahl_aendern(DREI, anzahl=1, ab=AB, gehalten=frozenset({UUID(int=3)}))
    assert aenderung.endende == (UUID(int=2), UUID(int=1))
    assert aenderung.fehlende == 0


def test_held_places_do_not_end():
    aenderung = platzzahl_aendern(DREI, anzahl=0, ab=AB, gehalten=frozenset({UUID(int=1), UUID(int=2)}))
    assert (aenderung.endende, aenderung.fehlende) == ((UUID(int=3),), 2)


def test_the_end_of_the_offer_is_no_change_of_its_places():
    assert letzte_aenderung([stand(1, ende=AB), stand(2, ende=date(2026, 4, 1))], bis=AB) == date(2026, 4, 1)
    assert letzte_aenderung([], bis=None) is None


_tage = st.integers(0, 300).map(lambda tage: BEGINN + timedelta(days=tage))
_plaetze = st.lists(st.tuples(_tage, st.none() | _tage), max_size=12).map(
    lambda zeiten: [
        stand(nummer, beginn, ende) for nummer, (beginn, ende) in enumerate(zeiten, 1) if ende is None or beginn < ende
    ]
)


@given(_plaetze, st.integers(0, 15), st.sets(st.integers(1, 12)))
def test_afterwards_there_are_as_many_as_asked_for__or_it_says_how_many_are_held(plaetze, anzahl, gehaltene):
    ab = BEGINN + timedelta(days=301)
    gehalten = frozenset(UUID(int=nummer) for nummer in gehaltene)
    aenderung = platzzahl_aendern(plaetze, anzahl=anzahl, ab=ab, gehalten=gehalten)
    stehende = {platz.platz_id for platz in plaetze_am(plaetze, ab)}
    assert not set(aenderung.endende) & gehalten
    assert set(aenderung.endende) <= stehende
    assert not {platz.nummer for platz in plaetze} & set(aenderung.neue_nummern)
    rest = len(stehende) - len(aenderung.endende) + len(aenderung.neue_nummern)
    assert rest == anzahl + aenderung.fehlende
    assert aenderung.fehlende == max(0, len(stehende & gehalten) - anzahl)


def test_what_is_held_is_called_what_it_is():
    assert kapazitaetswort(je_tag=True).vergeben(1) == "1 Platz ist über diesen Tag hinaus vergeben."
    assert kapazitaetswort(je_tag=False).vergeben(2) == "2 Hilfen sind über diesen Tag hinaus vergeben."
