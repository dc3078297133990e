"""How well an offer fits, explained sentence by sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from shared_apps.core.geld import format_zahl
from shared_apps.core.zahlwort import im_alter
from shared_apps.providers.rules import bestaetigt_vor
from tenant_apps.placements.rules.ort import describe_weg


@dataclass(frozen=True, slots=True)
class PassungGewichte:
    """Weights of the components and the points where they reach full and zero; data, not law (our
    proposal). Only their ratio counts.
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
    kontinuitaet: int = 0
    preis: int = 0

    @classmethod
    def from_anteile(cls, anteile: Sequence[int]) -> PassungGewichte:
        """Of points out of 100 for what is needed, way, confirmed vacancies, continuity and price, in this order.

        What is needed keeps its own ratio of specialities, age and sex. Whole numbers, so that nothing is rounded.
        """
        bedarf, entfernung, aktualitaet, kontinuitaet, preis = anteile
        spezialisierungen, alter, geschlecht = (bedarf * teil for teil in _BEDARF)
        mal = sum(_BEDARF)
        return cls(
            spezialisierungen,
            alter,
            geschlecht,
            mal * entfernung,
            mal * aktualitaet,
            kontinuitaet=mal * kontinuitaet,
            preis=mal * preis,
        )


#: Specialities, age and sex within what is needed.
_BEDARF = (40, 20, 15)


def gewichte_mit_preis(anteile: Sequence[int], preis: int) -> PassungGewichte:
    """The same weights if the price counted for `preis` of 100, the others in the ratio they have. All of it goes to
    the price where nothing else weighs anything."""
    *andere, _ = anteile
    return PassungGewichte.from_anteile([*(teil * (100 - preis) for teil in andere), preis * (sum(andere) or 1)])


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
    #: What people call a speciality or a language, by its code.
    namen: Mapping[str, str] = field(default_factory=dict)

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
    #: Whether the young person has lived there before; None: nobody knows a house where she has.
    vertraut: bool | None = None
    #: The way is measured to the middle of the house's postcode.
    entfernung_ungefaehr: bool = False
    #: Planned amount, and the least of all that can be reserved.
    soll: Decimal | None = None
    guenstigstes: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PassungBestandteil:
    """One component: `erfuellung` 0 to 1, or None if it could not be judged and has no part in the score.

    `punkte` of the score are its own; those of all components add up to it. `hoechstens`: what it could have had, in
    whole points; more than its weight where another component cannot be judged.
    """

    kuerzel: str
    titel: str
    gewicht: int
    erfuellung: Fraction | None
    grund: str
    punkte: int | None = None
    hoechstens: int | None = None


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
        *((_passung_kontinuitaet(angebot, gewichte.kontinuitaet),) if gewichte.kontinuitaet else ()),
        *((_passung_preis(angebot, gewichte.preis),) if gewichte.preis else ()),
    )
    bewertet = [(teil.gewicht, teil.erfuellung) for teil in teile if teil.erfuellung is not None]
    gesamt = sum(gewicht for gewicht, _ in bewertet)
    if gesamt == 0 or not bedarf.ist_gefragt:
        return Passung(None, teile)
    mittel = sum((gewicht * erfuellung for gewicht, erfuellung in bewertet), Fraction(0)) / gesamt
    punkte = math.floor(100 * mittel + Fraction(1, 2))
    return Passung(punkte, _with_punkten(teile, gesamt, punkte))


def preis_kippt(
    bedarf: PassungBedarf, vorn: PassungAngebot, hinten: PassungAngebot, anteile: Sequence[int]
) -> int | None:
    """From how many of 100 points for the price on `hinten` would fit better than `vorn`, and with more of the same
    (or fewer) still would: those nearest to today's; None where there are none. Where rounded points change places for
    a moment only, nothing turns round."""
    besser = [_fits_better(bedarf, hinten, vorn, gewichte_mit_preis(anteile, preis)) for preis in range(101)]
    heute = anteile[-1]
    auf = [preis for preis in range(heute, 101) if all(besser[preis:])]
    ab = [preis for preis in range(heute + 1) if all(besser[: preis + 1])]
    return min((*auf[:1], *ab[-1:]), key=lambda preis: (abs(preis - heute), preis), default=None)


def _fits_better(
    bedarf: PassungBedarf, eines: PassungAngebot, anderes: PassungAngebot, gewichte: PassungGewichte
) -> bool:
    a, b = (passung(bedarf, angebot, gewichte).punkte for angebot in (eines, anderes))
    return a is not None and b is not None and a > b


def _with_punkten(teile: Sequence[PassungBestandteil], gesamt: int, punkte: int) -> tuple[PassungBestandteil, ...]:
    """Each component that could be judged with its whole points."""
    moegliche = [Fraction(100 * teil.gewicht, gesamt) for teil in teile]
    eigene = verteilt([m * (teil.erfuellung or 0) for m, teil in zip(moegliche, teile, strict=True)], punkte)
    return tuple(
        teil if teil.erfuellung is None else replace(teil, punkte=p, hoechstens=math.ceil(m))
        for teil, p, m in zip(teile, eigene, moegliche, strict=True)
    )


def verteilt(anteile: Sequence[Fraction], summe: int) -> list[int]:
    """Whole numbers that add up to `summe`, each as near as can be: rounded down, and what is left goes to the largest
    remainders, of equal ones to the first. `summe` is the sum of `anteile`, rounded half up."""
    ganze = [math.floor(anteil) for anteil in anteile]
    reste = sorted(range(len(anteile)), key=lambda n: (ganze[n] - anteile[n], n))
    for n in reste[: summe - sum(ganze)]:
        ganze[n] += 1
    return ganze


def _passung_gesuchtes(bedarf: PassungBedarf, angebot: PassungAngebot, gewicht: int) -> PassungBestandteil:
    """Each speciality, each language and freedom from barriers counts as one thing that was looked for."""
    fehlend = sorted(bedarf.spezialisierungen - angebot.spezialisierungen)
    ohne_sprache = sorted(bedarf.sprachen - angebot.sprachen)
    gesucht = len(bedarf.spezialisierungen) + len(bedarf.sprachen) + bedarf.barrierefrei
    fehlt = len(fehlend) + len(ohne_sprache) + (bedarf.barrierefrei and not angebot.barrierefrei)
    saetze = [_sentence(_SPEZIALISIERUNG, len(bedarf.spezialisierungen), _name(bedarf, fehlend))]
    if bedarf.sprachen:
        saetze.append(_sentence(_SPRACHE, len(bedarf.sprachen), _name(bedarf, ohne_sprache)))
    if bedarf.barrierefrei:
        saetze.append(f"Das Angebot ist {'' if angebot.barrierefrei else 'nicht '}barrierefrei, wie gesucht.")
    if not bedarf.spezialisierungen:
        saetze = saetze[1:] or ["Es wurde keine Spezialisierung gesucht."]
    erfuellung = Fraction(gesucht - fehlt, gesucht) if gesucht else None
    return PassungBestandteil("spezialisierungen", "Spezialisierungen", gewicht, erfuellung, " ".join(saetze))


#: One, several, and what is said of one and of several that an offer has.
_SPEZIALISIERUNG = ("Spezialisierung", "Spezialisierungen", "ist vorhanden", "sind vorhanden")
_SPRACHE = ("Sprache", "Sprachen", "wird gesprochen", "werden gesprochen")


def _name(bedarf: PassungBedarf, codes: Iterable[str]) -> list[str]:
    return sorted(bedarf.namen.get(code, code) for code in codes)


def _sentence(worte: tuple[str, str, str, str], gesucht: int, fehlend: list[str]) -> str:
    eine, viele, ist, sind = worte
    hat, fehlt = gesucht - len(fehlend), f"es {'fehlt' if len(fehlend) == 1 else 'fehlen'}: {', '.join(fehlend)}"
    if not fehlend:
        return f"Die gesuchte {eine} {ist}." if gesucht == 1 else f"Alle gesuchten {viele} {sind}."
    if gesucht == 1:
        return f"Die gesuchte {eine} fehlt: {fehlend[0]}."
    if hat == 0:
        return f"Keine der {gesucht} gesuchten {viele} {ist}; {fehlt}."
    return f"{hat} von {gesucht} {viele} {ist if hat == 1 else sind}; {fehlt}."


def _passung_alter(bedarf: PassungBedarf, angebot: PassungAngebot, gewicht: int) -> PassungBestandteil:
    von, bis, alter = angebot.alter_von, angebot.alter_bis, bedarf.alter
    das_alter = "" if alter is None else f"Das Alter {im_alter(alter)}"
    erfuellung: Fraction | None
    if alter is None:
        erfuellung, grund = None, "Das Alter ist nicht bekannt."
    elif not von <= alter <= bis:
        erfuellung, grund = Fraction(0), f"{das_alter} liegt außerhalb der Altersspanne {von} bis {bis}."
    else:
        abstand = Fraction(abs(2 * alter - von - bis), max(1, bis - von))
        erfuellung = 1 - abstand / 2
        lage = "in der Mitte" if abstand <= Fraction(1, 2) else "am Rand"
        grund = f"{das_alter} liegt {lage} der Altersspanne {von} bis {bis}."
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
        grund = f"{describe_weg(angebot.entfernung_km, ungefaehr=angebot.entfernung_ungefaehr)} Entfernung (Luftlinie)."
    return PassungBestandteil("entfernung", "Entfernung", gewichte.entfernung, erfuellung, grund)


def _passung_aktualitaet(angebot: PassungAngebot, gewichte: PassungGewichte) -> PassungBestandteil:
    erfuellung: Fraction | None = None
    grund = "Der Stand der Vakanzen ist nicht bekannt."
    tage = angebot.tage_seit_aktualisierung
    if tage is not None:
        erfuellung = _linear(tage, gewichte.aktualitaet_voll_tage, gewichte.aktualitaet_null_tage)
        stand = bestaetigt_vor(tage)
        grund = f"Die Vakanzen {'wurden' if stand.ist_frisch else 'sind'} {stand.text}."
    return PassungBestandteil("aktualitaet", "Aktualität", gewichte.aktualitaet, erfuellung, grund)


def _passung_kontinuitaet(angebot: PassungAngebot, gewicht: int) -> PassungBestandteil:
    erfuellung: Fraction | None = None
    grund = "Es ist kein Haus bekannt, in dem der junge Mensch schon gelebt hat."
    if angebot.vertraut is not None:
        erfuellung = Fraction(int(angebot.vertraut))
        grund = f"Der junge Mensch hat in diesem Haus {'schon' if angebot.vertraut else 'noch nicht'} gelebt."
    return PassungBestandteil("kontinuitaet", "Kontinuität", gewicht, erfuellung, grund)


def _passung_preis(angebot: PassungAngebot, gewicht: int) -> PassungBestandteil:
    """Full for the least amount, nothing from twice of it on."""
    erfuellung: Fraction | None = None
    grund = "Der Preis lässt sich nicht vergleichen."
    if angebot.soll is not None and angebot.guenstigstes is not None:
        erfuellung = _linear(
            angebot.soll, angebot.guenstigstes, angebot.guenstigstes + max(Decimal(1), angebot.guenstigstes)
        )
        mehr = angebot.soll - angebot.guenstigstes
        grund = f"{format_zahl(mehr, 0)} € mehr als das günstigste Angebot." if mehr > 0 else "Keines ist günstiger."
    return PassungBestandteil("preis", "Preis", gewicht, erfuellung, grund)


def _linear(wert: Decimal | int, voll: Decimal | int, null: Decimal | int) -> Fraction:
    """1 up to `voll`, 0 from `null` on, straight between."""
    anteil = (Fraction(null) - Fraction(wert)) / (Fraction(null) - Fraction(voll))
    return max(Fraction(0), min(Fraction(1), anteil))
