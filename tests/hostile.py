"""What nobody types by accident, and what a message in English looks like. For forms, the API and addresses alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)
#: In every kind of field. There is a word about each in docs/adr/0031.
TEXTS = {
    "NUL": "a\x00b",
    "control": "a\x07\x1bb",
    "zero width only": "\u200b\u2060\ufeff",
    "filler only": "\u3164\u2800",
    "bidi override": "Anna\u202eannA",
    "private use": "a\ue000b",
    "noncharacter": "a\uffffb",
    "marks only": "\u0301\u0301",
    "ten dots": "..........",
    "full width": "Ａｎｎａ２０２６",
    "emoji": "👩‍👧🏽",
    "very long": "x" * 200_000,
    "many digits": "9" * 5_000,
    "sql": "'; DROP TABLE x; --",
    "html": '"><script>alert(1)</script>',
    "line ends": "a\r\nBcc: x@example.org",
    "line separator": "a\u2028b",
}
DATES = {
    "last day of Python": "9999-12-31",
    "last day, German": "31.12.9999",
    "first day": "0001-01-01",
    "day before the first": "1899-12-31",
    "day after the last": "2200-01-01",
    "no day": "2026-02-30",
    "full width day": "２０２６-１０-０１",
    "month 13": "2026-13",
    "year 0": "0000-01",
}
NUMBERS = {
    "hours of six weeks": "999",
    "negative": "-1",
    "infinite": "Infinity",
    "no number": "NaN",
    "huge exponent": "1e999999",
    "half": "0,005",
    "beyond 64 bits": "99999999999999999999",
    "full width number": "９９９",
    "superscript": "²",
}
#: What Python takes for a number, and no form of ours: refused, never kept as one.
NO_NUMBERS = {
    "underscore": "1_0",
    "exponent": "1e1",
    "great exponent": "1E1",
    "hexadecimal": "0x10",
    "a space within": "1 0",
    "one or a thousand": "1.000",
    "infinity": "inf",
    "signs": "--1",
    "power": "1²",
}
MAILS = {
    "none": "a@b",
    "local": "root@localhost",
    "two": "a@b.de,c@d.de",
    "literal": "a@[127.0.0.1]",
    "header": "a@b.de\n",
}
HOSTILE = TEXTS | DATES | NUMBERS | NO_NUMBERS | {f"mail {name}": value for name, value in MAILS.items()}

#: What the door itself refuses in a query, before any page sees it (tests/access/test_control_characters.py).
REFUSED_AT_THE_DOOR = {"NUL"}
#: What only JSON can say.
JSON_VALUES: dict[str, object] = {
    "list": ["x"], "list in a list": [["x"]], "object": {"x": 1}, "true": True, "nothing": None,
    "beyond a float": 1e308, "huge number": 10**30, "fraction": 1.005, "half a character": "\ud800",
    "many": ["x"] * 2_000,
}  # fmt: skip


def take_turns(fields: Mapping[Name, str], values: Sequence[object]) -> dict[Name, list[object]]:
    """Which values each field (name → kind) is asked with so that one run stays short and no kind is left out.

    The fields of one kind take turns in their order: each is asked with one value at least, and every value is asked
    of some field of every kind. The same fields give the same turns.
    """
    kinds: dict[str, list[Name]] = defaultdict(list)
    for name, kind in fields.items():
        kinds[kind].append(name)
    turns = {}
    for names in kinds.values():
        for place, name in enumerate(names):
            begin, step = place % len(values), len(names)
            turns[name] = list(values[begin::step]) if step < len(values) else [values[begin]]
    return turns


#: Beginnings of the texts of Django and its REST framework.
ENGLISH = re.compile(
    r"This (field|value|list|password|string|selection)|Ensure |Enter a|Enter only|Select a valid|Null characters|"
    r"A valid|Not a valid|Must be|is not a valid|Invalid (pk|data|page|hyperlink)|Expected a|Date has wrong|"
    r"Object with|String value too|Datetime|not be (null|blank)|No data provided|Method \"|No active|Bad Request|"
    r"Server Error|Not Found"
)


def find_english(text: str) -> str:
    """The words around the first message in English; "" when there is none."""
    match = ENGLISH.search(text)
    return text[max(match.start() - 60, 0) : match.end() + 80] if match else ""
