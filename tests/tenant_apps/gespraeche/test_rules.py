"""What is marked in a refused text, and when an unanswered question is too old."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tenant_apps.cases.rules import Personenangaben, find_personenbezug
from tenant_apps.gespraeche.rules import is_ueberfaellig, split_at

MONTAG = date(2026, 11, 30)
PERSON = Personenangaben("Lena", "Ahlers", date(2014, 3, 2), ("PKZ-00417",))


def test_split__the_words_are_marked_and_nothing_else_is_lost():
    text = "Lena (PKZ-00417) ist am\n02.03.2014 geboren."
    teile = split_at(text, find_personenbezug(text, PERSON))
    assert [teil for teil, ist_stelle in teile if ist_stelle] == ["Lena", "PKZ-00417", "02.03.2014"]
    assert "".join(teil for teil, _ in teile) == text


@given(st.text(alphabet="Lena 02.3-\n", max_size=40))
def test_split__whatever_is_typed_comes_back_whole(text):
    assert "".join(teil for teil, _ in split_at(text, find_personenbezug(text, PERSON))) == text


def test_overdue__two_working_days_are_over_on_the_third():
    assert [is_ueberfaellig(MONTAG, MONTAG + timedelta(days=n), 2) for n in range(5)] == [
        False,
        False,
        False,
        True,
        True,
    ]


def test_overdue__weekend_and_free_days_do_not_count():
    freitag = MONTAG - timedelta(days=3)
    assert not is_ueberfaellig(freitag, MONTAG + timedelta(days=1), 2)
    assert is_ueberfaellig(freitag, MONTAG + timedelta(days=2), 2)
    assert not is_ueberfaellig(freitag, MONTAG + timedelta(days=2), 2, frei=[MONTAG])
