"""One formatter, one rounding: every shape the screens show."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core import geld
from shared_apps.core.geld import GeldError

BETRAEGE = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
FEIN = st.decimals(min_value=-(10**6), max_value=10**6, places=6)


@pytest.mark.parametrize(
    ("betrag", "erwartet"),
    [("13832", "13.832,00 €"), ("0", "0,00 €"), ("999.995", "1.000,00 €"), ("-1234.5", "−1.234,50 €"),
     ("-0.004", "0,00 €"), ("1250000000", "1.250.000.000,00 €")],
)  # fmt: skip
def test_format_geld__german(betrag: str, erwartet: str) -> None:
    assert geld.format_geld(Decimal(betrag)) == erwartet.replace(" ", "\u00a0")


def test_format_euro_voll__refuses_cents() -> None:
    assert geld.format_euro_voll(Decimal("13832.00")) == "13.832\u00a0€"
    with pytest.raises(GeldError, match="volle Euro"):
        geld.format_euro_voll(Decimal("13832.01"))


@pytest.mark.parametrize(("betrag", "erwartet"), [("2184", "+ 2.184 €"), ("-5", "− 5 €"), ("0", "0 €")])
def test_format_differenz__carries_its_sign(betrag: str, erwartet: str) -> None:
    assert geld.format_differenz(Decimal(betrag)) == erwartet.replace(" ", "\u00a0")


def test_format_zahl_and_prozent() -> None:
    assert geld.format_zahl(Decimal(182), 2) == "182,00"
    assert geld.format_zahl(Decimal("26.14285"), 2) == "26,14"
    assert geld.format_prozent(Decimal("12.25")) == "12,3\u00a0%"
    assert geld.format_prozent(Decimal("-3.249")) == "−3,2\u00a0%"
    assert geld.format_prozent(None) == "–"


@pytest.mark.parametrize(
    ("betrag", "erwartet"),
    [("16456.44", "16457"), ("13832.00", "13832"), ("0.01", "1"), ("-1.5", "-1"), ("0", "0")],
)
def test_ceil_euro__up(betrag: str, erwartet: str) -> None:
    assert geld.ceil_euro(Decimal(betrag)) == Decimal(erwartet)


@pytest.mark.parametrize(
    ("betrag", "erwartet"), [("0.125", "0.13"), ("0.135", "0.14"), ("-0.125", "-0.13"), ("2.675", "2.68")]
)
def test_round_cent__half_up_not_to_even(betrag: str, erwartet: str) -> None:
    assert str(geld.round_cent(Decimal(betrag))) == erwartet


@pytest.mark.parametrize("funktion", [geld.round_cent, geld.ceil_euro, geld.format_geld, geld.format_euro_voll,
                                      geld.format_differenz, geld.format_prozent, geld.als_decimal])  # fmt: skip
@pytest.mark.parametrize("wert", [1.5, "1,5", True])
def test_money__refuses_float_text_and_bool(funktion, wert) -> None:
    with pytest.raises(TypeError):
        funktion(wert)


@pytest.mark.parametrize("wert", ["NaN", "Infinity", "-Infinity"])
def test_money__refuses_what_is_no_number(wert: str) -> None:
    with pytest.raises(GeldError, match="keine Zahl"):
        geld.format_geld(Decimal(wert))


@pytest.mark.parametrize(
    ("text", "erwartet"),
    [("1.234,56", "1234.56"), ("1234,56", "1234.56"), ("76", "76.00"), ("88,5", "88.50"), ("1.000", "1000.00"),
     (" 1 234,00 € ", "1234.00"), ("−3,00 €", "-3.00"), ("-3", "-3.00"), ("+2", "2.00"), ("0,01", "0.01"),
     ("13.832,00\u00a0€", "13832.00")],
)  # fmt: skip
def test_parse_geld__german_input(text: str, erwartet: str) -> None:
    assert str(geld.parse_geld(text)) == erwartet


@pytest.mark.parametrize(
    "text",
    [
        "",
        "€",
        "1234.56",
        "1.5",
        "1,234.56",
        "12,345",
        "1..000",
        "1.00,00",
        "abc",
        "1e3",
        "--1",
        "٣",
        "NaN",
        "1_0",
        "1 0",
        "0.500",
        "5 € €",
    ],
)
def test_parse_geld__refuses_the_ambiguous(text: str) -> None:
    with pytest.raises(GeldError, match=r"1\.234,56"):
        geld.parse_geld(text)


@given(BETRAEGE)
def test_format_and_parse__round_trip(betrag: Decimal) -> None:
    assert geld.parse_geld(geld.format_geld(betrag)) == betrag


@given(FEIN)
def test_rounding__stays_within_its_step(betrag: Decimal) -> None:
    assert 0 <= geld.ceil_euro(betrag) - betrag < 1
    assert abs(geld.round_cent(betrag) - betrag) <= Decimal("0.005")
    assert geld.round_cent(geld.round_cent(betrag)) == geld.round_cent(betrag)
