"""Every PDF of the system: one way from data to a sealed letter, and every character there is can be in it.

typst refuses a document as PDF/A or PDF/UA when a character has no picture in its fonts, and a refused letter is a
right not granted. So each character is looked up in a table of what the fonts can draw (`schriften/…/coverage.json`,
made by deploy/fonts.py from the fonts' own cmap) before typst sees it. What no font draws is printed as its code:
⟨U+0007⟩ (ADR 0032).
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import typst

FOLDER = Path(__file__).parent / "schriften" / "2026-11"
#: Preserved for a hundred years, and read out by a screen reader.
STANDARDS: Final = ("a-2a", "ua-1")
_ZEILENENDE = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
#: No picture of their own; a letter says the same without them.
_ENTBEHRLICH = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2060-\u2064\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_JOINERS = "\u200c\u200d"


class _Schrift:
    """One family and what it can draw."""

    def __init__(self, name: str, ranges: list[list[int]]) -> None:
        self.name = name
        self.starts = [start for start, _ in ranges]
        self.ends = [end for _, end in ranges]

    def draws(self, zeichen: str) -> bool:
        """Whether the family has a picture of a character."""
        place = bisect_right(self.starts, ord(zeichen)) - 1
        return place >= 0 and ord(zeichen) <= self.ends[place]


@lru_cache(maxsize=1)
def _schriften() -> list[_Schrift]:
    table = json.loads((FOLDER / "coverage.json").read_text(encoding="utf-8"))
    return [_Schrift(name, ranges) for name, ranges in table.items()]


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Only the fonts that were committed: the same letter on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)])


def _code(zeichen: str) -> str:
    return f"⟨U+{ord(zeichen):04X}⟩"


@lru_cache(maxsize=20_000)
def _families(zeichen: str) -> frozenset[int]:
    return frozenset(number for number, schrift in enumerate(_schriften()) if schrift.draws(zeichen))


def _clusters(text: str) -> Iterable[str]:
    """A sign with the marks and joiners that belong to it: typst sets these from one font or not at all."""
    cluster = ""
    for zeichen in text:
        if cluster and (unicodedata.category(zeichen)[0] == "M" or zeichen in _JOINERS):
            cluster += zeichen
        else:
            if cluster:
                yield cluster
            cluster = zeichen
    if cluster:
        yield cluster


def _fit(cluster: str) -> str:
    """The cluster as it is when one font draws all of it, else what can be drawn, and the codes of the rest."""
    if len(cluster) == 1:
        return cluster if _families(cluster) and unicodedata.category(cluster)[0] != "M" else _code(cluster)
    sichtbar = [zeichen for zeichen in cluster if zeichen not in _JOINERS]
    if unicodedata.category(cluster[0])[0] not in "MC" and frozenset.intersection(*map(_families, sichtbar)):
        return cluster
    return "".join(
        zeichen if _families(zeichen) and unicodedata.category(zeichen)[0] not in "MC" else _code(zeichen)
        for zeichen in sichtbar
    )


def make_printable(text: str) -> str:
    """The text with nothing in it that cannot be printed.

    Kept: everything a font draws, line ends, joiners inside words. Dropped: signs without a picture that change
    nothing. Shown as a code: control, private and unassigned characters, halves of surrogate pairs, signs that turn the
    direction of reading over, and whatever no font draws.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _ENTBEHRLICH.sub("", _ZEILENENDE.sub("\n", text)).replace("\t", " ")
    text = unicodedata.normalize("NFC", text)
    return "".join(zeichen if zeichen in "\n" else _fit(zeichen) for zeichen in _clusters(text))


def _printable(daten: Any) -> Any:
    if isinstance(daten, str):
        return make_printable(daten)
    if isinstance(daten, dict):
        return {make_printable(str(name)): _printable(wert) for name, wert in daten.items()}
    return [_printable(wert) for wert in daten] if isinstance(daten, list | tuple) else daten


def compile_pdf(vorlage: str, daten: dict[str, Any], *, stand: datetime) -> bytes:
    """A PDF/A-2a that is PDF/UA-1, from a typst template that finds the data in `d`.

    The same template, data and moment give the same bytes. Raises `typst.TypstError` for a template that is not
    accessible; no data can bring that about.
    """
    families = ", ".join(json.dumps(schrift.name) for schrift in _schriften())
    schrift = f'#set text(font: ({families}), fallback: false, lang: "de", region: "DE")'
    kopf = f"#let d = json(bytes(sys.inputs.d))\n{schrift}\n"
    return typst.compile(
        (kopf + vorlage).encode(),
        font_paths=_fonts(),
        sys_inputs={"d": json.dumps(_printable(daten), ensure_ascii=False)},
        timestamp=int(stand.timestamp()),
        pdf_standards=list(STANDARDS),
    )
