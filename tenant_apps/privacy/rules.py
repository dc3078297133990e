"""How long files are kept, and from when on they may only be looked at by few. No database, no Django.

Terms of years are counted as in §§ 187 (2), 188 (2) BGB: a year of life is completed with the end of the day before
the birthday; a period ends with the day before the one that has the same date. What is returned is always the
first day on which the file may be deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Fristbeginn(StrEnum):
    """From when a term of years runs."""

    LEBENSALTER = "LEBENSALTER"
    GEBURT = "GEBURT"
    ABSCHLUSS = "ABSCHLUSS"


@dataclass(frozen=True, slots=True)
class Aufbewahrungsklasse:
    """For which files, how long, and where it is written.

    `land`: code of a Land, empty for the federation. `ist_aktiv`: whether it is applied here; the others are shown.
    `alter`: for LEBENSALTER the year of life after whose completion the years begin to run.
    """

    code: str
    name: str
    beginn: Fristbeginn
    jahre: int
    quelle: str
    gueltig_ab: date
    alter: int = 0
    land: str = ""
    ist_aktiv: bool = True
    hinweis: str = ""


_BAYERN = "Empfehlung des Bayerischen Landesjugendamtes (2004)"
_NICHT_MV = "Empfehlung eines anderen Landes, in Mecklenburg-Vorpommern nicht angewendet."
#: Reference data. A class without a source is not added; another Land adds its own rows.
AUFBEWAHRUNGSKLASSEN: tuple[Aufbewahrungsklasse, ...] = (
    Aufbewahrungsklasse(
        "HZE", "Akten der Hilfe zur Erziehung, Eingliederungshilfe, Heim und Vormundschaft",
        Fristbeginn.LEBENSALTER, 70,
        "§ 9b SGB VIII: 70 Jahre nach Vollendung des 30. Lebensjahres", date(2025, 7, 1), alter=30,
        hinweis="Nach dem Abschluss nur als eingeschränktes Archiv; die Person selbst hat ein Recht auf Einsicht.",
    ),
    Aufbewahrungsklasse(
        "ADOPTION", "Vermittlungsakten der Adoption", Fristbeginn.GEBURT, 100, "§ 9c AdVermiG: 100 Jahre ab der Geburt",
        date(2021, 4, 1), hinweis="Adoptionsakten führt SoJuS nicht; die Klasse steht bereit.",
    ),
    Aufbewahrungsklasse(
        "BELEGE", "Zahlungsbelege der wirtschaftlichen Jugendhilfe", Fristbeginn.ABSCHLUSS, 10,
        "Kassen- und Haushaltsrecht der Kommunen (10 Jahre nach der Zahlung)", date(2015, 1, 1),
        hinweis="Danach löscht der Löschlauf Rechnung, Zahlung und Leistungsnachweis. Ist die Person vorher gelöscht, "
        "bleiben sie bis dahin unter einer Ersatznummer. Allgemein bekannte Frist, ohne geprüfte Quelle: "
        "Bitte lassen Sie die Kasse der Kommune sie vor dem ersten Lauf bestätigen.",
    ),
    Aufbewahrungsklasse(
        "BY_VORMUNDSCHAFT", "Vormundschaften und Pflegschaften", Fristbeginn.ABSCHLUSS, 30, _BAYERN, date(2004, 1, 1),
        land="BY", ist_aktiv=False, hinweis=_NICHT_MV,
    ),
    Aufbewahrungsklasse(
        "BY_URKUNDEN", "Urkunden", Fristbeginn.ABSCHLUSS, 30, _BAYERN, date(2004, 1, 1), land="BY", ist_aktiv=False,
        hinweis=_NICHT_MV,
    ),
    Aufbewahrungsklasse(
        "BY_BEISTANDSCHAFT", "Beistandschaften", Fristbeginn.ABSCHLUSS, 10, _BAYERN, date(2004, 1, 1), land="BY",
        ist_aktiv=False, hinweis=_NICHT_MV,
    ),
    Aufbewahrungsklasse(
        "BY_UVG", "Unterhaltsvorschuss", Fristbeginn.ABSCHLUSS, 10, _BAYERN, date(2004, 1, 1), land="BY",
        ist_aktiv=False, hinweis=_NICHT_MV,
    ),
)  # fmt: skip
HZE = AUFBEWAHRUNGSKLASSEN[0]
BELEGE = AUFBEWAHRUNGSKLASSEN[2]

#: A closed case is no longer needed for the daily task after this many years (§ 84 (3) SGB X); own proposal, until
#: an office sets another number (`vorgaben`).
EINSCHRAENKUNG_NACH_JAHREN = 1


def plus_jahre(tag: date, jahre: int) -> date:
    """The day that has the same date that many years later; 29 February becomes 1 March where there is none."""
    try:
        return tag.replace(year=tag.year + jahre)
    except ValueError:
        return date(tag.year + jahre, 3, 1)


def loeschdatum(klasse: Aufbewahrungsklasse, *, geboren: date | None = None, abschluss: date | None = None) -> date:
    """First day on which a file of this class may be deleted.

    Born 14 March 2007, § 9b: 30 completed with the end of 13 March 2037, 70 years end with 13 March 2107: 14 March
    2107. Born 29 February 2008: 30 completed with the end of 28 February 2038, the term runs from 1 March 2038: 1
    March 2108.
    Voucher paid on 30 June 2017: 1 July 2027.
    """
    if klasse.beginn is Fristbeginn.ABSCHLUSS:
        if abschluss is None:
            raise ValueError("this class counts from the end of the matter")
        return plus_jahre(date.fromordinal(abschluss.toordinal() + 1), klasse.jahre)
    if geboren is None:
        raise ValueError("this class counts from the birth")
    beginn = plus_jahre(geboren, klasse.alter) if klasse.beginn is Fristbeginn.LEBENSALTER else geboren
    return plus_jahre(beginn, klasse.jahre)


def einschraenkungsdatum(abschluss: date, jahre: int = EINSCHRAENKUNG_NACH_JAHREN) -> date:
    """First day on which a closed case leaves daily work and becomes a restricted archive."""
    return plus_jahre(date.fromordinal(abschluss.toordinal() + 1), jahre)


class Schritt(StrEnum):
    """What a deletion run does with a person."""

    EINSCHRAENKEN = "EINSCHRAENKEN"
    LOESCHEN = "LOESCHEN"
    BELEGE = "BELEGE"


def schritt(
    *,
    heute: date,
    geboren: date | None,
    abschluss: date | None,
    ist_eingeschraenkt: bool,
    jahre: int = EINSCHRAENKUNG_NACH_JAHREN,
) -> Schritt | None:
    """What is due for a person whose cases are all closed, None for nothing: first restricted, then deleted."""
    if abschluss is None or heute < einschraenkungsdatum(abschluss, jahre):
        return None
    if not ist_eingeschraenkt:
        return Schritt.EINSCHRAENKEN
    if geboren is not None and heute >= loeschdatum(HZE, geboren=geboren):
        return Schritt.LOESCHEN
    return None


def beleg_ist_faellig(*, heute: date, bezahlt_am: date | None, eingereicht_am: date) -> bool:
    """Whether a settled invoice may go: ten years after it was paid, or, never paid, after it was handed in."""
    return heute >= loeschdatum(BELEGE, abschluss=bezahlt_am or eingereicht_am)
