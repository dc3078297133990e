"""A letter never fails because of a character: each is drawn, dropped as meaningless, or is printed as its code."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy import fonts
from shared_apps.core import pdf
from shared_apps.core.pdf import compile_pdf, make_printable
from tests.architecture.tree import ROOT
from tests.security.sizes import FULL

STAND = datetime(2026, 11, 28, 12, tzinfo=UTC)
VORLAGE = """#set document(title: d.titel)
= #d.titel
*#d.titel*
#for zeile in d.zeilen [
  #zeile

]
"""
NAMES = [
    "Anna-Lena Müßig", "Nguyễn Thị Ánh", "Оксана Їжак", "Ελένη Παπαδοπούλου", "王小明", "カタカナ ひらがな", "김민준",
    "ธนากร", "አበበ ቢቂላ", "محمد", "می\u200cخواهم", "שרה", "अनुष्का", "অনুষ্কা", "ਅਨੁਸ਼ਕਾ", "அனுஷ்கா", "සඳුනි", "နန်းခင်",
    "សុខា", "ལྷ་མོ", "Արամ", "ნინო", "ܡܪܝܡ", "Ⅷ ☐ ✓ → ≤ € ½",
]  # fmt: skip


def letter(*zeilen: str, titel: str = "Auskunft") -> bytes:
    """PDF/A-2a and PDF/UA-1, or an error."""
    return compile_pdf(VORLAGE, {"titel": titel, "zeilen": list(zeilen)}, stand=STAND)


def _assigned() -> list[str]:
    return [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) not in {"Cn", "Cs", "Co"}]


def test_names_from_everywhere_come_out_as_they_are() -> None:
    assert [name for name in NAMES if make_printable(name) != unicodedata.normalize("NFC", name)] == []
    assert letter(*NAMES, titel=" ".join(NAMES)).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\x00b", "a⟨U+0000⟩b"),
        ("a\x07b", "a⟨U+0007⟩b"),
        ("\ud800", "⟨U+D800⟩"),
        ("\ue000", "⟨U+E000⟩"),
        ("\U0010ffff", "⟨U+10FFFF⟩"),
        ("\u202eabc", "⟨U+202E⟩abc"),  # would be read from right to left
        ("\u0378", "⟨U+0378⟩"),  # not assigned
        ("\U00012000", "⟨U+12000⟩"),  # cuneiform: nobody's name is written so
        ("\u0301x", "⟨U+0301⟩x"),  # a mark without a letter
        ("a\u093f", "a⟨U+093F⟩"),  # a vowel sign of Devanagari on a Latin letter: no font draws both
        ("Jugend\u00adamt\u200b\ufeff", "Jugendamt"),
        ("eins\r\nzwei\u2028drei\tvier", "eins\nzwei\ndrei vier"),
        ("👩\u200d👧🏽 ❤\ufe0f", "👩\u200d👧🏽 ❤"),
        ("A\u0308", "Ä"),
    ],
)
def test_what_cannot_be_printed_stands_there_as_its_code(text, printed) -> None:
    assert make_printable(text) == printed
    letter(text)


@given(st.text(st.characters(exclude_categories=[])))
def test_whatever_the_text__nothing_is_left_that_no_font_draws(text) -> None:
    printed = make_printable(text)
    assert make_printable(printed) == printed
    for sign in printed:
        assert sign in "\n\u200c\u200d" or pdf._families(sign), hex(ord(sign))


@settings(max_examples=200 if FULL else 15, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=[]), max_size=80), min_size=20, max_size=40))
def test_whatever_the_text__there_is_a_letter(texts) -> None:
    assert letter(*texts, titel=f"Auskunft {texts[0]}")


def test_no_assigned_character_is_lost() -> None:
    """Every one is drawn, is one of the few without a picture, or its code is printed."""
    every = _assigned()[:: 1 if FULL else 9]
    silent = [c for c in every if not make_printable(f"a{c}b").removeprefix("a").removesuffix("b")]
    assert {unicodedata.category(c) for c in silent} <= {"Cf", "Mn", "Lo", "Cc"}
    assert len(silent) < 400


def test_what_the_table_promises_typst_draws() -> None:
    """Edges and middle of every range of every font; with SOJUS_CRAWL=full every character of all planes."""
    signs = _assigned() if FULL else [
        chr(sign)
        for schrift in pdf._schriften()
        for start, end in zip(schrift.starts, schrift.ends, strict=True)
        for sign in {start, (start + end) // 2, end}
    ]  # fmt: skip
    lines = [" ".join(signs[n : n + 50]) for n in range(0, len(signs), 50)]
    for n in range(0, len(lines), 200):
        assert letter(*lines[n : n + 200])


def test_same_data_same_bytes() -> None:
    assert letter(*NAMES) == letter(*NAMES)


# -- fonts and table ------------------------------------------------------------------------------


def test_fonts_are_those_that_were_committed_and_the_table_says_what_they_draw() -> None:
    assert fonts.find_differences() == []


def test_typst_knows_the_families_by_the_names_of_the_table() -> None:
    assert {schrift.name for schrift in pdf._schriften()} == set(pdf._fonts().families())


def test_bold_draws_what_regular_draws() -> None:
    bold, regular = (TTFont(pdf.FOLDER / f"NotoSans-{weight}.ttf").getBestCmap() for weight in ("Bold", "Regular"))
    assert set(bold) == set(regular)


def test_every_font_may_be_passed_on() -> None:
    """Its licence is beside it, and none forbids embedding (OS/2 fsType)."""
    for path in pdf.FOLDER.glob("*.ttf"):
        assert TTFont(path)["OS/2"].fsType in {0, 8}, path.name  # installable or editable
    assert len(list(pdf.FOLDER.glob("LICENSE-*"))) >= 4


def test_one_door_to_typst() -> None:
    """Only the demo's drawn papers are made elsewhere: their texts are fixed."""
    users = {
        str(path.relative_to(ROOT))
        for top in ("shared_apps", "tenant_apps", "tenants", "config", "deploy")
        for path in (ROOT / top).rglob("*.py")
        if "import typst" in path.read_text(encoding="utf-8")
    }
    assert users <= {"shared_apps/core/pdf.py", "deploy/demo/world/ablage.py"}
