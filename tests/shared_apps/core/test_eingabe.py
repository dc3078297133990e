"""What may be typed: each rule with what it takes, what it mends, what it refuses."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core import eingabe
from shared_apps.core.eingabe import EingabeFehler
from shared_apps.core.zeitraum import Zeitraum

RULES = [
    eingabe.clean_zeile, eingabe.clean_freitext, eingabe.clean_suchtext, eingabe.clean_kompakt, eingabe.clean_name,
    eingabe.clean_bezeichnung, eingabe.clean_kennung, eingabe.clean_grund, eingabe.clean_mail,
    eingabe.clean_benutzername, eingabe.clean_ziffern,
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "typed", "kept"),
    [
        (eingabe.clean_name, "  Anna-Lena  von der\u00a0Au ", "Anna-Lena von der Au"),
        (eingabe.clean_name, "An\u200bna\ufeff", "Anna"),
        (eingabe.clean_name, "A\u0308nne", "Änne"),
        (eingabe.clean_name, "Ａｎｎａ", "Anna"),
        (eingabe.clean_name, "O’Neill (geb. Ng)", "O’Neill (geb. Ng)"),
        (eingabe.clean_name, "Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        (eingabe.clean_name, "Оксана", "Оксана"),
        (eingabe.clean_name, "محمد", "محمد"),
        (eingabe.clean_name, "می\u200cخواهم", "می\u200cخواهم"),  # the joiner belongs in the word
        (eingabe.clean_name, "अनुष्का", "अनुष्का"),
        (eingabe.clean_name, "王小明", "王小明"),
        (eingabe.clean_name, "\u200b\u2060\u3164", ""),
        (eingabe.clean_zeile, "Haus\tam  See", "Haus am See"),
        (eingabe.clean_freitext, "eins\r\nzwei\u2028drei\x0bvier", "eins\nzwei\ndrei\nvier"),
        (eingabe.clean_freitext, "👩\u200d👧 kam", "👩\u200d👧 kam"),
        (eingabe.clean_suchtext, "Anna\nBeispiel", "Anna Beispiel"),
        (eingabe.clean_kennung, "ＰＫＺ－２０２６", "PKZ-2026"),
        (eingabe.clean_kennung, "12\u200d34", "1234"),
        (eingabe.clean_ziffern, "２４．１２．２０２６", "24.12.2026"),
        (eingabe.clean_ziffern, "٢٠٢٦", "2026"),
        (eingabe.clean_ziffern, "\u0339 \u0334", "\u0334\u0339"),  # found by the property below
        (eingabe.clean_mail, "anna.beispiel@jugendamt.lk-vg.de", "anna.beispiel@jugendamt.lk-vg.de"),
        (eingabe.clean_mail, "ａnna@example.org", "anna@example.org"),
        (eingabe.clean_benutzername, "müller.anna-2", "müller.anna-2"),
        (eingabe.clean_grund, "Az. 12/26: Umzug", "Az. 12/26: Umzug"),
    ],
)
def test_what_is_kept(rule, typed, kept) -> None:
    assert rule(typed) == kept


@pytest.mark.parametrize(
    ("rule", "typed"),
    [
        *((rule, f"Anna{bad}Anna") for rule in RULES for bad in ("\x00", "\x07", "\x7f", "\ud800", "\ue000", "\uffff")),
        (eingabe.clean_zeile, "eine\nzweite"),
        (eingabe.clean_name, "..."),
        (eingabe.clean_name, "123"),
        (eingabe.clean_name, "\u0301"),
        (eingabe.clean_name, "Anna <b>"),
        (eingabe.clean_name, "Anna 👧"),
        (eingabe.clean_kennung, "--/--"),
        (eingabe.clean_bezeichnung, "…"),
        (eingabe.clean_grund, ".........."),
        (eingabe.clean_grund, "1234567890"),
        (eingabe.clean_grund, "a b"),
        *((eingabe.clean_mail, mail) for mail in (
            "anna", "a@b", "root@localhost", "a@[127.0.0.1]", "a b@c.de", "a..b@c.de", "a@-c.de", "a@c.de,b@c.de",
            "@c.de", "a@c.123", f"{'x' * 65}@c.de", f"a@{'x.' * 130}de", '"a b"@c.de',
        )),
        (eingabe.clean_benutzername, "аnna"),  # the first letter is Cyrillic
        (eingabe.clean_benutzername, "@@"),
        (eingabe.clean_benutzername, "anna beispiel"),
        (eingabe.clean_ziffern, "9" * 21),
        (eingabe.parse_monat, "2026-13"),
        (eingabe.parse_monat, "1989-12"),
        (eingabe.parse_monat, "2200-01"),
        (eingabe.parse_monat, "26-1"),
        (eingabe.parse_monat, ""),
    ],
)  # fmt: skip
def test_what_is_refused(rule, typed) -> None:
    with pytest.raises(EingabeFehler) as refused:
        rule(typed)
    assert refused.value.message.endswith((".", "/", "_"))


@given(st.text(), st.sampled_from(RULES))
def test_whatever_is_typed_is_kept_clean_or_refused(typed, rule) -> None:
    """Kept text is visible, storable, in one spelling, and typing it again changes nothing."""
    try:
        kept = rule(typed)
    except EingabeFehler:
        return
    assert rule(kept) == kept == kept.strip()
    assert unicodedata.is_normalized("NFC", kept)
    assert not any(unicodedata.category(sign)[0] == "C" and sign not in "\n\t\u200c\u200d" for sign in kept)
    kept.encode()


@given(st.dates())
def test_day_that_is_taken_has_a_day_after_it(tag) -> None:
    try:
        eingabe.check_tag(tag)
    except EingabeFehler:
        assert not eingabe.TAG_AB <= tag <= eingabe.TAG_BIS
        return
    assert Zeitraum.from_inclusive(tag, tag).ende == tag + timedelta(days=1)


def test_birth_is_not_tomorrow() -> None:
    heute = date(2026, 11, 28)
    assert eingabe.check_geburtsdatum(heute, heute=heute) == heute
    with pytest.raises(EingabeFehler, match=r"vom 01\.01\.1900 bis zum 31\.12\.2199"):
        eingabe.check_geburtsdatum(date(1899, 12, 31), heute=heute)
    with pytest.raises(EingabeFehler, match="liegt in der Zukunft"):
        eingabe.check_geburtsdatum(heute + timedelta(days=1), heute=heute)


@pytest.mark.parametrize("wert", ["4.3", "0.1", "6.99"])
def test_quarters__nothing_between_them(wert: str) -> None:
    assert eingabe.check_viertel(Decimal("4.75")) == Decimal("4.75")
    with pytest.raises(EingabeFehler, match="ganze, halbe oder Viertel"):
        eingabe.check_viertel(Decimal(wert))


def test_bounds_of_numbers_are_said_as_they_are_typed() -> None:
    assert eingabe.check_grenzen(Decimal("168"), von=0, bis=eingabe.STUNDEN_JE_WOCHE_MAX) == 168
    with pytest.raises(EingabeFehler, match=r"von 0,01 bis 744 ein\."):
        eingabe.check_grenzen(Decimal("999"), von=Decimal("0.01"), bis=eingabe.STUNDEN_IM_MONAT_MAX)


def test_month_and_amount() -> None:
    assert eingabe.parse_monat("２０２６-１０") == date(2026, 10, 1)
    with pytest.raises(EingabeFehler, match="zu groß"):
        eingabe.check_betrag(Decimal("1e11"))


@pytest.mark.parametrize(
    ("typed", "number"),
    [("13.832,00", "13832.00"), ("13832,00", "13832.00"), ("13 832,5", "13832.5"), ("13\u00a0832", "13832"),
     ("1.250.000", "1250000"), ("1.000,0", "1000.0"), ("7.5", "7.5"), ("7.00", "7.00"), ("0.005", "0.005"),
     ("1234.567", "1234.567"), (" 12,5 ", "12.5"), ("１２,５", "12.5"), ("٣", "3"), ("−3", "-3"),
     ("+2", "2"), ("007", "7")],
)  # fmt: skip
def test_number_of_a_form__german_notation(typed, number) -> None:
    assert str(eingabe.parse_zahl(typed)) == number


@pytest.mark.parametrize(
    "typed",
    ["", "1_0", "1e1", "1E1", "0x10", "1 0", "1 00", "12 34", "1.00.000", "1.000 000", "1,2,3", "1,234.5", "1.5,0",
     "Infinity", "inf", "NaN", "-NaN", "sNaN", "--1", "1-", "10²", "①", "½", "Ⅻ", ",5", "5,", "1.", ".5", "0b1", "1j"],
)  # fmt: skip
def test_what_no_number_field_takes(typed) -> None:
    for parse in (eingabe.parse_zahl, eingabe.parse_ganze_zahl, eingabe.parse_zahl_api):
        with pytest.raises(EingabeFehler, match=r"Bitte geben Sie eine"):
            parse(typed)


def test_one_or_a_thousand__is_asked_back_with_both_spellings() -> None:
    for typed, said in {"1.000": "1000 oder 1,0", "1.250": "1250 oder 1,25", "-12.345": "-12345 oder -12,345"}.items():
        with pytest.raises(EingabeFehler, match=f"schreiben Sie {said}") as refused:
            eingabe.parse_zahl(typed)
        assert refused.value.code == "zahl_zweideutig"
    with pytest.raises(EingabeFehler, match="ohne Punkt"):
        eingabe.parse_ganze_zahl("1.000")
    assert (eingabe.parse_zahl_api("1.000"), eingabe.parse_ganze_zahl("-7")) == (Decimal(1), -7)


@given(st.text(alphabet="0123456789.,_eE+-x aN²", max_size=12))
def test_whatever_is_taken_for_a_number__is_one_to_a_reader_of_german(typed) -> None:
    """The other way round: what the parser takes is written with digits, one sign, groups of three and one comma."""
    try:
        zahl = eingabe.parse_zahl(typed)
    except EingabeFehler:
        return
    ganze, _, bruch = typed.strip().lstrip("+-").partition(",")
    assert zahl.is_finite() and set(bruch) <= set("0123456789")
    gruppen = ganze.replace(" ", ".").split(".")
    assert len(gruppen) == 1 or len(gruppen) == 2 or all(len(gruppe) == 3 for gruppe in gruppen[1:])
    assert "".join(gruppen).isdecimal()
