"""The address of a list holds what its filter knows, never what somebody typed into it."""

from __future__ import annotations

import pytest
from django import forms

from shared_apps.core.filter_query import build_filter_query


class FilterForm(forms.Form):
    q = forms.CharField(required=False)
    zustand = forms.ChoiceField(choices=[("", "alle"), ("LAUFEND", "läuft")], required=False)
    von = forms.DateField(required=False)


#: One list of each kind, with somebody who may open it.
LISTEN = (
    ("anna", "VG", "/faelle/"), ("anna", "VG", "/hilfefaelle/"), ("anna", "VG", "/anbieter/"),
    ("doris", "VG", "/abrechnung/"), ("anton", "VG", "/verwaltung/mitglieder/"),
    ("anton", "VG", "/verwaltung/zulassungen/"), ("anton", "VG", "/verwaltung/rollenantraege/"),
    ("frieda", "VG", "/controlling/"), ("ines", "PORTAL", "/eingang/"), ("inge", "PORTAL", "/mitglieder/journal/"),
    ("lars", "PORTAL", "/betrieb/zugaenge/"),
)  # fmt: skip
NICHT_BEACHTET = "das diese Seite nicht kennt und nicht beachtet: "


def test_lists_say_what_of_the_address_they_do_not_obey(vg, sign_in) -> None:
    """A list that looks narrowed and is not misleads. The value is never repeated."""
    stumm = []
    for wer, ort, pfad in LISTEN:
        client = sign_in(wer, at=ort)
        fremd = client.get(pfad, {"nachname": "Petersen"}).text
        if f"{NICHT_BEACHTET}„nachname“." not in fremd:
            stumm.append(pfad)
        if NICHT_BEACHTET in client.get(pfad, {"seite": "1"}).text:
            stumm.append(f"{pfad} complains about nothing")
    assert stumm == []


@pytest.mark.parametrize(
    ("wer", "ort", "adresse", "label"),
    [
        ("anna", "VG", "/faelle/?sort=quatsch", "Reihenfolge"),
        ("anna", "VG", "/hilfefaelle/?q=Petersen", "Fallnummer"),
        ("anna", "VG", "/anbieter/?kreis=QQ", "Kreis"),
        ("anton", "VG", "/verwaltung/mitglieder/?rolle=KAISER", "Rolle"),
        ("frieda", "VG", "/controlling/?jahr=1871", "jahr"),
        ("ines", "PORTAL", "/eingang/?art=QUATSCH", "Art"),
    ],
)
def test_wrong_value_is_named_by_its_field(vg, sign_in, wer, ort, adresse, label) -> None:
    text = sign_in(wer, at=ort).get(adresse).text
    assert NICHT_BEACHTET in text and label in text.partition(NICHT_BEACHTET)[2].partition("</span>")[0]


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
