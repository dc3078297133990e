"""Codes of the app and recovery codes: the examples of the standard, and what people have on paper."""

from __future__ import annotations

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.factors import rules

#: RFC 6238, appendix B, SHA-1: the last six of its eight digits.
SECRET = base64.b32encode(b"12345678901234567890").decode()
EXAMPLES = [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
    (20000000000, "353130"),
]  # fmt: skip


@pytest.mark.parametrize(("now", "code"), EXAMPLES)
def test_app_code__as_the_standard_computes_it(now, code):
    schritt = rules.compute_zeitschritt(now=now)
    assert rules.compute_app_code(secret=SECRET, schritt=schritt) == code
    assert rules.find_zeitschritt(secret=SECRET, code=code, after=0, now=now) == schritt


@pytest.mark.parametrize(("late", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_code__of_the_half_minute_before_and_after_is_taken(late, taken):
    now, code = EXAMPLES[3]
    found = rules.find_zeitschritt(secret=SECRET, code=code, after=0, now=now + late)
    assert (found == now // 30) if taken else found is None


def test_code__that_was_used_or_is_older_is_not_taken():
    now, code = EXAMPLES[3]
    used = rules.compute_zeitschritt(now=now)
    assert rules.find_zeitschritt(secret=SECRET, code=code, after=used - 1, now=now) == used
    assert rules.find_zeitschritt(secret=SECRET, code=code, after=used, now=now) is None


@given(st.text("0123456789 -.xX１ü\n", max_size=16))
def test_same_code__whatever_is_typed(typed):
    left = "".join(c for c in typed if c not in string.punctuation + string.whitespace)
    assert rules.is_same_code(typed, "0123456789") == (left == "0123456789")


@pytest.mark.parametrize("typed", ["0123456789", "01234 56789", " 01234-56789\t"])
def test_same_code__however_it_was_grouped(typed):
    assert rules.is_same_code(typed, "0123456789")


@given(st.binary(min_size=40, max_size=40))
def test_recovery_codes__ten_of_ten_digits_and_always_the_same(seed):
    codes = rules.compute_wiederherstellungscodes(seed=seed.hex())
    assert codes == rules.compute_wiederherstellungscodes(seed=seed.hex())
    assert len(set(codes)) == 10
    assert all(len(code) == 10 and code.isdecimal() for code in codes)
