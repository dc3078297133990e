"""The statement: which offers are looked at, out of which houses, and what is read of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from shared_apps.catalogue.models import Angebotsfeld, Kriterium
from shared_apps.catalogue.selectors import list_felder
from shared_apps.occupancy.models import NIE_ENDE
from shared_apps.providers.models import Angebot, Einrichtung
from shared_apps.providers.selectors.entgelte import list_vereinbarte
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Reichweite
from tenant_apps.placements.rules import Naehe
from tenant_apps.placements.search.selectors.fast_passend.aenderungen import statewide
from tenant_apps.placements.search.selectors.fast_passend.zeile import Zeile
from tenant_apps.placements.search.selectors.geprueft import (
    in_region,
    in_umkreis,
    list_geprueft,
    list_mit_fehlendem,
    of_kind,
)
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.umkreis import Grad
from tenants.context import keep_plans, require_schema

#: How many of the nearest offers are looked at for other days, and for age and reach: the cost does not grow with it.
DAVON_ZEIT, DAVON_SONST = 200, 50
#: Out of how many of the nearest houses that have an offer of the kind of help, within reach and beyond it: what a
#: house's offers lack is not asked of a whole state (ADR 0083).
HAEUSER_HIER, HAEUSER_DRAUSSEN = 300, 100

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


def read_zeilen(
    kriterien: Kriterien, region: Gebietskoerperschaft, erklaert: Sequence[Kriterium], mitte: Grad | None
) -> list[Zeile]:
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
        return [Zeile(*row) for row in cursor.fetchall()]


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
        weit = list_geprueft(statewide(kriterien), region, erklaert=erklaert)
        draussen = weit.filter(_in(_DRAUSSEN), grund="")
        teile[Naehe.WEITER.value] = (draussen.annotate(**hat_alles, nachbar=nachbar), DAVON_SONST)
    return teile
