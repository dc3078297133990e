"""How well an offer fits, explained sentence by sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shared_apps.core.geld import format_zahl
from shared_apps.core.zahlwort import anzahl, anzahl_jahre


@dataclass(frozen=True, slots=True)
class PassungGewichte:
    """Weights of the components and the points where they reach full and zero; data, not law (our
    proposal).
    """

    spezialisierungen: int = 40
    alter: int = 20
    geschlecht: int = 15
    entfernung: int = 15
    aktualitaet: int = 10
    entfernung_voll_km: Decimal = Decimal(10)
    entfernung_null_km: Decimal = Decimal(100)
    aktualitaet_voll_tage: int = 7
    aktualitaet_null_tage: int = 60


@dataclass(frozen=True, slots=True)
class PassungBedarf:
    """What the young person needs. Nothing in it identifies her; `geschlecht` is `m`, `w`, `d` or None
    (unknown).

    barrierefrei, frisch: whether that, and how fresh the vacancies are, was asked for.
    """

    spezialisierungen: frozenset[str] = frozenset()
    alter: int | None = None
    geschlecht: str | None = None
    sprachen: frozenset[str] = frozenset()
    barrierefrei: bool = False
    frisch: bool = False

    @property
    def ist_gefragt(self) -> bool:
        """Whether anything was asked for that an offer's fit can be judged by."""
        gesucht = self.spezialisierungen or self.sprachen or self.barrierefrei or self.frisch
        return bool(gesucht) or self.alter is not None or self.geschlecht is not None


@dataclass(frozen=True, slots=True)
class PassungAngebot:
    """What the offer has. Ages in completed years, both included; empty `geschlechter` = open to all."""

    spezialisierungen: frozenset[str] = frozenset()
    alter_von: int = 0
    alter_bis: int = 26
    geschlechter: frozenset[str] = frozenset()
    entfernung_km: Decimal | None = None
    tage_seit_aktualisierung: int | None = None
    sprachen: frozenset[str] = frozenset()
    #: As far as was asked.
    barrierefrei: bool = False


@dataclass(frozen=True, slots=True)
class PassungBestandteil:
    """One component: `erfuellung` 0 to 1, or None if it could not be judged and has no part in the score."""

    kuerzel: str
    titel: str
    gewicht: int
    erfuellung: Fraction | None
    grund: str


@dataclass(frozen=True, slots=True)
class Passung:
    """Score 0 to 100 with its components; None where nothing was asked that could be judged."""

    punkte: int | None
    bestandteile: tuple[PassungBestandteil, ...]

    @property
    def gruende(self) -> list[str]:
        """One German sentence per component, heaviest first."""
        return [teil.grund for teil in sorted(self.bestandteile, key=lambda teil: -teil.gewicht)]


def passung(bedarf: PassungBedarf, angebot: PassungAngebot, gewichte: PassungGewichte | None = None) -> Passung:
    """How well an offer fits, 0 to 100: weighted mean of the components that can be judged, half up.

    A help for ordering, explained sentence by sentence; it excludes nothing and decides nothing (Wunsch- und
    Wahlrecht § 5, Steuerungsverantwortung § 36a SGB VIII). What is unknown is neither rewarded nor punished; where
    nothing was asked for, near and fresh alone are no fit.
    """
    gewichte = gewichte or PassungGewichte()
    teile = (
        _passung_gesuchtes(bedarf, angebot, gewichte.spezialisierungen),
        _passung_alter(bedarf, angebot, gewichte.alter),
        _passung_geschlecht(bedarf, angebot, gewichte.geschlecht),
        _passung_entfernung(angebot, gewichte),
        _passung_aktualitaet(angebot, gewichte),
    )
    bewertet = [(teil.gewicht, teil.erfuellung) for teil in teile if teil.erfuellung is not None]
    gesamt = sum(gewicht for gewicht, _ in bewertet)
    if gesamt == 0 or not bedarf.ist_gefragt:
        return Passung(None, teile)
    mittel = sum((gewicht * erfuellung for gewicht, erfuellung in bewertet), Fraction(0)) / gesamt
    return Passung(math.floor(100 * mittel + Fraction(1, 2)), teile)


def _passung_gesuchtes(bedarf: PassungBedarf, angebot: PassungAngebot, gewicht: int) -> PassungBestandteil:
    """Each speciality, each language and freedom from barriers counts as one thing that was looked for."""
    fehlend = sorted(bedarf.spezialisierungen - angebot.spezialisierungen)
    ohne_sprache = sorted(bedarf.sprachen - angebot.sprachen)
    gesucht = len(bedarf.spezialisierungen) + len(bedarf.sprachen) + bedarf.barrierefrei
    fehlt = len(fehlend) + len(ohne_sprache) + (bedarf.barrierefrei and not angebot.barrierefrei)
    saetze = [_sentence("Spezialisierungen", "sind vorhanden", len(bedarf.spezialisierungen), fehlend)]
    if bedarf.sprachen:
        saetze.append(_sentence("Sprachen", "werden gesprochen", len(bedarf.sprachen), ohne_sprache))
    if bedarf.barrierefrei:
        saetze.append(f"Das Angebot ist {'' if angebot.barrierefrei else 'nicht '}barrierefrei, wie gesucht.")
    if not bedarf.spezialisierungen:
        saetze = saetze[1:] or ["Es wurde keine Spezialisierung gesucht."]
    erfuellung = Fraction(gesucht - fehlt, gesucht) if gesucht else None
    return PassungBestandteil("spezialisierungen", "Spezialisierungen", gewicht, erfuellung, " ".join(saetze))


def _sentence(was: str, ist: str, gesucht: int, fehlend: list[str]) -> str:
    if not fehlend:
        return f"Alle gesuchten {was} {ist}."
    return f"{gesucht - len(fehlend)} von {gesucht} {was} {ist}; es fehlt: {', '.join(fehlend)}."


def _passung_alter(bedarf: PassungBedarf, angebot: PassungAngebot, gewicht: int) -> PassungBestandteil:
    von, bis, alter = angebot.alter_von, angebot.alter_bis, bedarf.alter
    erfuellung: Fraction | None
    if alter is None:
        erfuellung, grund = None, "Das Alter ist nicht bekannt."
    elif not von <= alter <= bis:
        erfuellung, grund = Fraction(0), f"{anzahl_jahre(alter)} liegt außerhalb der Altersspanne {von} bis {bis}."
    else:
        abstand = Fraction(abs(2 * alter - von - bis), max(1, bis - von))
        erfuellung = 1 - abstand / 2
        lage = "in der Mitte" if abstand <= Fraction(1, 2) else "am Rand"
        grund = f"{anzahl_jahre(alter)} liegt {lage} der Altersspanne {von} bis {bis}."
    return PassungBestandteil("alter", "Alter", gewicht, erfuellung, grund)


def _passung_geschlecht(bedarf: PassungBedarf, angebot: PassungAngebot, gewicht: int) -> PassungBestandteil:
    erfuellung: Fraction | None
    if not angebot.geschlechter:
        erfuellung, grund = Fraction(1), "Das Angebot steht allen Geschlechtern offen."
    elif bedarf.geschlecht is None:
        erfuellung, grund = None, "Das Geschlecht ist nicht angegeben."
    elif bedarf.geschlecht in angebot.geschlechter:
        erfuellung, grund = Fraction(1), "Das Angebot nimmt junge Menschen dieses Geschlechts auf."
    else:
        erfuellung, grund = Fraction(0), "Das Angebot richtet sich an ein anderes Geschlecht."
    return PassungBestandteil("geschlecht", "Geschlecht", gewicht, erfuellung, grund)


def _passung_entfernung(angebot: PassungAngebot, gewichte: PassungGewichte) -> PassungBestandteil:
    erfuellung: Fraction | None = None
    grund = "Die Entfernung ist nicht bekannt."
    if angebot.entfernung_km is not None:
        erfuellung = _linear(angebot.entfernung_km, gewichte.entfernung_voll_km, gewichte.entfernung_null_km)
        grund = f"{format_zahl(angebot.entfernung_km, 0)} km Entfernung (Luftlinie)."
    return PassungBestandteil("entfernung", "Entfernung", gewichte.entfernung, erfuellung, grund)


def _passung_aktualitaet(angebot: PassungAngebot, gewichte: PassungGewichte) -> PassungBestandteil:
    erfuellung: Fraction | None = None
    grund = "Der Stand der Vakanzen ist nicht bekannt."
    tage = angebot.tage_seit_aktualisierung
    if tage is not None:
        erfuellung = _linear(tage, gewichte.aktualitaet_voll_tage, gewichte.aktualitaet_null_tage)
        stand = "heute" if tage == 0 else "gestern" if tage == 1 else f"vor {anzahl(tage, 'Tag', 'Tagen')}"
        grund = f"Die Vakanzen wurden {stand} bestätigt."
    return PassungBestandteil("aktualitaet", "Aktualität", gewichte.aktualitaet, erfuellung, grund)


def _linear(wert: Decimal | int, voll: Decimal | int, null: Decimal | int) -> Fraction:
    """1 up to `voll`, 0 from `null` on, straight between."""
    anteil = (Fraction(null) - Fraction(wert)) / (Fraction(null) - Fraction(voll))
    return max(Fraction(0), min(Fraction(1), anteil))
