"""German order of names: what a person reads is sorted by the dictionary (DIN 5007-1), never by bytes.

"Ähre" is sorted among the A, "ß" counts as "ss", upper and lower case do not divide a list, and "Gruppe 9"
is sorted before "Gruppe 10". `deutsch` sorts in the database; `deutscher_schluessel` is the same order for the few
lists whose names are encrypted and are sorted after opening. A test holds one against the other.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db.models import F
from django.db.models.functions import Collate

#: Made by the first migration of `accounts` that sorts names; ICU's German order with numbers by their value.
COLLATION = "deutsch"

#: The order of signs in ICU's root collation; letters and digits come after them.
_ZEICHEN = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_ZAHL = re.compile(r"\d+")
_TEILE = re.compile(r"\d+|\D")
#: Stands for what divides ß from ss, as an accent would: only where all letters agree.
_SCHARF = "\u0338"


def deutsch(feld: str) -> Collate:
    """Expression that sorts by the text field `feld` (with `__` as in a query) in German order."""
    return Collate(F(feld), COLLATION)


def deutscher_schluessel(text: str) -> tuple[Any, ...]:
    """Key for `sorted`: the order of `deutsch` for names in Latin script; other scripts follow by code point."""
    ganz = _ZAHL.sub(lambda zahl: str(int(zahl.group())), text)  # 007 and 7 are the same number
    zerlegt = unicodedata.normalize("NFD", ganz.replace("ß", f"s{_SCHARF}s").replace("ẞ", f"S{_SCHARF}S"))
    buchstaben = "".join(zeichen for zeichen in zerlegt if not unicodedata.combining(zeichen))
    # Letters first; only where they agree do accents decide, and last of all case (small before capital).
    return tuple(_gewicht(teil) for teil in _TEILE.findall(buchstaben.lower())), zerlegt.lower(), zerlegt.swapcase()


def _gewicht(teil: str) -> tuple[int, int, str]:
    if teil.isdecimal():
        return (1, int(teil), "")
    if (stelle := _ZEICHEN.find(teil)) >= 0:
        return (0, stelle, "")
    return (2, 0, teil)
