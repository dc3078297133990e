"""Which names and numbers could mean the same organisation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.aufnahme.rules import aehnlich, kernwoerter, register_nr_gleich


@pytest.mark.parametrize(
    ("name", "anderer", "ist"),
    [
        ("Haus am See e. V.", "Haus am See gGmbH", True),
        ("Haus am See e.V.", "HAUS SEE", True),
        ("Küstenkinder gGmbH", "Kuestenkinder Jugendhilfe", True),
        ("Haus am See e. V.", "Haus am Meer e. V.", False),
        ("Jugendhilfe e. V.", "Kinderhilfe gGmbH", False),
        ("", "Haus", False),
    ],
)
def test_aehnlich(name, anderer, ist) -> None:
    assert aehnlich(name, anderer) is ist


@given(st.text(max_size=40), st.text(max_size=40))
def test_aehnlich__goes_both_ways_and_a_name_is_like_itself(name, anderer) -> None:
    assert aehnlich(name, anderer) is aehnlich(anderer, name)
    assert aehnlich(name, name) is bool(kernwoerter(name))
    assert register_nr_gleich(name, anderer) is register_nr_gleich(anderer, name)


def test_register_nr_gleich__however_it_is_written() -> None:
    assert register_nr_gleich("AG Stralsund HRB 12 34", "ag stralsund, HRB 1234")
    assert not register_nr_gleich("", "")
    assert not register_nr_gleich("HRB 1234", "VR 1234")
