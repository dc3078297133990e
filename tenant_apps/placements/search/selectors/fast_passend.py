"""Offers that one change of the question makes fit, with that change and what they cost then. As of now.

What an offer would have to be is asked as the search asks it (`list_geprueft`), with one thing less; its days, stops,
licences and rates come with it, and the pure rules decide. One statement, whatever is found; region and criteria of the
module are read before, where nobody hands them in.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from shared_apps.catalogue.models import Angebotsfeld, Kriterium
from shared_apps.catalogue.selectors import list_felder, list_kriterien
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.zahlwort import ab_alter, wie_alt
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum
from shared_apps.occupancy.models import NIE_ENDE
from shared_apps.providers.models import Angebot, Barrierefreiheit, Einrichtung
from shared_apps.providers.rules import VOLLJAEHRIG, mit_vorrang
from shared_apps.providers.selectors.entgelte import list_vereinbarte
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Reichweite
from tenant_apps.placements.models import Suche
from tenant_apps.placements.rules import Beinahe, Naehe
from tenant_apps.placements.search.selectors.geprueft import (
    in_region,
    in_umkreis,
    list_geprueft,
    list_mit_fehlendem,
    of_kind,
)
from tenant_apps.placements.search.selectors.kriterien import (
    LAENGSTENS_JAHRE,
    UMKREIS_KM_MAX,
    Kriterien,
    kriterien_of,
    without_bedarf,
)
from tenant_apps.placements.search.selectors.preise import compute_preis
from tenant_apps.placements.search.selectors.search import get_region
from tenant_apps.placements.search.selectors.umkreis import Grad, get_mitte
from tenants.context import keep_plans, require_schema

#: How many of the nearest offers are looked at for other days, and for age and reach: the cost does not grow with it.
DAVON_ZEIT, DAVON_SONST = 200, 50
#: Out of how many of the nearest houses that have an offer of the kind of help, within reach and beyond it: what a
#: house's offers lack is not asked of a whole state (ADR 0083).
HAEUSER_HIER, HAEUSER_DRAUSSEN = 300, 100
#: Until when a place is free that nobody has taken at any time.
FREI_OHNE_ENDE = NIE_ENDE - EIN_TAG


@dataclass(frozen=True, slots=True)
class FastPassend:
    """A near miss as a page shows it. `kriterien`: what would be asked; `soll` and `tage`: what it costs, how long."""

    naehe: Naehe
    angebot: UUID
    einrichtung: UUID
    name: str
    ort: str
    telefon: str
    entfernung_km: Decimal | None
    #: It is measured to the middle of the house's postcode.
    ist_ungefaehr: bool
    #: What is asked otherwise: the same of all that this change makes fit.
    titel: str
    wann: str
    warum: str
    knopf: str
    kriterien: Kriterien
    soll: Decimal
    tage: int
    #: Its kind of help, where several are looked through.
    hilfe: str = ""
    #: What an offer need not have then, as `Bedarf.schluessel`.
    ohne: str = ""
    #: How many offers this change makes fit, those among them that the page does not show.
    insgesamt: int = 1

    @property
    def was(self) -> str:
        """What its line says, where the change alone does not: how far it is, what it lacks."""
        return self.wann if self.naehe in {Naehe.OHNE, Naehe.WEITER} else ""

    @property
    def weg(self) -> str:
        """How far it is, in words."""
        return rules.describe_weg(self.entfernung_km, ungefaehr=self.ist_ungefaehr)

    @property
    def fragt_das_haus(self) -> bool:
        """Nothing is to be searched again: the house may make an exception, or a birthday does it."""
        return self.naehe == Naehe.ALTER


@dataclass(frozen=True, slots=True)
class Suchaenderung:
    """One change of the question and what it makes fit: one click for all of them. At least one offer."""

    angebote: tuple[FastPassend, ...]

    @property
    def erste(self) -> FastPassend:
        """The best of them; titel, button and criteria are those of all."""
        return self.angebote[0]

    @property
    def weitere(self) -> int:
        """How many more it makes fit than are shown."""
        return self.erste.insgesamt - len(self.angebote)


def group_fast_passend(fast_passend: Sequence[FastPassend]) -> list[Suchaenderung]:
    """The same change once, in the order of its best offer."""
    je_aenderung: dict[str, list[FastPassend]] = {}
    for eintrag in fast_passend:
        je_aenderung.setdefault(eintrag.titel, []).append(eintrag)
    return [Suchaenderung(tuple(angebote)) for angebote in je_aenderung.values()]


@dataclass(frozen=True, slots=True)
class _Zeile:
    """A row of the statement."""

    teil: str
    angebot: UUID
    hilfeart: UUID
    alter_von: int
    alter_bis: int
    ab: date | None
    bis: date | None
    einrichtung: UUID
    name: str
    ort: str
    telefon: str
    breite: Decimal | None
    laenge: Decimal | None
    haus_bis: date | None
    anbieter_bis: date | None
    kreis: str
    #: The key of what it lacks, a semicolon behind it.
    fehlt: str
    fehlt_name: str
    barrierefrei: str
    ist_ungefaehr: bool
    nachbar: bool
    frei_ab: date | None
    frei_bis: date | None
    stopps: list[Any]
    erlaubnisse: list[Any]
    saetze: list[Any] | None
    betraege: list[Decimal] | None
    eigen: list[bool] | None

    @property
    def ohne(self) -> str:
        """The key of what it lacks."""
        return self.fehlt.removesuffix(";")

    @property
    def preis(self) -> list[tuple[Zeitraum, Decimal]]:
        """The rates that the office pays."""
        alle: tuple[list, list] = ([], [])
        for zeit, betrag, eigen in zip(self.saetze or (), self.betraege or (), self.eigen or (), strict=True):
            alle[eigen].append((Zeitraum.from_range(zeit), betrag))
        return mit_vorrang(*alle)

    @property
    def enden(self) -> list[date]:
        """First days on which the offer, its house or its provider are none any more."""
        return [bis for bis in (self.bis, self.haus_bis, self.anbieter_bis) if bis is not None]


def list_fast_passend(
    suche: Suche, *, region: Gebietskoerperschaft | None = None, erklaert: Sequence[Kriterium] | None = None
) -> list[FastPassend]:
    """Near misses of a search, as `rules.choose_fast_passend` puts them. One statement, and one for each thing that the
    caller has not read: the district, the criteria of the module. None for a search that cannot be made any more.
    """
    kriterien = kriterien_of(suche)
    if erklaert is None:
        erklaert = list_kriterien(modul_id=kriterien.hilfeart.modul_id)
    try:
        region = region or get_region(kriterien.region)
        mitte = get_mitte(kriterien, region)
        zeilen = _read(kriterien, region, erklaert, mitte)
    except RegelVerletzt:
        return []
    gefunden = {}
    for zeile in zeilen:
        for eintrag, neu in _changes(suche, kriterien, mitte, zeile, erklaert):
            preis = compute_preis(neu, zeile.preis)
            if preis is not None:
                gefunden[eintrag] = (zeile, neu, preis.soll)
    alle = rules.list_je_angebot(kriterien.rechenzeitraum, list(gefunden))
    namen = {k.code: k.name for k in erklaert}
    worte = {eintrag: _words(suche, eintrag, *gefunden[eintrag][:2], namen) for eintrag in alle}
    je_aenderung = Counter(titel for titel, *_ in worte.values())
    return [
        _describe(suche, eintrag, *gefunden[eintrag], worte[eintrag], insgesamt=je_aenderung[worte[eintrag][0]])
        for eintrag in rules.choose_fast_passend(alle)
    ]


def change_kriterien(suche: Suche, **changes: Any) -> Kriterien:
    """The criteria of a search with other days or another reach. The age is that of the new first day, where it was the
    person's on the old one.
    """
    kriterien = kriterien_of(suche, **changes)
    if suche.klient is None or suche.alter is None or kriterien.beginn == suche.beginn:
        return kriterien
    try:
        war = rules.alter_am(suche.klient.geburtsdatum, suche.beginn)
        wird = rules.alter_am(suche.klient.geburtsdatum, kriterien.beginn)
    except rules.PlanwertError:
        return kriterien
    return replace(kriterien, alter=wird) if war == suche.alter else kriterien


# --- what would have to be asked otherwise --------------------------------------------------------------------------


def _changes(
    suche: Suche, kriterien: Kriterien, mitte: Grad | None, zeile: _Zeile, erklaert: Sequence[Kriterium]
) -> Iterator[tuple[Beinahe, Kriterien]]:
    """Each single change after which the offer fits, with the criteria it is found by then."""
    km = _km(mitte, zeile)
    if zeile.teil != Naehe.SPAETER:
        neu = without_bedarf(kriterien, zeile.ohne)
        if zeile.teil == Naehe.WEITER:
            neu = _farther(kriterien, zeile, km)
        yield Beinahe(zeile.angebot, Naehe(zeile.teil), kriterien.rechenzeitraum, km), neu
        return
    if ab := _later(kriterien, zeile):
        neu = change_kriterien(suche, beginn=ab)
        if neu.alter == kriterien.alter or _takes(neu, zeile, erklaert):
            yield Beinahe(zeile.angebot, Naehe.SPAETER, _rest(kriterien, neu), km), neu
    if bis := _shorter(kriterien, zeile):
        neu = replace(kriterien, ende=bis, ohne_ende=False)
        yield Beinahe(zeile.angebot, Naehe.KUERZER, _rest(kriterien, neu), km), neu


def _rest(kriterien: Kriterien, neu: Kriterien) -> Zeitraum:
    """What is left of the days asked for; of a help until further notice, of those that are planned with."""
    return Zeitraum.from_inclusive(neu.beginn, min(neu.ende, kriterien.ende))


def _later(kriterien: Kriterien, zeile: _Zeile) -> date | None:
    """The first later day from which the offer fits to the end of the period."""
    zeitraum, saetze = kriterien.zeitraum, zeile.preis
    if (
        zeile.frei_ab is None
        or not saetze
        or any(kriterien.ohne_ende or bis < kriterien.ende for bis in _letzte(zeile))
    ):
        return None
    frueheste = [zeile.frei_ab, saetze[0][0].beginn] + ([zeile.ab] if zeile.ab else [])
    ab = rules.erster_tag(max(frueheste), _zeiten(zeile.stopps), _licences(kriterien, zeile))
    return ab if ab and zeitraum.beginn < ab <= kriterien.ende else None


def _shorter(kriterien: Kriterien, zeile: _Zeile) -> date | None:
    """The last earlier day to which the offer fits from the beginning on."""
    beginn, saetze = kriterien.beginn, zeile.preis
    if zeile.frei_bis is None or not saetze or saetze[0][0].beginn > beginn or (zeile.ab and zeile.ab > beginn):
        return None
    erlaubt = _licences(kriterien, zeile)
    if erlaubt is not None and not any(beginn in zeit for zeit in erlaubt):
        return None
    bis = min([zeile.frei_bis, *_letzte(zeile)])
    if not beginn <= bis < (FREI_OHNE_ENDE if kriterien.ohne_ende else kriterien.ende):
        return None
    return min(bis, date(beginn.year + LAENGSTENS_JAHRE, 12, 31))


def _letzte(zeile: _Zeile) -> list[date]:
    return [Zeitraum(date.min, ende).letzter_tag or date.max for ende in zeile.enden]


def _licences(kriterien: Kriterien, zeile: _Zeile) -> list[Zeitraum] | None:
    """When somebody may be taken in; None where no licence is needed (§ 45 SGB VIII)."""
    if not kriterien.of_kind(zeile.hilfeart).hilfeart.erlaubnispflichtig or zeile.alter_von >= VOLLJAEHRIG:
        return None
    return _zeiten(zeile.erlaubnisse)


def _zeiten(ranges: Sequence[Any]) -> list[Zeitraum]:
    return [Zeitraum.from_range(zeit) for zeit in ranges if not zeit.isempty]


def _takes(kriterien: Kriterien, zeile: _Zeile, erklaert: Sequence[Kriterium]) -> bool:
    """Whether the offer takes this age, where its kind of help asks for one."""
    if kriterien.alter is None or Angebotsfeld.ALTER not in list_felder(k for k in erklaert if k.filtert):
        return True
    return zeile.alter_von <= kriterien.alter <= zeile.alter_bis


def _km(von: Grad | None, zeile: _Zeile) -> Decimal | None:
    if von is None or zeile.breite is None or zeile.laenge is None:
        return None
    return rules.entfernung_km(von, (float(zeile.breite), float(zeile.laenge)))


def _statewide(kriterien: Kriterien) -> Kriterien:
    return replace(kriterien, reichweite=Reichweite.LAND.value, umkreis_plz="", umkreis_km=None)


def _farther(kriterien: Kriterien, zeile: _Zeile, km: Decimal | None) -> Kriterien:
    """The next reach in which the house lies: a wider circle, the neighbours, the state."""
    if kriterien.ist_umkreis and km is not None and km <= UMKREIS_KM_MAX:
        return replace(kriterien, umkreis_km=math.ceil(km))
    if zeile.nachbar and kriterien.reichweite == Reichweite.EIGENE:
        return replace(kriterien, reichweite=Reichweite.NACHBARN.value)
    return _statewide(kriterien)


# --- words ----------------------------------------------------------------------------------------------------------

#: What is asked otherwise, what the line of an offer says, why, and the button.
_Worte = tuple[str, str, str, str]


def _tag(tag: date, suche: Suche) -> str:
    """On a button: with its year where that is not the one the search begins in."""
    return f"{tag:%d.%m.}" if tag.year == suche.beginn.year else format_datum(tag)


def _describe(
    suche: Suche, eintrag: Beinahe, zeile: _Zeile, neu: Kriterien, soll: Decimal, worte: _Worte, *, insgesamt: int
) -> FastPassend:
    titel, wann, warum, knopf = worte
    ort = f"{zeile.ort} ({zeile.kreis})" if zeile.kreis != suche.region else zeile.ort
    return FastPassend(
        naehe=eintrag.naehe, angebot=eintrag.angebot, einrichtung=zeile.einrichtung, name=zeile.name, ort=ort,
        telefon=zeile.telefon, entfernung_km=eintrag.entfernung_km, ist_ungefaehr=zeile.ist_ungefaehr,
        titel=titel, wann=wann, warum=warum, knopf=knopf, kriterien=neu, insgesamt=insgesamt,
        soll=soll, tage=neu.planzeitraum.tage, hilfe=neu.describe_hilfeart(zeile.hilfeart), ohne=zeile.ohne,
    )  # fmt: skip


def _words(suche: Suche, eintrag: Beinahe, zeile: _Zeile, neu: Kriterien, merkmale: dict[str, str]) -> _Worte:
    """What is asked otherwise, when it is free or what is in the way, why, and the button."""
    if eintrag.naehe == Naehe.SPAETER:
        wann = f"frei ab {format_datum(neu.beginn)}"
        return wann, wann, _why_later(suche, zeile), f"Ab {_tag(neu.beginn, suche)} suchen"
    if eintrag.naehe == Naehe.KUERZER:
        wann = f"frei bis {format_datum(neu.ende)}"
        return wann, wann, "", f"Bis {_tag(neu.ende, suche)} suchen"
    if eintrag.naehe == Naehe.OHNE:
        ohne, wann, gesagt = _lacks(zeile, merkmale)
        return f"ohne {ohne}", wann, gesagt, f"Ohne {ohne} suchen"
    if eintrag.naehe == Naehe.ALTER:
        wann = _age(suche, zeile)
        return f"Alter {wann}", wann, _birthday(suche, zeile), "Haus fragen"
    weit = _distance(eintrag.entfernung_km, suche.umkreis_km, ungefaehr=zeile.ist_ungefaehr)
    wo, knopf = _where(neu)
    return wo, weit, "", knopf


def _why_later(suche: Suche, zeile: _Zeile) -> str:
    stopp = next((zeit for zeit in _zeiten(zeile.stopps) if suche.beginn in zeit), None)
    if stopp and stopp.letzter_tag:
        return f"Aufnahmestopp bis {format_datum(stopp.letzter_tag)}"
    return "bis dahin belegt" if zeile.frei_ab and zeile.frei_ab > suche.beginn else ""


def _lacks(zeile: _Zeile, merkmale: dict[str, str]) -> tuple[str, str, str]:
    """What is not asked for any more, what the offer says of it, and how. `merkmale`: names of criteria by code."""
    grund, _, code = zeile.ohne.partition(":")
    if grund == rules.Ausschluss.BARRIERE:
        teilweise = zeile.barrierefrei == Barrierefreiheit.TEILWEISE
        gesagt = "" if zeile.barrierefrei else "keine Angabe dazu"
        return "Barrierefreiheit", f"{'nur teilweise' if teilweise else 'nicht'} barrierefrei", gesagt
    if grund == rules.Ausschluss.MERKMAL:
        name = merkmale.get(code, code)
        return f"„{name}“", f"passt nicht bei „{name}“", ""
    if not code:
        return "Spezialisierung", "bietet keine der Spezialisierungen an", ""
    return zeile.fehlt_name, f"bietet {zeile.fehlt_name} nicht an", ""


def _age(suche: Suche, zeile: _Zeile) -> str:
    if suche.alter is not None and suche.alter < zeile.alter_von:
        return ab_alter(zeile.alter_von)
    return f"bis {wie_alt(zeile.alter_bis)}"


def _birthday(suche: Suche, zeile: _Zeile) -> str:
    """The birthday that makes the person old enough, when it is within the period."""
    if suche.klient is None or suche.alter is None or suche.alter >= zeile.alter_von:
        return ""
    tag = rules.geburtstag(suche.klient.geburtsdatum, zeile.alter_von)
    noch_dabei = suche.beginn < tag and (suche.endet_am is None or tag <= suche.endet_am)
    return f"{zeile.alter_von}. Geburtstag am {format_datum(tag)}" if noch_dabei else ""


def _where(neu: Kriterien) -> tuple[str, str]:
    """Where is searched then, and the button."""
    if neu.ist_umkreis:
        return f"im Umkreis von {neu.umkreis_km} km", f"Umkreis {neu.umkreis_km} km"
    if neu.reichweite == Reichweite.NACHBARN:
        return "mit den Nachbarkreisen", "Mit Nachbarkreisen suchen"
    return "landesweit", "Landesweit suchen"


def _distance(km: Decimal | None, umkreis: int | None, *, ungefaehr: bool) -> str:
    if km is None:
        return "außerhalb des Suchgebiets"
    if umkreis is not None:
        return f"{rules.describe_weg(Decimal(math.ceil(km) - umkreis), ungefaehr=ungefaehr)} weiter"
    return f"{rules.describe_weg(km, ungefaehr=ungefaehr)} entfernt"


# --- the statement --------------------------------------------------------------------------------------------------

#: The nearest first, as on a plain: the order in which offers are looked at, not a distance anybody reads.
_WEG = """
 ORDER BY power((z.breite - %s::numeric)::float8, 2)
          + power((z.laenge - %s::numeric)::float8 * cos(radians(%s::float8)), 2) NULLS LAST, z.id LIMIT %s
"""
_HAUS = " {name} AS MATERIALIZED (SELECT z.id FROM ({haeuser}) z {weg})"
_TEIL = " {name} AS MATERIALIZED (SELECT z.*, '{naehe}' AS teil FROM ({geprueft}) z {weg})"
#: Each offer's list is made once: without OFFSET the planner would put what makes it wherever it is read.
_FEHLT_EINES = """
SELECT q.* FROM ({geprueft} OFFSET 0) q WHERE q.fehlt <> '' AND strpos(q.fehlt, ';') = length(q.fehlt)
"""
_ZEILEN = """
, alle AS ({alle}),
frei AS (
  SELECT * FROM occupancy_frei_ab_bis(ARRAY(SELECT id FROM alle), daterange(%s::date, %s::date))),
vereinbart AS (
  SELECT s.angebot_id, min(lower(s.gueltig)) AS ab, array_agg(s.gueltig) AS saetze, array_agg(s.betrag) AS betraege,
         array_agg(s.jugendamt_id IS NOT NULL) AS eigen
    FROM ({saetze}) s JOIN alle ON alle.id = s.angebot_id GROUP BY s.angebot_id)
SELECT alle.teil, alle.id, alle.hilfeart_id, alle.alter_von::integer, alle.alter_bis::integer, lower(alle.gueltig),
       upper(alle.gueltig), alle.haus, alle.haus_name::text, alle.ort::text, alle.telefon::text,
       coalesce(alle.breite, p.breite)::numeric, coalesce(alle.laenge, p.laenge)::numeric,
       alle.haus_bis, alle.anbieter_bis, alle.kreis::text, alle.fehlt::text,
       coalesce((SELECT s.name FROM catalogue_spezialisierung s WHERE 'SPEZIALISIERUNG:' || s.code || ';' = alle.fehlt),
                (SELECT s.name FROM catalogue_sprache s WHERE 'SPRACHE:' || s.code || ';' = alle.fehlt), '')::text,
       alle.barrierefrei::text, p.plz IS NOT NULL, alle.nachbar, f.frei_ab, f.frei_bis,
       ARRAY(SELECT t.zeitraum FROM occupancy_aufnahmestopp t
              WHERE t.angebot_id = alle.id AND t.aufgehoben_at IS NULL ORDER BY t.zeitraum),
       ARRAY(SELECT daterange(coalesce(l.gueltig_ab, l.datum), l.gueltig_bis) FROM providers_betriebserlaubnis l
              WHERE l.einrichtung_id = alle.haus),
       v.saetze, v.betraege, v.eigen
  FROM alle LEFT JOIN regions_postleitzahl p ON p.plz = alle.plz AND alle.breite + alle.laenge IS NULL
  JOIN frei f ON f.angebot_id = alle.id JOIN vereinbart v ON v.angebot_id = alle.id
 WHERE CASE WHEN alle.teil = 'SPAETER'
            THEN (f.frei_ab IS NOT NULL OR f.frei_bis IS NOT NULL)
                 AND (alle.grund <> '' OR f.frei_ab IS DISTINCT FROM %s::date OR v.ab > %s::date)
            ELSE f.frei_ab = %s::date END
"""
#: What is read of each offer and its house.
_VON = ("id", "hilfeart_id", "grund", "nachbar", "fehlt", "barrierefrei", "alter_von", "alter_bis", "gueltig")
_VOM_HAUS = {
    "haus": F("einrichtung"),
    "haus_name": F("einrichtung__name"),
    "ort": F("einrichtung__ort"),
    "plz": F("einrichtung__plz"),
    "telefon": F("einrichtung__telefon"),
    "breite": F("einrichtung__breite"),
    "laenge": F("einrichtung__laenge"),
    "haus_bis": F("einrichtung__gueltig_bis"),
    "anbieter_bis": F("einrichtung__anbieter__gueltig_bis"),
    "kreis": F("einrichtung__gebietskoerperschaft__kuerzel"),
}


def _read(
    kriterien: Kriterien, region: Gebietskoerperschaft, erklaert: Sequence[Kriterium], mitte: Grad | None
) -> list[_Zeile]:
    """The offers that may be one change away, those that later or shorter days change with the part SPAETER."""
    teile, params = [], []
    breite, laenge = mitte or (None, None)
    ort = [breite, laenge, breite]
    for name, haeuser, davon in _list_haeuser(kriterien, region, mitte):
        sql, werte = haeuser.order_by().values("id", "breite", "laenge").query.sql_with_params()
        teile.append(_HAUS.format(name=name, haeuser=sql, weg=_WEG))
        params += [*werte, *ort, davon]
    namen = []
    for nummer, (naehe, (angebote, davon)) in enumerate(_parts(kriterien, region, erklaert, mitte).items()):
        sql, werte = angebote.order_by().values(*_VON, **_VOM_HAUS).query.sql_with_params()
        if naehe == Naehe.OHNE:
            sql = _FEHLT_EINES.format(geprueft=sql)
        namen.append(f"teil{nummer}")
        teile.append(_TEIL.format(name=namen[-1], naehe=naehe, geprueft=sql, weg=_WEG))
        params += [*werte, *ort, davon]
    alle = " UNION ALL ".join(f"SELECT * FROM {name}" for name in namen)  # noqa: S608
    saetze, werte = (
        list_vereinbarte(einheit=kriterien.hilfeart.einheit, schema=require_schema())
        .order_by()
        .values("angebot_id", "jugendamt_id", "gueltig", "betrag")
        .query.sql_with_params()
    )
    zeitraum = kriterien.zeitraum
    params += [zeitraum.beginn, zeitraum.ende or NIE_ENDE, *werte, zeitraum.beginn, zeitraum.beginn, zeitraum.beginn]
    with connection.cursor() as cursor:
        keep_plans(cursor)
        cursor.execute("WITH" + ",".join(teile) + _ZEILEN.format(alle=alle, saetze=saetze), params)
        return [_Zeile(*row) for row in cursor.fetchall()]


#: Names of the lists of houses in the statement.
_HIER, _DRAUSSEN = "hier", "draussen"


def _list_haeuser(
    kriterien: Kriterien, region: Gebietskoerperschaft, mitte: Grad | None
) -> Iterator[tuple[str, QuerySet[Einrichtung], int]]:
    """Houses with an offer of the kind of help, within reach and beyond it, each with how many of the nearest."""
    bietet = Angebot.objects.filter(of_kind(kriterien), einrichtung=OuterRef("pk"))
    haeuser = Einrichtung.objects.filter(Exists(bietet))
    if kriterien.ist_umkreis:
        hier = in_umkreis(kriterien, mitte, haus="")
    else:
        hier = in_region(kriterien.reichweite, region, wo="gebietskoerperschaft")
    yield _HIER, haeuser.filter(hier), HAEUSER_HIER
    if kriterien.reichweite != Reichweite.LAND:
        land = in_region(Reichweite.LAND, region, wo="gebietskoerperschaft")
        yield _DRAUSSEN, haeuser.filter(land).filter(~hier), HAEUSER_DRAUSSEN


def _in(name: str) -> Q:
    """Offers of the houses of a list."""
    return Q(einrichtung__in=RawSQL(f"SELECT id FROM {name}", []))  # noqa: S608, S611 - constants only


def _parts(
    kriterien: Kriterien, region: Gebietskoerperschaft, erklaert: Sequence[Kriterium], mitte: Grad | None
) -> dict[str, tuple[QuerySet[Any], int]]:
    """What is looked at, by what would be changed, each with how many of it."""
    nachbar = ExpressionWrapper(in_region(Reichweite.NACHBARN, region), output_field=BooleanField())
    hat_alles, hiesig = {"fehlt": Value("")}, {"nachbar": Value(True)}
    hier = list_geprueft(kriterien, region, erklaert=erklaert, mitte=mitte).filter(_in(_HIER))
    faengt_an = [rules.Ausschluss.ERLAUBNIS.value, rules.Ausschluss.ZEITRAUM.value]
    anders = hier.filter(grund__in=["", *faengt_an])
    teile = {Naehe.SPAETER.value: (anders.annotate(**hat_alles, **hiesig), DAVON_ZEIT)}
    ohne = list_mit_fehlendem(kriterien, region, erklaert=erklaert, mitte=mitte)
    if ohne is not None:
        teile[Naehe.OHNE.value] = (ohne.filter(_in(_HIER), grund="").annotate(**hiesig), DAVON_SONST)
    if kriterien.alter is not None and Angebotsfeld.ALTER in list_felder(k for k in erklaert if k.filtert):
        jahr = Q(alter_von=kriterien.alter + 1) | Q(alter_bis=kriterien.alter - 1)
        egal = list_geprueft(replace(kriterien, alter=None), region, erklaert=erklaert, mitte=mitte).filter(_in(_HIER))
        teile[Naehe.ALTER.value] = (egal.filter(jahr, grund="").annotate(**hat_alles, **hiesig), DAVON_SONST)
    if kriterien.reichweite != Reichweite.LAND:
        weit = list_geprueft(_statewide(kriterien), region, erklaert=erklaert)
        draussen = weit.filter(_in(_DRAUSSEN), grund="")
        teile[Naehe.WEITER.value] = (draussen.annotate(**hat_alles, nachbar=nachbar), DAVON_SONST)
    return teile
