"""The common number of a matter: what both sides read to each other on the phone (ADR 0066). No Django.

Three groups of three, such as `7KM-Q2V-D7S`: forty bits of the id of the hold on the place, and a check character. It
is computed, never stored: whoever sees the id has the number, whoever does not gets nothing from it.
"""

from __future__ import annotations

import re
from uuid import UUID

#: Without I, L, O, U: they look like 1, 1, 0, V.
ZEICHEN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: How many hexadecimal digits at the end of an id the number says: the random end of a UUID of version 4 or 7.
STELLEN = 10
_GELESEN = str.maketrans("OIL", "011")
_TRENNER = re.compile(r"[\s\-–./]+")
_WERT = {zeichen: wert for wert, zeichen in enumerate(ZEICHEN)}
_LAENGE = 8
#: x⁵ + x² + 1, which makes 32 characters a field: every power of x up to the thirtieth is another one.
_POLYNOM = 0b100101

UNVOLLSTAENDIG = "Die gemeinsame Nummer hat neun Zeichen, zum Beispiel 7KM-Q2V-D7S. Bitte prüfen Sie Ihre Eingabe."
FALSCH_GELESEN = (
    "Diese gemeinsame Nummer kann nicht stimmen: Ein Zeichen ist falsch, oder zwei sind vertauscht. Bitte vergleichen"
    " Sie sie Zeichen für Zeichen."
)


def format_vorgangsnummer(uuid: UUID) -> str:
    """The number of the matter whose hold on a place has this id."""
    bits = uuid.int & (1 << 4 * STELLEN) - 1
    text = "".join(ZEICHEN[bits >> 5 * n & 31] for n in reversed(range(_LAENGE)))
    text += ZEICHEN[_pruefwert(text)]
    return "-".join(text[n : n + 3] for n in range(0, len(text), 3))


def parse_vorgangsnummer(text: str) -> str:
    """The last ten hexadecimal digits of the id, of a number as somebody types it. ValueError (German) when it is none.

    Case, spaces and hyphens do not matter; O is read as 0, I and L as 1. One wrong character, or two that have changed
    places wherever they stand, is always found.
    """
    zeichen = _TRENNER.sub("", text).upper().translate(_GELESEN)
    if len(zeichen) != _LAENGE + 1 or not set(zeichen) <= set(ZEICHEN):
        raise ValueError(UNVOLLSTAENDIG)
    if _WERT[zeichen[-1]] != _pruefwert(zeichen[:-1]):
        raise ValueError(FALSCH_GELESEN)
    bits = 0
    for eines in zeichen[:-1]:
        bits = bits << 5 | _WERT[eines]
    return f"{bits:0{STELLEN}x}"


def _pruefwert(zeichen: str) -> int:
    """Sum of the characters, each times a power of x of its own; the check character has the power 0.

    A wrong character changes the sum by a multiple of its power, two that change places by the difference of theirs:
    neither is ever zero. Weights of an ordinary sum modulo 32 cannot do both.
    """
    summe = 0
    for eines in zeichen:
        summe = _mal_x(summe ^ _WERT[eines])
    return summe


def _mal_x(wert: int) -> int:
    wert <<= 1
    return wert ^ _POLYNOM if wert & 32 else wert
