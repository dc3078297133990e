"""Which names and numbers could mean the same organisation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.aufnahme.rules import aehnlich, fremde_adresse, kernwoerter, register_nr_gleich


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


@pytest.mark.parametrize(
    ("adresse", "bekannte", "ist"),
    [
        ("lotte@haus.example", ("info@haus.example", ""), False),
        ("lotte@POST.haus.example", ("", "https://www.haus.example/wir"), False),
        ("lotte@haus.example", ("", "http://haus.example:8080"), False),
        ("lotte@haus.example.org", ("info@haus.example", ""), True),
        ("lotte@nebenhaus.example", ("info@haus.example", "https://haus.example"), True),
        ("lotte@gmx.example", ("", ""), False),
    ],
)
def test_fremde_adresse(adresse, bekannte, ist) -> None:
    assert fremde_adresse(adresse, bekannte) is ist
