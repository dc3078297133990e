"""Pure rules of an enquiry: whom it is for without saying who, how long its text is, until when it is answered."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

#: Years of an age band: wide enough that nobody is recognised, narrow enough that a group can be judged.
BAND_JAHRE = 3
#: An enquiry is read on a phone between two calls.
SAETZE_HOECHSTENS = 3
#: Behind these a full stop ends no sentence.
_ABKUERZUNGEN = frozenset(
    {
        "abs", "bzw", "ca", "evtl", "ggf", "inkl", "max", "min", "nr", "rd", "sog", "st", "std", "str", "usw", "vgl",
        "zzgl",
    }
)  # fmt: skip
_SATZENDE = re.compile(r"(\w+)?[.!?…]+[\"“”»)]*(?=\s+[\"„«(]*[A-ZÄÖÜ0-9]|\s*$)")


class Dringlichkeit(StrEnum):
    """How soon somebody has to come."""

    HEUTE = "HEUTE"
    EILIG = "EILIG"
    PLANBAR = "PLANBAR"


#: How long a house has for its answer, where nobody says another day.
_ZEIT = {
    Dringlichkeit.HEUTE: timedelta(hours=3),
    Dringlichkeit.EILIG: timedelta(days=2),
    Dringlichkeit.PLANBAR: timedelta(days=7),
}


def compute_altersband(alter: int) -> tuple[int, int]:
    """First and last year of the band of three years that an age is in: 13 is in 12 to 14."""
    von = alter // BAND_JAHRE * BAND_JAHRE
    return von, von + BAND_JAHRE - 1


def count_saetze(text: str) -> int:
    """How many sentences a text has. A line of its own is one; "z. B." and "ca." end none."""
    return sum(_count_in_zeile(zeile) for zeile in text.splitlines() if zeile.strip())


def _count_in_zeile(zeile: str) -> int:
    ende = 0
    zahl = 0
    for treffer in _SATZENDE.finditer(zeile):
        wort = treffer.group(1) or ""
        am_schluss = not zeile[treffer.end() :].strip()
        if not am_schluss and (len(wort) == 1 or wort.lower() in _ABKUERZUNGEN or wort.isdigit()):
            continue
        zahl, ende = zahl + 1, treffer.end()
    return zahl + bool(zeile[ende:].strip())


def compute_antwortfrist(dringlichkeit: Dringlichkeit, ab: datetime) -> datetime:
    """Until when a house answers that was asked at this moment."""
    return ab + _ZEIT[dringlichkeit]
