"""Age of a young person, the nights of her stay, and whom an offer takes."""

from __future__ import annotations

from datetime import date

from shared_apps.core.zahlwort import anzahl_jahre
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


def list_widersprueche(
    *, gesucht_alter: int | None, gesucht_geschlecht: str, alter: int | None, geschlecht: str
) -> tuple[str, ...]:
    """Where a search asks for somebody else than the young person is, as German sentences.

    What limits nothing, and what is not known of her, is no contradiction; letters are m, w, d or empty.
    """
    worte = {"m": "männlich", "w": "weiblich", "d": "divers"}
    gefunden = []
    if gesucht_geschlecht and geschlecht and gesucht_geschlecht != geschlecht:
        gefunden.append(f"Gesucht wird für {worte[gesucht_geschlecht]}; bei der Person steht {worte[geschlecht]}.")
    if gesucht_alter is not None and alter is not None and gesucht_alter != alter:
        gefunden.append(
            f"Gesucht wird für {anzahl_jahre(gesucht_alter)}; die Person ist bei Beginn {anzahl_jahre(alter)} alt."
        )
    return tuple(gefunden)


def list_abweichungen(
    *, alter: int, geschlecht: str, alter_von: int, alter_bis: int, nur_geschlecht: str, wann: str = "bei Beginn"
) -> tuple[str, ...]:
    """In what respect a young person is outside of whom an offer takes, as German sentences; empty when all fits.

    `alter` on the first day (`wann`: the words for it), both ends of the range belong to it; `geschlecht` is m, w, d or
    empty (no entry), `nur_geschlecht` m, w or empty (takes everybody). The provider decides in the end: it is no
    prohibition.
    """
    gefunden = []
    if nur_geschlecht and geschlecht and geschlecht != nur_geschlecht:
        wen = {"w": "Mädchen und junge Frauen", "m": "Jungen und junge Männer"}[nur_geschlecht]
        gefunden.append(f"Das Angebot nimmt nur {wen} auf.")
    if not alter_von <= alter <= alter_bis:
        gefunden.append(
            f"Das Aufnahmealter ist {alter_von} bis {anzahl_jahre(alter_bis)}; die Person ist {wann} {alter}."
        )
    return tuple(gefunden)


def list_suchabweichungen(
    *, alter: int, geschlecht: str, gesucht_alter: int | None, gesucht_geschlecht: str
) -> tuple[str, ...]:
    """In what respect a person is not whom a search asked for, as German sentences; what nobody asked for is none.

    The offers a choice is compared with were found by what was asked: another age or sex finds others.
    """
    gefunden = []
    if gesucht_geschlecht and geschlecht and geschlecht != gesucht_geschlecht:
        wen = {"w": "ein Mädchen", "m": "einen Jungen", "d": "jemanden mit der Angabe divers"}[gesucht_geschlecht]
        gefunden.append(f"Gesucht wurde für {wen}, bei der Person ist etwas anderes eingetragen.")
    if gesucht_alter is not None and alter != gesucht_alter:
        gefunden.append(f"Gesucht wurde für das Alter {gesucht_alter}; die Person ist bei Beginn {alter}.")
    return tuple(gefunden)
