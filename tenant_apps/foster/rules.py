"""Whether a place of a foster family of the office comes into question for a child, and what it costs beside a home."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from shared_apps.core.zeitraum import Zeitraum

#: Days of an average month: 365 / 12.
_TAGE_IM_JAHR, _MONATE_IM_JAHR = 365, 12


class Pflegeform(StrEnum):
    """How a foster family takes a child, in the law's words."""

    VOLLZEIT = "VOLLZEIT"
    KURZZEIT = "KURZZEIT"
    BEREITSCHAFT = "BEREITSCHAFT"


_FAMILIE = frozenset({Pflegeform.VOLLZEIT, Pflegeform.KURZZEIT})
#: For which kinds of help, by their code, a foster family is another way to give the same help. § 33: that is the help
#: itself, for a time or for good. § 34: whether a child lives in a home or a family is decided by what suits it (§§ 27
#: (2), 36). § 35a (2) No. 3: "durch geeignete Pflegepersonen". § 41 (2): §§ 33 and 34 hold for young adults, too.
#: § 42 (1): "bei einer geeigneten Person". Not § 19 (with a parent), § 32 (home in the evening) and § 35 (intensive,
#: one to one).
ALTERNATIVEN: dict[str, frozenset[Pflegeform]] = {
    "S33": _FAMILIE,
    "S34": _FAMILIE,
    "S35A": _FAMILIE,
    "S41": frozenset({Pflegeform.VOLLZEIT}),
    "S42": frozenset({Pflegeform.BEREITSCHAFT}),
}


#: As the database has it (`pflegestelle_ist_zeichen`).
_ZEICHEN = re.compile(r"[^\s,]*[0-9][^\s,]*")


def is_kennzeichen(text: str) -> bool:
    """Whether it is a sign: one word with a digit, no name with a number and no address."""
    return _ZEICHEN.fullmatch(text) is not None


def list_formen(*hilfearten: str) -> frozenset[Pflegeform]:
    """Which forms are another way to give one of these kinds of help (their codes); none for most."""
    return frozenset().union(*(ALTERNATIVEN.get(hilfeart, frozenset()) for hilfeart in hilfearten))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pflegebedarf:
    """What a place is looked for: `alter` in years and `geschlecht` (m, w, d) where they are known."""

    formen: frozenset[Pflegeform]
    tage: Zeitraum
    alter: int | None = None
    geschlecht: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pflegeplatz:
    """A place as the office keeps it. Ages with both ends; `geschlecht` "": both; `frei_ab`: when all are taken, from
    which day one is free again; `hoechstens_tage`: for how long a child may stay."""

    form: Pflegeform
    plaetze: int
    belegt: int
    frei_ab: date | None
    alter_von: int
    alter_bis: int
    geschlecht: str
    hoechstens_tage: int | None
    gueltig: Zeitraum


def comes_into_question(platz: Pflegeplatz, bedarf: Pflegebedarf) -> bool:
    """Whether the form fits, it is kept on all these days, a place is free on the first one, the child may stay as
    long, and the family takes a child of this age and sex. What is not known speaks against nothing.

    This is about a number of places: whom a family suits is decided by people.
    """
    tage = bedarf.tage
    frei = platz.belegt < platz.plaetze or (platz.frei_ab is not None and platz.frei_ab <= tage.beginn)
    lange_genug = platz.hoechstens_tage is None or (tage.ende is not None and tage.tage <= platz.hoechstens_tage)
    alter = bedarf.alter is None or platz.alter_von <= bedarf.alter <= platz.alter_bis
    nimmt = alter and (not bedarf.geschlecht or platz.geschlecht in {"", bedarf.geschlecht})
    return platz.form in bedarf.formen and platz.gueltig.contains(tage) and frei and lange_genug and nimmt


def in_vollen_euro(betrag: Decimal) -> Decimal:
    """An amount in full euro, half up: what is compared is rounded in one way."""
    return betrag.quantize(Decimal(1), rounding=ROUND_HALF_UP)


def im_monat(betrag: Decimal, tage: int) -> Decimal:
    """What an amount for these days is in an average month, in full euro, half up. Days: at least one."""
    return in_vollen_euro(betrag * _TAGE_IM_JAHR / _MONATE_IM_JAHR / tage)
