"""What is one change of the question away from fitting: other days, one need less, a year, a few kilometres."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from shared_apps.core.zeitraum import Zeitraum

#: A page shows no more of them.
FAST_PASSEND_HOECHSTENS = 10
#: Of the days asked for this part is left at least: a help of a week is no answer to one of half a year.
TEIL_MINDESTENS = Fraction(1, 4)
_FERN = Decimal("Infinity")


class Naehe(StrEnum):
    """The one thing that would have to be asked otherwise, in the published order."""

    SPAETER = "SPAETER"
    KUERZER = "KUERZER"
    OHNE = "OHNE"
    ALTER = "ALTER"
    WEITER = "WEITER"


@dataclass(frozen=True, slots=True)
class Beinahe:
    """An offer that fits as soon as this one thing is asked otherwise. `zeitraum`: the days that are asked for then."""

    angebot: UUID
    naehe: Naehe
    zeitraum: Zeitraum
    entfernung_km: Decimal | None


def list_je_angebot(gesucht: Zeitraum, beinahe: Sequence[Beinahe]) -> list[Beinahe]:
    """Each offer once, with the change that costs fewest days, the best first: better is what leaves more of the days
    asked for, then what is nearer. What leaves too little of them is none."""

    def rang(eintrag: Beinahe) -> tuple[int, int, Decimal, UUID]:
        km = _FERN if eintrag.entfernung_km is None else eintrag.entfernung_km
        return gesucht.tage - eintrag.zeitraum.tage, _FOLGE[eintrag.naehe], km, eintrag.angebot

    je_angebot: dict[UUID, Beinahe] = {}
    for eintrag in sorted(beinahe, key=rang):
        if eintrag.zeitraum.tage >= TEIL_MINDESTENS * gesucht.tage:
            je_angebot.setdefault(eintrag.angebot, eintrag)
    return list(je_angebot.values())


def choose_fast_passend(je_angebot: Sequence[Beinahe]) -> list[Beinahe]:
    """Those that a page shows, in the published order, and the same ones for the same market. `je_angebot`: as
    `list_je_angebot` gives them.

    Of each change the best comes, then of each the second, until there are enough; they are shown change by change.
    """
    je_naehe: dict[Naehe, list[Beinahe]] = defaultdict(list)
    for eintrag in je_angebot:
        je_naehe[eintrag.naehe].append(eintrag)
    reihum = sorted((n, _FOLGE[naehe]) for naehe, liste in je_naehe.items() for n in range(len(liste)))
    gewaehlt = reihum[:FAST_PASSEND_HOECHSTENS]
    return [je_naehe[naehe][n] for naehe in Naehe for n, folge in gewaehlt if folge == _FOLGE[naehe]]


_FOLGE = {naehe: nummer for nummer, naehe in enumerate(Naehe)}


def erster_tag(ab: date, stopps: Sequence[Zeitraum], erlaubt: Sequence[Zeitraum] | None) -> date | None:
    """The first day from `ab` on that is in no stop and in one of the licences; None: there is none.

    `erlaubt`: None where no licence is needed.
    """
    tag: date | None = ab
    while tag is not None:
        stopp = next((stopp for stopp in stopps if tag in stopp), None)
        if stopp is not None:
            tag = stopp.ende
        elif erlaubt is None or any(tag in zeit for zeit in erlaubt):
            return tag
        else:
            tag = min((zeit.beginn for zeit in erlaubt if zeit.beginn > tag), default=None)
    return None
