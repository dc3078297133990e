"""Offers that do not fit a search, each with what speaks against it in words, as of now."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from shared_apps.core.geld import format_zahl
from shared_apps.core.liste import GRENZE, Liste, ordnung
from shared_apps.core.zahlwort import anzahl, im_alter
from shared_apps.core.zeitraum import EIN_TAG, format_datum
from shared_apps.occupancy.selectors.frei import OHNE, Frei, list_frei
from shared_apps.occupancy.selectors.stopps import list_nichtaufnahmen
from shared_apps.providers.models import Angebot, Geschlecht
from shared_apps.providers.rules import Nichtaufnahme
from tenant_apps.placements import rules
from tenant_apps.placements.enums import AUSSCHLUSS_WORT
from tenant_apps.placements.models import Suche
from tenant_apps.placements.rules import Ausschluss
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.lage import get_ort
from tenant_apps.placements.search.selectors.markt import find_nicht_passend
from tenant_apps.placements.search.selectors.namen import name_spezialisierungen, name_sprachen
from tenant_apps.placements.search.selectors.search import get_region

#: The nearest first, which a statement of its own finds.
NICHT_PASSEND = Liste("placements:nicht_passend", {"weg": ordnung("pk")}, "weg", je_seite=25)


@dataclass(frozen=True, slots=True)
class Ausschlussteil:
    """A part of what does not fit: how many, what it is called."""

    grund: Ausschluss
    anzahl: int

    @property
    def wort(self) -> str:
        """ "12 Alter" without the number."""
        return AUSSCHLUSS_WORT[self.grund]


@dataclass(frozen=True, slots=True)
class Aufschluesselung:
    """What a search looked at: the parts add up to it, each offer counts once, with its first reason."""

    passend: int
    teile: tuple[Ausschlussteil, ...]

    @property
    def nicht_passend(self) -> int:
        return sum(teil.anzahl for teil in self.teile)

    @property
    def geprueft(self) -> int:
        return self.passend + self.nicht_passend

    @property
    def balken(self) -> list[tuple[str, str, int]]:
        """The same sum as a bar of a thousand units: where each part begins, how wide it is, its number."""
        teile, stuecke, x = [self.passend, *(teil.anzahl for teil in self.teile)], [], 0
        for nummer, zahl in enumerate(teile):
            breite = round(1000 * zahl / max(self.geprueft, 1))
            if zahl:
                stuecke.append((str(x), str(max(breite - 4, 2)), nummer))
            x += breite
        return stuecke


@dataclass(frozen=True, slots=True)
class NichtPassend:
    """An offer with the first thing that speaks against it, in words."""

    angebot: Angebot
    entfernung_km: Decimal | None
    warum: str

    @property
    def ist_ungefaehr(self) -> bool:
        """Whether it is measured to the middle of the house's postcode."""
        haus = self.angebot.einrichtung
        return self.entfernung_km is not None and get_ort(haus) is None

    @property
    def weg(self) -> str:
        """How far it is, in words."""
        return rules.describe_weg(self.entfernung_km, ungefaehr=self.ist_ungefaehr)


def get_aufschluesselung(suche: Suche) -> Aufschluesselung | None:
    """As it was counted with the search; None for a search of an earlier release."""
    if suche.ausschluesse is None:
        return None
    return Aufschluesselung(
        suche.angebote_verfuegbar,
        tuple(Ausschlussteil(grund, suche.ausschluesse[grund]) for grund in Ausschluss if grund in suche.ausschluesse),
    )


def find_ids(kriterien: Kriterien, grund: Ausschluss) -> tuple[Sequence[tuple[UUID, Decimal | None]], bool]:
    """Keys and distances for the list; whether there are more than it counts. Two queries."""
    found = find_nicht_passend(kriterien, get_region(kriterien.region), [grund], hoechstens=GRENZE + 1)[grund]
    return found[:GRENZE], len(found) > GRENZE


def load_nicht_passend(
    kriterien: Kriterien, gefunden: Mapping[Ausschluss, Sequence[tuple[UUID, Decimal | None]]]
) -> dict[Ausschluss, list[NichtPassend]]:
    """These offers with their words, by what speaks against them. Eight queries at most, however many of each."""
    ids = {grund: [pk for pk, _ in keys] for grund, keys in gefunden.items() if keys}
    angebote = (
        Angebot.objects.filter(pk__in=[pk for je_grund in ids.values() for pk in je_grund])
        .select_related("hilfeart", "einrichtung__anbieter", "einrichtung__gebietskoerperschaft")
        .prefetch_related(*(was for grund in ids for was in _ZEIGT.get(grund, ())))
        .in_bulk()
    )
    stopps = list_nichtaufnahmen(ids.get(Ausschluss.STOPP, ()), kriterien.beginn) if Ausschluss.STOPP in ids else {}
    belegt = [pk for grund in (Ausschluss.STOPP, Ausschluss.BELEGT) for pk in ids.get(grund, ())]
    frei = list_frei(belegt, kriterien.zeitraum) if belegt else {}
    found: dict[Ausschluss, list[NichtPassend]] = {}
    for grund, keys in gefunden.items():
        namen = _name(grund, kriterien)
        found[grund] = [
            NichtPassend(
                angebote[pk],
                km,
                _describe_weg(kriterien, km, ungefaehr=get_ort(angebote[pk].einrichtung) is None)
                if grund == Ausschluss.UMKREIS
                else describe_ausschluss(grund, kriterien, angebote[pk], stopps, namen, frei),
            )
            for pk, km in keys
            if pk in angebote
        ]
    return found


def _describe_weg(kriterien: Kriterien, km: Decimal | None, *, ungefaehr: bool) -> str:
    """How far beyond the circle."""
    if km is None:
        return "Lage nicht bekannt"
    weiter = Decimal(math.ceil(km) - (kriterien.umkreis_km or 0))
    return f"{rules.describe_weg(weiter, ungefaehr=ungefaehr)} zu weit"


#: What is read of an offer to say what it lacks.
_ZEIGT = {Ausschluss.SPEZIALISIERUNG: ("spezialisierungen",), Ausschluss.SPRACHE: ("sprachen",)}


def _name(grund: Ausschluss, kriterien: Kriterien) -> dict[str, str]:
    """Names of what was asked for, by code, where this reason speaks of it."""
    if grund == Ausschluss.SPEZIALISIERUNG:
        return name_spezialisierungen(kriterien.spezialisierungen)
    if grund == Ausschluss.SPRACHE:
        return name_sprachen(kriterien.sprachen)
    return {}


def describe_ausschluss(
    grund: Ausschluss,
    kriterien: Kriterien,
    angebot: Angebot,
    stopps: Mapping[UUID, Nichtaufnahme],
    namen: Mapping[str, str],
    frei: Mapping[UUID, Frei],
) -> str:
    """What speaks against the offer, in words that say what it takes instead, or from when it is free. `namen`: of
    specialities or languages, by code."""
    if grund in _SAGT:
        return _SAGT[grund](angebot)
    if grund in _ZEIGT:
        return _describe_missing(grund, kriterien, angebot, namen)
    if grund == Ausschluss.ZEITRAUM:
        return _describe_zeitraum(kriterien, angebot)
    if grund in {Ausschluss.STOPP, Ausschluss.BELEGT}:
        warum = f"{_SONST[grund]}: {stopps[angebot.pk].text}" if angebot.pk in stopps else _SONST[grund]
        return f"{warum}; {frei.get(angebot.pk, OHNE).text}"
    return _SONST[grund]


#: What the offer says of itself.
_SAGT: dict[Ausschluss, Callable[[Angebot], str]] = {
    Ausschluss.ALTER: lambda a: (
        f"nimmt nur im Alter {im_alter(a.alter_bis)} auf"
        if a.alter_von == a.alter_bis
        else f"nimmt von {a.alter_von} bis {anzahl(a.alter_bis, 'Jahr', 'Jahren')} auf"
    ),
    Ausschluss.GESCHLECHT: lambda a: str(Geschlecht(a.geschlecht).label),
    Ausschluss.BARRIERE: lambda a: f"barrierefrei: {a.get_barrierefrei_display()}",
    Ausschluss.STUNDEN: lambda a: (
        f"leistet zusammen {format_zahl(a.stunden_je_woche or Decimal(0), 2)} Stunden je Woche"
    ),
    Ausschluss.UNBESTAETIGT: lambda a: f"Vakanzen: {a.vakanzstand.text}",
}
_SONST = {
    Ausschluss.MERKMAL: "erfüllt nicht alle weiteren Kriterien",
    Ausschluss.ERLAUBNIS: "ohne gültige Betriebserlaubnis am ersten Tag",
    Ausschluss.STOPP: "nimmt zurzeit nicht auf",
    Ausschluss.BELEGT: "belegt",
    Ausschluss.ENTGELT: "kein Entgelt vereinbart",
}


def _describe_missing(grund: Ausschluss, kriterien: Kriterien, angebot: Angebot, namen: Mapping[str, str]) -> str:
    """Which specialities or languages it does not have of those that were asked for."""
    if grund == Ausschluss.SPRACHE:
        gefragt, hat = kriterien.sprachen, {s.code for s in angebot.sprachen.all()}
    else:
        gefragt, hat = kriterien.spezialisierungen, {s.code for s in angebot.spezialisierungen.all()}
    fehlend = ", ".join(namen.get(code, code) for code in gefragt if code not in hat)
    eine = grund == Ausschluss.SPEZIALISIERUNG and kriterien.eine_genuegt and len(gefragt) > 1
    return f"hat nichts davon: {fehlend}" if eine else f"es fehlt: {fehlend}"


def _describe_zeitraum(kriterien: Kriterien, angebot: Angebot) -> str:
    """When it runs, as far as that is not the whole period; the house and its provider may end earlier."""
    haus = angebot.einrichtung
    enden = [ende for ende in (angebot.gueltig.upper, haus.gueltig_bis, haus.anbieter.gueltig_bis) if ende]
    teile = []
    if angebot.gueltig.lower and angebot.gueltig.lower > kriterien.beginn:
        teile.append(f"ab {format_datum(angebot.gueltig.lower)}")
    if enden:
        letzter = min(enden) - EIN_TAG
        teile.append(f"bis {format_datum(letzter)}")
    return f"gibt es nur {' '.join(teile)}"
