"""A number and its noun go together: "1 Fall", never "1 Fälle" (shared_apps/core/zahlwort.py)."""

from __future__ import annotations

import re

import pytest

from shared_apps.core.zahlwort import ab_alter, altersspanne, anzahl, anzahl_jahre, anzahl_tage, im_alter, wie_alt
from tests.architecture.tree import python_files, templates, text

PLURAL = (
    "Jahren?|Fällen?|Monaten?|Tagen?|Plätzen?|Angeboten?|Personen|Stunden|Wochen|Einträgen?|Minuten|Rechnungen|"
    "Einrichtungen|Buchungen|Reservierungen|Anträgen?|Aufgaben|Hinweisen?|Jugendämtern?|Mängeln?|Treffern"
)
#: A value written into a text and, right behind it, a noun that is right for many only.
IN_TEMPLATE = re.compile(rf"\{{\{{ [^}}]+ \}}\}}(?:</\w+>)? (?:{PLURAL})\b")
IN_CODE = re.compile(rf"\{{[^{{}}\"]+\}} (?:{PLURAL})\b")
#: "182,00 Tage", "1,00 Stunden": a quantity with decimals takes the plural, also of one.
WITH_DECIMALS = re.compile(r"\|zahl:[12]|, 2\)|_zahl\(|zahl\('")
#: Ages "0 bis unter 1 Jahre" are the table's own; ranges of hours begin at one and end higher.
FIXED = {"regel.stunden", "HOECHSTENS"}


def _wrong(path, pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}: {found.group()}"
        for found in pattern.finditer(text(path))
        if not WITH_DECIMALS.search(found.group()) and not any(word in found.group() for word in FIXED)
    ]


def test_templates_say_one_of_one():
    assert [line for path in templates() for line in _wrong(path, IN_TEMPLATE)] == [], "use |anzahl:"


def test_messages_say_one_of_one():
    files = [path for path in python_files() if not {"demo", "management"} & set(path.parts)]
    assert [line for path in files for line in _wrong(path, IN_CODE)] == [], "use zahlwort.anzahl"


#: An age that is said as a span of years: of a baby it says "0 Jahre". Groups of the population are counted so.
AGE_IN_TEMPLATE = re.compile(r"alter\w*\|anzahl:")
AGE_IN_CODE = re.compile(r"anzahl_jahre\([\w.]*alter\w*\)")


def test_an_age_is_said_as_an_age():
    pages = [path for path in templates() if "regions" not in path.parts]
    assert [line for path in pages for line in _wrong(path, AGE_IN_TEMPLATE)] == [], "use |wie_alt or |altersspanne:"
    assert [line for path in python_files() for line in _wrong(path, AGE_IN_CODE)] == [], "use zahlwort.wie_alt"


def test_ages():
    assert [wie_alt(alter) for alter in (0, 1, 9)] == ["unter 1 Jahr", "1 Jahr", "9 Jahre"]
    assert [f"Das Alter {im_alter(alter)}" for alter in (0, 1)] == ["Das Alter unter 1 Jahr", "Das Alter von 1 Jahr"]
    assert [ab_alter(alter) for alter in (0, 1, 3)] == ["ab der Geburt", "ab 1 Jahr", "ab 3 Jahren"]
    spannen = [altersspanne(*spanne) for spanne in ((0, 0), (0, 1), (0, 6), (6, 6))]
    assert spannen == ["unter 1 Jahr", "0 bis 1 Jahr", "0 bis 6 Jahre", "6 Jahre"]


@pytest.mark.parametrize(("zahl", "wort"), [(0, "0 Fälle"), (1, "1 Fall"), (2, "2 Fälle"), (1234, "1.234 Fälle")])
def test_anzahl(zahl, wort):
    assert anzahl(zahl, "Fall", "Fälle") == wort


def test_short_forms():
    assert (anzahl_jahre(1), anzahl_jahre(12), anzahl_tage(1), anzahl_tage(92)) == (
        "1 Jahr",
        "12 Jahre",
        "1 Tag",
        "92 Tage",
    )
