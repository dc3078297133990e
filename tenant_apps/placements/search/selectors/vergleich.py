"""Offers of a result side by side, criterion by criterion, as of now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from shared_apps.catalogue.models import Angebotsfeld
from shared_apps.core.geld import NBSP, format_geld, format_zahl
from shared_apps.core.zahlwort import altersspanne, anzahl
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers.models import Angebot, Betriebserlaubnis
from shared_apps.providers.selectors.erlaubnis import describe_lizenz, list_erlaubnisse
from shared_apps.providers.selectors.merkmale import add_merkmale
from shared_apps.regions.selectors import list_kurznamen
from tenant_apps.placements import rules
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.angebot import list_angebote
from tenant_apps.placements.search.selectors.ergebnis import Ergebniszeile, build_ergebniszeilen
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.markt import Marktzeile, ask_markt
from tenant_apps.placements.search.selectors.passung import Gewichtung, build_bedarf, build_benannt
from tenant_apps.placements.search.selectors.search import build_angebot, get_region


@dataclass(frozen=True, slots=True)
class Vergleichsspalte:
    """One offer of the comparison. `name`: of its house, with its own where the house has another one here."""

    name: str
    zeile: Ergebniszeile
    angebot: Angebot
    beurteilt: rules.PassungAngebot
    passung: rules.Passung
    erlaubnis: Betriebserlaubnis | None = None


@dataclass(frozen=True, slots=True)
class Merkmalwert:
    """What an offer says to a criterion: a word, what explains it, points out of how many for a bar, and what it is
    best in. As a text: the word."""

    text: str
    dazu: str = ""
    punkte: int | None = None
    hoechstens: int = 0
    bestes: str = ""

    def __str__(self) -> str:
        return self.text


#: Where an offer says nothing.
NICHTS = Merkmalwert("–")


@dataclass(frozen=True, slots=True)
class Merkmalzeile:
    """One criterion with what each offer says to it, column by column. `ist_preis`: left out for families."""

    gruppe: str
    name: str
    werte: tuple[Merkmalwert, ...]
    angebote: tuple[str, ...]
    ist_preis: bool = False
    #: What the others of its group add up to.
    ist_summe: bool = False

    @property
    def paare(self) -> list[tuple[str, Merkmalwert]]:
        """Each value behind the name of its column."""
        return list(zip(self.angebote, self.werte, strict=True))

    @property
    def ist_gleich(self) -> bool:
        """Whether all offers say the same: it decides nothing between them."""
        return len(self.werte) > 1 and len(set(self.werte)) == 1


@dataclass(frozen=True, slots=True)
class Vergleich:
    """What is compared; `fehlen`: offers that were kept to be compared and do not fit the search any more."""

    spalten: tuple[Vergleichsspalte, ...] = ()
    fehlen: tuple[Angebot, ...] = ()
    zeilen: tuple[Merkmalzeile, ...] = field(default_factory=tuple)

    def list_gruppen(self, *, mit_preisen: bool) -> list[tuple[str, list[Merkmalzeile]]]:
        """The criteria, group by group as they are shown; without those that tell a price where none is told."""
        gezeigt = [zeile for zeile in self.zeilen if mit_preisen or not zeile.ist_preis]
        return [(titel, list(zeilen)) for titel, zeilen in groupby(gezeigt, lambda zeile: zeile.gruppe)]


def compare_angebote(kriterien: Kriterien, ids: Sequence[UUID], gewichtung: Gewichtung) -> Vergleich:
    """These offers in the order in which they were kept to be compared. As many queries for four as for one."""
    if not ids:
        return Vergleich()
    region = get_region(kriterien.region)
    markt = ask_markt(kriterien, region, angebote=ids, gewichtung=gewichtung)
    je_angebot = {zeile.angebot: zeile for zeile in markt.zeilen}
    angebote = {angebot.pk: angebot for angebot in list_angebote().filter(pk__in=ids)}
    add_merkmale(list(angebote.values()))
    zeilen = [je_angebot[pk] for pk in ids if pk in je_angebot]
    shown = build_ergebniszeilen(kriterien, zeilen, list_kurznamen())
    bedarf = build_benannt(kriterien)
    erlaubnisse = list_erlaubnisse([zeile.einrichtung for zeile in zeilen], kriterien.beginn)
    spalten = tuple(
        _spalte(
            kriterien,
            bedarf,
            gezeigt,
            zeile,
            angebote[zeile.angebot],
            gewichtung,
            name=name,
            erlaubnis=erlaubnisse.get(zeile.einrichtung),
        )
        for gezeigt, zeile, name in zip(shown, zeilen, _names(zeilen), strict=True)
    )
    fehlen = tuple(angebote[pk] for pk in ids if pk not in je_angebot and pk in angebote)
    return Vergleich(spalten, fehlen, _zeilen(kriterien, spalten))


def list_gemerkte(suche: Suche) -> list[str]:
    """What is kept to be compared, by name, in its order. One query, none where nothing is."""
    if not suche.gemerkt:
        return []
    rows = Angebot.objects.filter(pk__in=suche.gemerkt).values_list("pk", "einrichtung__name", "name")
    je_angebot = {str(pk): (haus, name) for pk, haus, name in rows}
    vorhanden = [je_angebot[pk] for pk in suche.gemerkt if pk in je_angebot]
    mehrmals = Counter(haus for haus, _ in vorhanden)
    return [_name(haus, name, mehrmals[haus] > 1) for haus, name in vorhanden]


def _names(zeilen: Sequence[Marktzeile]) -> list[str]:
    mehrmals = Counter(zeile.einrichtung_name for zeile in zeilen)
    return [_name(z.einrichtung_name, z.angebot_name, mehrmals[z.einrichtung_name] > 1) for z in zeilen]


def _name(haus: str, angebot: str, nicht_allein: bool) -> str:
    return f"{haus}, {angebot}" if nicht_allein else haus


def describe_kippen(vergleich: Vergleich, kriterien: Kriterien, anteile: Sequence[int]) -> str:
    """For which weight of the price the offer that fits second best would come first; empty where there are not two."""
    nach_passung = sorted(
        (spalte for spalte in vergleich.spalten if spalte.passung.punkte is not None),
        key=lambda spalte: -(spalte.passung.punkte or 0),
    )
    if len(nach_passung) < 2:
        return ""
    vorn, hinten = nach_passung[:2]
    preis = rules.preis_kippt(build_bedarf(kriterien), vorn.beurteilt, hinten.beurteilt, anteile)
    erste, zweite = vorn.name, hinten.name
    if preis is None:
        return f"{zweite} passt nie besser als {erste}, wie viel auch immer der Preis zählt."
    heute = anteile[-1]
    wie = "mindestens" if preis >= heute else "höchstens"
    return f"{zweite} passt besser als {erste}, wenn der Preis {wie} {preis} von 100 Punkten zählt (heute {heute})."


def _spalte(
    kriterien: Kriterien,
    bedarf: rules.PassungBedarf,
    gezeigt: Ergebniszeile,
    zeile: Marktzeile,
    angebot: Angebot,
    gewichtung: Gewichtung,
    *,
    name: str,
    erlaubnis: Betriebserlaubnis | None,
) -> Vergleichsspalte:
    beurteilt = build_angebot(
        angebot,
        zeile.entfernung_km,
        kriterien=kriterien,
        gewichtung=gewichtung,
        soll=zeile.soll,
        guenstigstes=zeile.guenstigstes,
    )
    passung = rules.passung(bedarf, beurteilt, gewichtung.gewichte)
    return Vergleichsspalte(name, gezeigt, angebot, beurteilt, passung, erlaubnis)


#: The groups, in the order of the page, and those of which everything tells a price.
KOSTEN, PLATZ, PASSUNG, ANGEBOT, HAUS = "Kosten", "Platz", "Passung", "Angebot", "Haus"
#: The part of the fit that is a price.
_PREIS = "Preis"
_SUMMEN = _SOLL, _ZUSAMMEN = "Soll-Entgelt", "Zusammen"
_Werte = dict[str, Merkmalwert]


def _zeilen(kriterien: Kriterien, spalten: Sequence[Vergleichsspalte]) -> tuple[Merkmalzeile, ...]:
    punkte = [spalte.passung.punkte for spalte in spalten]
    hoechste = max((zahl for zahl in punkte if zahl is not None), default=None)
    am_besten = hoechste if punkte.count(hoechste) == 1 and len(punkte) > 1 else None
    je_gruppe: dict[str, list[_Werte]] = {
        KOSTEN: [_preis(spalte, kriterien) for spalte in spalten],
        PLATZ: [_platz(spalte, kriterien) for spalte in spalten],
        PASSUNG: [_passung(spalte, am_besten) for spalte in spalten],
        ANGEBOT: [_angebot(spalte) for spalte in spalten],
        HAUS: [_haus(spalte, kriterien) for spalte in spalten],
    }
    mit_preis = any(_PREIS in werte for werte in je_gruppe[PASSUNG])  # then the score tells the price, too
    preise = {KOSTEN, *([PASSUNG] if mit_preis else [])}
    angebote = tuple(spalte.name for spalte in spalten)
    return tuple(
        Merkmalzeile(gruppe, name, werte, angebote, ist_preis=gruppe in preise, ist_summe=name in _SUMMEN)
        for gruppe, eigene in je_gruppe.items()
        for name in dict.fromkeys(name for werte in eigene for name in werte)
        if set(werte := tuple(werte.get(name, NICHTS) for werte in eigene)) != {NICHTS}
    )


def _werte(**texte: str) -> _Werte:
    return {name: Merkmalwert(text) for name, text in texte.items() if text}


def _preis(spalte: Vergleichsspalte, kriterien: Kriterien) -> _Werte:
    treffer = spalte.zeile.treffer
    je = "Tag" if kriterien.hilfeart.ist_stationaer else "Stunde"
    mehr = "" if treffer.bestprice or treffer.differenz is None else f"+{NBSP}{_euro(treffer.differenz)}"
    return {
        _SOLL: Merkmalwert(_euro(treffer.soll_entgelt), dazu=mehr, bestes="Bestpreis" if treffer.bestprice else ""),
        f"Entgelt je {je}": NICHTS
        if treffer.tagesentgelt is None
        else Merkmalwert(
            format_geld(treffer.tagesentgelt), dazu="wechselt im Zeitraum" if treffer.entgelt_wechselt else ""
        ),
        "günstigstes Drittel": Merkmalwert("ja")
        if treffer.im_guenstigsten_drittel
        else Merkmalwert("nein", dazu="Auswahl wird begründet" if treffer.verfuegbar else ""),
    }


def _euro(betrag: Decimal | None) -> str:
    return "–" if betrag is None else f"{format_zahl(betrag, 0)}{NBSP}€"


def _platz(spalte: Vergleichsspalte, kriterien: Kriterien) -> _Werte:
    zeile, treffer = spalte.zeile, spalte.zeile.treffer
    if zeile.nichtaufnahme:
        frei = f"keine Aufnahme: {zeile.nichtaufnahme.text}"
    elif treffer.verfuegbar:
        frei = anzahl(treffer.vakanzen, spalte.angebot.worte.eins, spalte.angebot.worte.viele)
    else:
        frei = "kein Entgelt" if treffer.vakanzen else "belegt"
    if not treffer.verfuegbar and zeile.frei:
        frei = f"{frei}, {zeile.frei.text}"
    ab = kriterien.beginn if treffer.verfuegbar else zeile.frei and zeile.frei.ab
    return {
        "Frei": Merkmalwert(frei),
        "Frei ab": Merkmalwert(format_datum(ab)) if ab else NICHTS,
        "Bestätigt": Merkmalwert(zeile.stand.text),
        "Weg": Merkmalwert(treffer.weg or "–"),
    }


def _passung(spalte: Vergleichsspalte, am_besten: int | None) -> _Werte:
    punkte = spalte.passung.punkte
    if punkte is None:
        return {}
    bestes = "passt am besten" if punkte == am_besten else ""
    teile = {
        teil.titel: Merkmalwert("–", dazu=teil.grund)
        if teil.punkte is None
        else Merkmalwert(f"{teil.punkte} von {teil.hoechstens}", teil.grund, teil.punkte, teil.hoechstens or 0)
        for teil in spalte.passung.bestandteile
    }
    return {_ZUSAMMEN: Merkmalwert(f"{punkte} von 100", "", punkte, 100, bestes), **teile}


def _angebot(spalte: Vergleichsspalte) -> _Werte:
    angebot = spalte.angebot
    werte = {
        "Hilfeart": spalte.zeile.treffer.hilfeart_name,
        "Gruppe": angebot.gruppe,
        "Hinweis": spalte.zeile.treffer.hinweis,
    }
    if Angebotsfeld.ALTER in angebot.felder:
        werte["Aufnahme"] = altersspanne(angebot.alter_von, angebot.alter_bis)
    if Angebotsfeld.GESCHLECHT in angebot.felder:
        werte["Geschlecht"] = str(angebot.get_geschlecht_display())
    werte |= {
        "Spezialisierungen": ", ".join(str(s) for s in angebot.spezialisierungen.all()),
        "Sprachen neben Deutsch": ", ".join(str(s) for s in angebot.fremdsprachen),
        "Barrierefrei": str(angebot.get_barrierefrei_display()) if angebot.barrierefrei else "",
        "Schule in der Nähe": angebot.schule,
        "Therapie in der Nähe": angebot.therapie,
        **dict(angebot.weitere),
        "Für wen nicht geeignet": angebot.ausschluss,
    }
    return _werte(**werte)


def _haus(spalte: Vergleichsspalte, kriterien: Kriterien) -> _Werte:
    treffer = spalte.zeile.treffer
    ort = ", ".join(dict.fromkeys(filter(None, (treffer.ort, spalte.zeile.kreis))))
    return {**_werte(Anbieter=treffer.anbieter, Ort=ort), **_erlaubnis(spalte, kriterien)}


def _erlaubnis(spalte: Vergleichsspalte, kriterien: Kriterien) -> _Werte:
    """The licence of the first day (§ 45 SGB VIII)."""
    wort = describe_lizenz(spalte.erlaubnis, spalte.angebot, kriterien.beginn)
    werte = {"Betriebserlaubnis": Merkmalwert(wort.gilt, dazu=wort.behoerde)}
    return werte | ({"Genehmigt": Merkmalwert(wort.plaetze, dazu=wort.alter)} if wort.plaetze else {})
