"""Offers of a result side by side, criterion by criterion, as of now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from shared_apps.catalogue.models import Angebotsfeld
from shared_apps.core.geld import NBSP, format_geld, format_zahl
from shared_apps.core.zahlwort import anzahl_jahre
from shared_apps.providers.models import Angebot
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


@dataclass(frozen=True, slots=True)
class Merkmalzeile:
    """One criterion with what each offer says to it, column by column. `ist_preis`: left out for families."""

    name: str
    werte: tuple[str, ...]
    angebote: tuple[str, ...]
    ist_preis: bool = False

    @property
    def paare(self) -> list[tuple[str, str]]:
        """Each value behind the name of its column."""
        return list(zip(self.angebote, self.werte, strict=True))


@dataclass(frozen=True, slots=True)
class Vergleich:
    """What is compared; `fehlen`: offers that were kept to be compared and do not fit the search any more."""

    spalten: tuple[Vergleichsspalte, ...] = ()
    fehlen: tuple[Angebot, ...] = ()
    zeilen: tuple[Merkmalzeile, ...] = field(default_factory=tuple)


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
    spalten = tuple(
        _spalte(kriterien, bedarf, gezeigt, zeile, angebote[zeile.angebot], gewichtung, name=name)
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
) -> Vergleichsspalte:
    beurteilt = build_angebot(
        angebot,
        zeile.entfernung_km,
        kriterien=kriterien,
        gewichtung=gewichtung,
        soll=zeile.soll,
        guenstigstes=zeile.guenstigstes,
    )
    return Vergleichsspalte(name, gezeigt, angebot, beurteilt, rules.passung(bedarf, beurteilt, gewichtung.gewichte))


def _zeilen(kriterien: Kriterien, spalten: Sequence[Vergleichsspalte]) -> tuple[Merkmalzeile, ...]:
    je = "Tag" if kriterien.hilfeart.ist_stationaer else "Stunde"
    namen: dict[str, bool] = {}
    werte: list[dict[str, str]] = []
    for spalte in spalten:
        eigene = {**_platz(spalte), **_preis(spalte, je), **_angebot(spalte), **_passung(spalte)}
        namen |= dict.fromkeys(eigene, False)
        werte.append(eigene)
    preise = {"Soll-Entgelt", "Differenz zum günstigsten", f"Entgelt je {je}", "günstigstes Drittel", "Passung: Preis"}
    if "Passung: Preis" in namen:  # then the score tells the price, too
        preise |= {name for name in namen if name.startswith("Passung")}
    namen_der_spalten = tuple(spalte.name for spalte in spalten)
    alle = [
        Merkmalzeile(
            name, tuple(eigene.get(name) or "–" for eigene in werte), namen_der_spalten, ist_preis=name in preise
        )
        for name in namen
    ]
    return tuple(zeile for zeile in alle if set(zeile.werte) != {"–"})


def _platz(spalte: Vergleichsspalte) -> dict[str, str]:
    zeile, treffer = spalte.zeile, spalte.zeile.treffer
    if zeile.nichtaufnahme:
        frei = f"keine Aufnahme: {zeile.nichtaufnahme.text}"
    elif treffer.verfuegbar:
        frei = str(treffer.vakanzen)
    else:
        frei = "kein Entgelt" if treffer.vakanzen else "belegt"
    if not treffer.verfuegbar and zeile.frei:
        frei = f"{frei}, {zeile.frei.text}"
    ort = ", ".join(filter(None, (treffer.ort, zeile.kreis)))
    return {"Anbieter": treffer.anbieter, "Ort": ort, "Frei": frei, "Bestätigt": zeile.stand.text, "Weg": treffer.weg}


def _preis(spalte: Vergleichsspalte, je: str) -> dict[str, str]:
    treffer = spalte.zeile.treffer
    wechselt = ", wechselt im Zeitraum" if treffer.entgelt_wechselt else ""
    return {
        "Soll-Entgelt": _euro(treffer.soll_entgelt),
        "Differenz zum günstigsten": "Bestpreis" if treffer.bestprice else _euro(treffer.differenz),
        f"Entgelt je {je}": "–" if treffer.tagesentgelt is None else f"{format_geld(treffer.tagesentgelt)}{wechselt}",
        "günstigstes Drittel": "ja" if treffer.im_guenstigsten_drittel else "nein",
    }


def _euro(betrag: Decimal | None) -> str:
    return "–" if betrag is None else f"{format_zahl(betrag, 0)}{NBSP}€"


def _angebot(spalte: Vergleichsspalte) -> dict[str, str]:
    angebot = spalte.angebot
    werte = {
        "Hilfeart": spalte.zeile.treffer.hilfeart_name,
        "Gruppe": angebot.gruppe,
        "Hinweis": spalte.zeile.treffer.hinweis,
    }
    if Angebotsfeld.ALTER in angebot.felder:
        werte["Aufnahme"] = f"{angebot.alter_von} bis {anzahl_jahre(angebot.alter_bis)}"
    if Angebotsfeld.GESCHLECHT in angebot.felder:
        werte["Geschlecht"] = str(angebot.get_geschlecht_display())
    return werte | {
        "Spezialisierungen": ", ".join(str(s) for s in angebot.spezialisierungen.all()),
        "Sprachen": ", ".join(str(s) for s in angebot.sprachen.all()),
        "Barrierefrei": str(angebot.get_barrierefrei_display()) if angebot.barrierefrei else "",
        "Schule in der Nähe": angebot.schule,
        "Therapie in der Nähe": angebot.therapie,
        **dict(angebot.weitere),
        "Für wen nicht geeignet": angebot.ausschluss,
    }


def _passung(spalte: Vergleichsspalte) -> dict[str, str]:
    punkte = spalte.passung.punkte
    if punkte is None:
        return {}
    teile = {
        f"Passung: {teil.titel}": "–" if teil.punkte is None else f"{teil.punkte} von {teil.hoechstens}: {teil.grund}"
        for teil in spalte.passung.bestandteile
    }
    return {"Passung": f"{punkte} von 100", **teile}
