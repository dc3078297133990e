"""Age of a young person, the nights of her stay, and whom an offer takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared_apps.core.zahlwort import UNTER_EINEM, altersspanne, wie_alt
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.placements.rules.planwerte import PlanwertError


def alter_am(geburtsdatum: date, stichtag: date) -> int:
    """Completed years of life on `stichtag`. § 187 Abs. 2 S. 2, § 188 Abs. 2 BGB: born 29 February, one
    year older on 1 March.
    """
    if stichtag < geburtsdatum:
        raise PlanwertError("Der Stichtag liegt vor der Geburt.")
    hatte_geburtstag = (stichtag.month, stichtag.day) >= (geburtsdatum.month, geburtsdatum.day)
    return stichtag.year - geburtsdatum.year - (not hatte_geburtstag)


def geburtstag(geburtsdatum: date, alter: int) -> date:
    """Day on which this age is reached; born on 29 February: 1 March (§ 188 BGB)."""
    try:
        return geburtsdatum.replace(year=geburtsdatum.year + alter)
    except ValueError:
        return date(geburtsdatum.year + alter, 3, 1)


def naechte(zeitraum: Zeitraum) -> Zeitraum:
    """The nights of a stay, each named by the day it begins on: the last day has none, a stay of one day has one."""
    letzter = zeitraum.letzter_tag
    return zeitraum if letzter is None or letzter == zeitraum.beginn else Zeitraum(zeitraum.beginn, letzter)


def teilen_naechte(eins: Zeitraum, zwei: Zeitraum) -> bool:
    """Whether two stays have a night in common; the day of a move, on which one ends and the other begins, is none."""
    return naechte(eins).overlaps(naechte(zwei))


class Woher(StrEnum):
    """Who says whom something is for: a search that is asked, one that was, or an offer."""

    SUCHE = "SUCHE"
    GESUCHT = "GESUCHT"
    ANGEBOT = "ANGEBOT"


@dataclass(frozen=True, slots=True)
class Wen:
    """Whom a search or an offer is for; None and empty where it does not matter, both ends belong to the range."""

    alter_von: int | None = None
    alter_bis: int | None = None
    geschlecht: str = ""


def list_abweichungen(
    *, alter: int | None, geschlecht: str, wen: Wen, woher: Woher, wann: str = "bei Beginn"
) -> tuple[str, ...]:
    """In what respect a young person is not whom a search or an offer is for, as German sentences; empty when all fits.

    `alter` on the first day (`wann`: the words for it); sex is m, w, d or empty. What is not known of her is no
    contradiction, and none is a prohibition: the offers a choice is compared with were found by what was asked, and the
    provider decides in the end.
    """
    gefunden = []
    if wen.geschlecht and geschlecht and geschlecht != wen.geschlecht:
        gefunden.append(_say_geschlecht(wen.geschlecht, geschlecht, woher))
    zu_jung = alter is not None and wen.alter_von is not None and alter < wen.alter_von
    zu_alt = alter is not None and wen.alter_bis is not None and alter > wen.alter_bis
    if alter is not None and (zu_jung or zu_alt):
        gefunden.append(_say_alter(wen, alter, woher, wann))
    return tuple(gefunden)


#: As somebody, as one who is searched for, and as all whom a house takes.
_WORTE = {
    "m": ("männlich", "einen Jungen", "Jungen und junge Männer"),
    "w": ("weiblich", "ein Mädchen", "Mädchen und junge Frauen"),
    "d": ("divers", "jemanden mit der Angabe divers", "junge Menschen mit der Angabe divers"),
}


def _say_geschlecht(wen: str, ist: str, woher: Woher) -> str:
    if woher == Woher.SUCHE:
        return f"Gesucht wird für {_WORTE[wen][0]}; bei der Person steht {_WORTE[ist][0]}."
    if woher == Woher.GESUCHT:
        return f"Gesucht wurde für {_WORTE[wen][1]}, bei der Person ist etwas anderes eingetragen."
    return f"Das Angebot nimmt nur {_WORTE[wen][2]} auf."


def _say_alter(wen: Wen, ist: int, woher: Woher, wann: str) -> str:
    gesucht = wen.alter_bis or 0
    if woher == Woher.SUCHE:
        kind = "" if gesucht else "ein Kind "
        return f"Gesucht wird für {kind}{wie_alt(gesucht)}; die Person ist {wann} {wie_alt(ist)} alt."
    jung = f"{ist}" if ist else f"{UNTER_EINEM} alt"
    if woher == Woher.GESUCHT:
        return f"Gesucht wurde für das Alter {gesucht or UNTER_EINEM}; die Person ist {wann} {jung}."
    return f"Das Aufnahmealter ist {altersspanne(wen.alter_von or 0, gesucht)}; die Person ist {wann} {jung}."
