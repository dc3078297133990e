"""The address of a list holds what its filter knows, never what somebody typed into it."""

from __future__ import annotations

import pytest
from django import forms

from shared_apps.core.filter_query import build_filter_query


class FilterForm(forms.Form):
    q = forms.CharField(required=False)
    zustand = forms.ChoiceField(choices=[("", "alle"), ("LAUFEND", "läuft")], required=False)
    von = forms.DateField(required=False)


def query(**data: str) -> dict[str, str]:
    return build_filter_query(FilterForm(data), data, {"fallnummer"})


def test_known_values_and_order_are_kept() -> None:
    data = {"zustand": "LAUFEND", "von": "2027-01-01", "sort": "-fallnummer"}
    assert query(**data) == data


@pytest.mark.parametrize("name", ["q", "zustand", "von", "sort", "seite", "nachname"])
def test_typed_name_reaches_no_address(name: str) -> None:
    assert query(**{name: "Petersen"}) == {}


def test_mistyped_date_stays_for_its_message() -> None:
    assert query(von="31.02.2027") == {"von": "31.02.2027"}
