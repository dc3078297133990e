"""The search itself, as one statement: what speaks against each offer, what is free, what it costs, how far it is.

The pure rules are its oracle: `list_ausschluesse`, `entgelte_im_zeitraum`, `soll_entgelt_aufgeteilt`, `raenge`,
`entfernung_km` (tests/tenant_apps/placements/test_search__oracle.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet

from shared_apps.catalogue.models import Kriterium
from shared_apps.catalogue.selectors import list_kriterien
from shared_apps.providers.selectors.entgelte import list_vereinbarte
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Reichweite
from tenant_apps.placements.rules import Ausschluss
from tenant_apps.placements.search.selectors import passung
from tenant_apps.placements.search.selectors.geprueft import list_zeilen
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.treffer import (
    ALLES,
    FACETTEN,
    MIT_FREI_AB,
    TRIFFT_TEXT,
    Eingrenzung,
    Sortierung,
    order_sql,
)
from tenant_apps.placements.search.selectors.umkreis import Grad, get_mitte
from tenants.context import keep_plans, require_schema


@dataclass(frozen=True, slots=True)
class Marktzeile:
    """An offer that fits what was asked for. `grund`: why it cannot be reserved all the same, "" when it can.

    satz: the rate of the first day; exakt, soll: the planned amount, exact and in full euro; None without a rate.
    rang exists among those that can be reserved: guenstigstes is the least of their amounts, reservierbar their number.
    """

    angebot: UUID
    angebot_name: str
    geschlecht: str
    hinweis: str
    bestaetigt_at: datetime | None
    gemeldet_at: datetime | None
    einrichtung: UUID
    einrichtung_name: str
    ort: str
    anbieter: UUID
    anbieter_name: str
    kreis: str
    grund: str
    frei: int
    satz: Decimal | None
    saetze: int | None
    exakt: Decimal | None
    soll: Decimal | None
    rang: int | None
    guenstigstes: Decimal | None
    reservierbar: int
    entfernung_km: Decimal | None
    #: It is measured to the middle of the house's postcode.
    ist_ungefaehr: bool
    passung: int | None
    hilfeart: UUID


@dataclass(frozen=True, slots=True)
class Markt:
    """What a search found, as of now: lines in the order asked for, and the counts of all of it.

    je_grund: offers looked at, by the first reason against each; "" counts those that can be reserved. anzahl: lines
    that the filter leaves; frei: those of them that can be reserved. facetten: how many each choice of the filter
    leaves, with what else is chosen.
    """

    zeilen: tuple[Marktzeile, ...]
    je_grund: Mapping[str, int]
    anzahl: int
    frei: int
    facetten: Mapping[str, int]


#: With `geprueft` in front. Own rates go before those of all from their first day on (`mit_vorrang`); of each only its
#: beginning counts, it goes on until the next (`entgelte_im_zeitraum`). What is known of an offer is put together by
#: FULL JOINs, though what is free and what has a price is of what fits: they are done by hashing alone; of any other
#: join the planner takes one side for a row or two, and would go through all of it for each offer.
#: Of `grund` it knows nothing and would take one of two hundred for fitting; of a CASE it takes half.
#: Rates are read for what is free alone, offer by offer (`bepreist`, ADR 0099): most of what fits is taken, and its
#: amount is seen by nobody but who asks for all lines.
_SQL = """
WITH geprueft AS MATERIALIZED ({geprueft}),
passend AS (SELECT id, einheit, menge, je FROM geprueft WHERE CASE grund WHEN '' THEN TRUE ELSE FALSE END),
vakanzen AS MATERIALIZED (
  SELECT angebot_id, frei
    FROM occupancy_freie_angebote(ARRAY(SELECT id FROM passend), daterange(%(beginn)s::date, %(ende)s::date))),
gestoppt AS (
  SELECT angebot_id FROM occupancy_aufnahmestopp
   WHERE aufgehoben_at IS NULL AND zeitraum @> %(beginn)s::date),
bepreist AS MATERIALIZED ({bepreist}),
vereinbart AS (
  SELECT s.angebot_id, lower(s.gueltig) AS ab, s.betrag, s.jugendamt_id IS NOT NULL AS eigen, p.menge, p.je
    FROM bepreist p CROSS JOIN LATERAL (
         SELECT * FROM ({saetze}) r WHERE r.angebot_id = p.id AND r.einheit = p.einheit OFFSET 0) s),
eigene AS (SELECT angebot_id, min(ab) AS ab FROM vereinbart WHERE eigen GROUP BY angebot_id),
geltend AS (
  SELECT v.angebot_id, v.ab, v.betrag, v.menge, v.je, lead(v.ab) OVER (PARTITION BY v.angebot_id ORDER BY v.ab) AS bis
    FROM vereinbart v LEFT JOIN eigene e ON e.angebot_id = v.angebot_id
   WHERE v.eigen OR e.ab IS NULL OR v.ab < e.ab),
preise AS (
  SELECT angebot_id, (array_agg(betrag ORDER BY ab))[1] AS satz, count(*)::integer AS saetze,
         round(sum(betrag * (least(bis, %(plan_ende)s::date) - greatest(ab, %(plan_beginn)s::date)))
               * menge / je, {stellen}) AS exakt
    FROM geltend WHERE ab < %(plan_ende)s AND (bis IS NULL OR bis > %(plan_beginn)s)
   GROUP BY angebot_id, menge, je HAVING min(ab) <= %(plan_beginn)s),
zeilen AS MATERIALIZED (
  SELECT p.id, CASE WHEN p.id IN (SELECT angebot_id FROM gestoppt) THEN 'STOPP' WHEN v.frei IS NULL THEN 'BELEGT'
                    WHEN r.exakt IS NULL THEN 'ENTGELT' ELSE '' END AS grund,
         coalesce(v.frei, 0) AS frei, r.satz, r.saetze, r.exakt, ceil(r.exakt) AS soll
    FROM passend p FULL JOIN vakanzen v ON v.angebot_id = p.id FULL JOIN preise r ON r.angebot_id = p.id)
"""
#: Whose rates are read: of what is free, or of all that fits.
_FREIE = "SELECT p.id, p.einheit, p.menge, p.je FROM passend p JOIN vakanzen v ON v.angebot_id = p.id"
_ALLE = "SELECT id, einheit, menge, je FROM passend"
_STRECKE = """
  round((2 * 6371.0088 * asin(sqrt(least(1.0, power(sin(radians({o}.breite - %(breite)s::numeric) / 2), 2)
    + cos(radians(%(breite)s::numeric)) * cos(radians({o}.breite))
    * power(sin(radians({o}.laenge - %(laenge)s::numeric) / 2), 2)))))::numeric, 1)"""
#: Kilometres in a straight line (`rules.entfernung_km`) from the district's seat, or from the middle of the postcode
#: that is searched around, to the house; to the middle of its postcode, where it has no coordinates.
_KM = """
CASE WHEN %(breite)s::numeric + %(laenge)s::numeric IS NULL THEN NULL
     WHEN g.breite + g.laenge IS NOT NULL THEN {haus}
     ELSE (SELECT {plz} FROM regions_postleitzahl p WHERE p.plz = g.plz) END
""".format(haus=_STRECKE.format(o="g"), plz=_STRECKE.format(o="p"))  # noqa: S608
#: Lines that can be shown or counted, where those that cannot be reserved are left out (a CASE: as above).
_RESERVIERBAR = "CASE z.grund WHEN '' THEN TRUE ELSE FALSE END"
#: Behind the statement of `zeilen`: each line with its place among all others and its distance; the fit, the dearest of
#: all, only of lines that are shown, unless they are sorted by it. What comes out has types of its own: a plan that is
#: kept (`keep_plans`) would fail in every session that has it once a release makes a column longer.
_MARKT = """,
lage AS (
  SELECT z.grund, z.frei, z.satz, z.saetze, z.exakt, z.soll, g.id, g.name, g.geschlecht, g.alter_von, g.alter_bis,
         g.hinweis, g.vakanz_bestaetigt_at, g.vakanz_gemeldet_at, g.haus, g.haus_name, g.ort,
         g.traeger AS anbieter, g.anbieter_name, g.kreis, g.hilfeart, {km} AS km,
         g.breite + g.laenge IS NULL AS ungefaehr, {trifft} AS trifft,
         CASE WHEN g.vakanz_gemeldet_at IS NULL AND g.vakanz_bestaetigt_at < %(morgen)s
              THEN g.vakanz_bestaetigt_at END AS stand
    FROM zeilen z JOIN geprueft g ON g.id = z.id WHERE {gebraucht}),
markt AS MATERIALIZED (
  SELECT l.*, CASE WHEN grund = '' THEN rank() OVER (PARTITION BY grund = '' ORDER BY soll) END AS rang,
         min(soll) FILTER (WHERE grund = '') OVER () AS guenstigstes,
         count(*) FILTER (WHERE grund = '') OVER () AS reservierbar
    FROM lage l),
gezaehlt AS (
  SELECT (SELECT jsonb_object_agg(grund, zahl)::text FROM ({zahlen}) j) AS je_grund, {gezaehlt} FROM markt m),
seite AS (SELECT * FROM ({zu_ordnen}) m WHERE {filter} ORDER BY {ordnung} LIMIT %(hoechstens)s OFFSET %(ab)s)
SELECT g.*, m.id, m.name::text, m.geschlecht::text, m.hinweis::text, m.vakanz_bestaetigt_at, m.vakanz_gemeldet_at,
       m.haus, m.haus_name::text, m.ort::text, m.anbieter, m.anbieter_name::text, m.kreis::text, m.grund, m.frei,
       m.satz, m.saetze, m.exakt, m.soll, m.rang, m.guenstigstes, m.reservierbar, m.km,
       m.km IS NOT NULL AND m.ungefaehr, m.passung, m.hilfeart
  FROM gezaehlt g LEFT JOIN ({gezeigt}) m ON TRUE
 ORDER BY {ordnung}
"""
#: Lines with what they are ordered by, where it is computed for nothing else.
_ZU_ORDNEN: dict[str, str] = {
    Sortierung.PASSUNG.value: passung.BEWERTET.format(von="markt"),
    Sortierung.FREI_AB.value: MIT_FREI_AB,
}
#: What is near is planned once a session, and so is a state of at most this many districts. Wider ones are planned each
#: time: with a plan for all of them the widest takes a sixth longer, four times what the planning does (ADR 0095).
_NAH = (Reichweite.EIGENE, Reichweite.NACHBARN)
_KREISE_BIS = 50
#: What is read of each offer, all of it out of its row.
_SPALTEN = (
    "id", "grund", "name", "geschlecht", "alter_von", "alter_bis", "hinweis", "vakanz_bestaetigt_at",
    "vakanz_gemeldet_at", "haus_name", "ort", "plz", "breite", "laenge", "anbieter_name", "kreis", "kreis_name",
)  # fmt: skip
_SCHLUESSEL = {"haus": F("einrichtung_id"), "traeger": F("anbieter_id")}
_ZAHLEN = """
SELECT grund, count(*) AS zahl FROM geprueft WHERE grund <> '' GROUP BY grund
UNION ALL SELECT grund, count(*) FROM zeilen GROUP BY grund
"""
#: Of each reason the nearest first: from there the way back is shortest.
_NICHT_PASSEND = """
SELECT grund, id, km
  FROM (SELECT *, row_number() OVER (PARTITION BY grund ORDER BY km NULLS LAST, haus_name COLLATE "C", id) AS stelle
          FROM (SELECT n.grund, g.id, g.haus_name, {km} AS km
                  FROM (SELECT id, grund FROM geprueft WHERE grund = ANY (%(gruende)s)
                        UNION ALL SELECT id, grund FROM zeilen WHERE grund = ANY (%(gruende)s)) n
                  JOIN geprueft g ON g.id = n.id) w) s
 WHERE stelle <= %(hoechstens)s ORDER BY grund, stelle
"""


def ask_markt(
    kriterien: Kriterien,
    region: Gebietskoerperschaft,
    *,
    sortierung: str = Sortierung.KOSTEN.value,
    eingrenzung: Eingrenzung = ALLES,
    angebote: Sequence[UUID] = (),
    ab: int = 0,
    hoechstens: int | None = None,
    gewichtung: passung.Gewichtung | None = None,
    dazu: Sequence[Kriterien] = (),
    mit_preisen: bool = True,
    erklaert: Sequence[Kriterium] | None = None,
) -> Markt:
    """Offers that fit, those that can be reserved first, each part in this order, and what there is of everything.

    All of them, those of a page, or these few offers with their ranks among all. `dazu`: the same question for further
    kinds of help; the lines are ranked and counted together. `mit_preisen`: without, no amount has a say in the order.
    One statement, and one for the criteria of each module; `erklaert`: those of the first, where somebody has them.
    """
    gezaehlt = eingrenzung.counts()
    wonach = sortierung.removeprefix("-")
    nach_passung = wonach == Sortierung.PASSUNG
    gezeigte = "m.id = ANY (%(angebote)s::uuid[])" if angebote else gezaehlt["anzahl"]
    teile = {
        "trifft": TRIFFT_TEXT if eingrenzung.text else "TRUE",
        "gebraucht": "TRUE" if eingrenzung.alle else _RESERVIERBAR,
        "zahlen": _ZAHLEN,
        "gezaehlt": ", ".join(f"count(*) FILTER (WHERE {was})" for was in gezaehlt.values()),
        "filter": gezeigte,
        "ordnung": order_sql(sortierung, mit_preisen=mit_preisen),
        "zu_ordnen": _ZU_ORDNEN.get(wonach, "SELECT * FROM markt").format(filter=gezeigte),
        "gezeigt": "SELECT * FROM seite" if nach_passung else passung.BEWERTET.format(von="seite"),
    }
    if gewichtung is None:
        gewichtung = passung.get_gewichtung() if passung.build_bedarf(kriterien).ist_gefragt else passung.OHNE
    params = eingrenzung.params() | passung.compute_params(kriterien, gewichtung)
    rows = _run(
        _MARKT, (kriterien, *dazu), region, teile, erklaert, _ALLE if eingrenzung.alle else _FREIE, **params,
        angebote=list(angebote), ab=ab, hoechstens=hoechstens,
    )  # fmt: skip
    zeilen = [Marktzeile(*row[1 + len(gezaehlt) :]) for row in rows]
    je_grund, anzahl, frei, *facetten = rows[0][: 1 + len(gezaehlt)]
    return Markt(
        tuple(zeile for zeile in zeilen if zeile.angebot),  # without any there is one row, with the counts alone
        json.loads(je_grund or "{}"),
        anzahl,
        frei,
        dict(zip(FACETTEN, facetten, strict=True)),
    )


def count_markt(kriterien: Kriterien, region: Gebietskoerperschaft) -> dict[str, int]:
    """How many offers were looked at, by the first reason against each; "" counts those that can be reserved.

    One statement.
    """
    return dict(_run(_ZAHLEN, (kriterien,), region))


def find_nicht_passend(
    kriterien: Kriterien,
    region: Gebietskoerperschaft,
    gruende: Sequence[Ausschluss],
    *,
    hoechstens: int,
    dazu: Sequence[Kriterien] = (),
) -> dict[Ausschluss, list[tuple[UUID, Decimal | None]]]:
    """By each of these reasons the offers that it speaks against first, each with its distance, the nearest first,
    `hoechstens` of each. One statement for all reasons, also for further kinds of help (`dazu`)."""
    werte = [grund.value for grund in gruende]
    gefunden: dict[Ausschluss, list[tuple[UUID, Decimal | None]]] = {grund: [] for grund in gruende}
    for wert, pk, km in _run(_NICHT_PASSEND, (kriterien, *dazu), region, gruende=werte, hoechstens=hoechstens):
        gefunden[Ausschluss(wert)].append((pk, km))
    return gefunden


def _run(
    was: str,
    fragen: Sequence[Kriterien],
    region: Gebietskoerperschaft,
    teile: Mapping[str, str] = MappingProxyType({}),
    erklaert: Sequence[Kriterium] | None = None,
    bepreist: str = _FREIE,
    **mehr: Any,
) -> list[tuple[Any, ...]]:
    mitte = get_mitte(fragen[0], region)
    geprueft, params = _list_geprueft(fragen, region, mitte, erklaert)
    saetze, rate_params = _named(_rates(), "s")
    zeitraum, plan = fragen[0].zeitraum, fragen[0].planzeitraum
    kopf = _SQL.format(geprueft=geprueft, saetze=saetze, bepreist=bepreist, stellen=rules.STELLEN_EXAKT)
    sql = kopf + was.format(km=_KM, **teile)
    with connection.cursor() as cursor:
        if fragen[0].reichweite in _NAH or not _is_wide(region):
            keep_plans(cursor)
        cursor.execute(
            sql,
            params
            | rate_params
            | {
                "beginn": zeitraum.beginn,
                "ende": zeitraum.ende,
                "plan_beginn": plan.beginn,
                "plan_ende": plan.ende,
                "breite": mitte and mitte[0],
                "laenge": mitte and mitte[1],
            }
            | mehr,
        )
        return cursor.fetchall()


def with_weite(regionen: QuerySet[Gebietskoerperschaft]) -> QuerySet[Gebietskoerperschaft]:
    """Districts with whether their state has more than `_KREISE_BIS` of them; what asks the market needs it."""
    im_land = Gebietskoerperschaft.objects.filter(land=OuterRef("land"))
    return regionen.annotate(ist_weit=Exists(im_land[_KREISE_BIS : _KREISE_BIS + 1]))


def _is_wide(region: Any) -> bool:
    """Whether a plan for each question is worth its time in this state: how long a search takes, not what it finds."""
    return bool(region.ist_weit)


def _list_geprueft(
    fragen: Sequence[Kriterien],
    region: Gebietskoerperschaft,
    mitte: Grad | None,
    kriterien_des_ersten: Sequence[Kriterium] | None,
) -> tuple[str, dict[str, Any]]:
    """Offers of each kind of help that is asked for, with what a planned day of it counts of a rate.

    The criteria of each module are read once.
    """
    erklaert = {} if kriterien_des_ersten is None else {fragen[0].hilfeart.modul_id: kriterien_des_ersten}
    erklaert |= {m: list_kriterien(modul_id=m) for m in {k.hilfeart.modul_id for k in fragen} - erklaert.keys()}
    teile: list[str] = []
    params: dict[str, Any] = {}
    for nummer, kriterien in enumerate(fragen):
        rows = list_zeilen(kriterien, region, erklaert=erklaert[kriterien.hilfeart.modul_id], mitte=mitte)
        mehrere = ("hilfeart_id",) if kriterien.weitere else ()
        sql, werte = _named(rows.order_by().values(*_SPALTEN, *mehrere, **_SCHLUESSEL), f"g{nummer}_")
        hilfeart = "a.hilfeart_id" if mehrere else f"%(hilfeart{nummer})s::uuid"
        menge, je = _menge_je_tag(kriterien)
        eigene = {
            f"hilfeart{nummer}": kriterien.hilfeart.pk,
            f"einheit{nummer}": kriterien.hilfeart.einheit,
            f"menge{nummer}": menge,
            f"je{nummer}": je,
        }
        teile.append(
            f"SELECT a.*, {hilfeart} AS hilfeart, %(einheit{nummer})s::text AS einheit,"  # noqa: S608
            f" %(menge{nummer})s::numeric AS menge, %(je{nummer})s::numeric AS je FROM ({sql}) a"
        )
        params |= werte | eigene
    return " UNION ALL ".join(teile), params


def _rates() -> QuerySet:
    rows = list_vereinbarte(schema=require_schema())
    return rows.order_by().values("angebot_id", "jugendamt_id", "gueltig", "betrag", "einheit")


def _menge_je_tag(kriterien: Kriterien) -> tuple[Decimal, int]:
    """What a planned day counts of a rate, as a fraction: days per week of seven, or all hours over all days."""
    if kriterien.hilfeart.ist_stationaer:
        return kriterien.tage_je_woche_oder_ueblich, 7
    return kriterien.menge, kriterien.planzeitraum.tage


def _named(rows: QuerySet, prefix: str) -> tuple[str, dict[str, Any]]:
    """The statement of a queryset with parameters that have names, to be one of several."""
    sql, params = rows.query.sql_with_params()
    names = iter(range(len(params)))
    named = re.sub(r"%(%|s)", lambda hit: "%%" if hit[1] == "%" else f"%({prefix}{next(names)})s", sql)
    return named, {f"{prefix}{number}": value for number, value in enumerate(params)}
