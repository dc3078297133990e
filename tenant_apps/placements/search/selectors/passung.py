"""How well an offer fits, as the database computes it for every line: `rules.passung`, in exact numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings

from shared_apps.core.clock import today
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements import rules
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.namen import name_codes
from tenant_apps.placements.states import BuchungZustand
from tenant_apps.placements.vorgaben import PASSUNG_GEWICHTE
from tenant_apps.vorgaben.selectors import get_vorgabe


@dataclass(frozen=True, slots=True)
class Gewichtung:
    """What an office's fit is computed with: its weights, and the houses where the young person has lived."""

    gewichte: rules.PassungGewichte
    vertraut: tuple[UUID, ...] = ()


#: Where nothing was asked that can be judged, no weight counts.
OHNE = Gewichtung(rules.PassungGewichte())


def get_gewichtung(
    klient_id: UUID | None = None, *, preis: int | None = None, anteile: list[int] | None = None
) -> Gewichtung:
    """As the office has set it for today; `preis`: if the price counted for this many of 100, changing nothing.
    `anteile`: the setting, where somebody has read it.

    Whoever the offers are looked for is told by id; where she has lived (a stay that has begun, in no sealed
    case) is only asked when continuity counts.
    """
    anteile = anteile or get_vorgabe(PASSUNG_GEWICHTE)
    gewichte = rules.PassungGewichte.from_anteile(anteile)
    if preis is not None:
        gewichte = rules.gewichte_mit_preis(anteile, preis)
    haeuser: tuple[UUID, ...] = ()
    if klient_id and gewichte.kontinuitaet:
        offen = Hilfefall.objects.all()  # the row rule is on the case: nothing is told of a sealed one
        gelebt = Buchung.objects.filter(
            klient=klient_id,
            hilfefall__in=offen,
            ist_aufenthalt=True,
            beginn_tatsaechlich__isnull=False,
            einrichtung__isnull=False,
        ).exclude(zustand=BuchungZustand.STORNIERT)
        haeuser = tuple(gelebt.values_list("einrichtung_id", flat=True).order_by().distinct())
    return Gewichtung(gewichte, haeuser)


def describe_gewichte() -> str:
    """The office's weights in words."""
    return PASSUNG_GEWICHTE.write(get_vorgabe(PASSUNG_GEWICHTE))


#: Weight (g), numerator (z) and denominator (n) of each component of a line `l`; a weight of 0 where it cannot be
#: judged. Every line has what was asked for, or it would not be there: only where one of several specialities is
#: enough, those that it has are counted.
TEILE = """
  CROSS JOIN LATERAL (SELECT
    CASE WHEN l.stand IS NOT NULL
         THEN greatest(0, %(heute)s::date - (l.stand AT TIME ZONE %(zone)s)::date) END AS tage) s
  CROSS JOIN LATERAL (SELECT
    CASE WHEN %(eine)s::boolean
         THEN (SELECT count(*) FROM providers_angebot_spezialisierungen h
                 JOIN catalogue_spezialisierung c ON c.id = h.spezialisierung_id
                WHERE h.angebot_id = l.id AND c.code = ANY(%(codes)s::text[])) + %(fest)s::integer
         ELSE %(gesucht)s::integer END AS gesucht_z,
    2 * greatest(1, l.alter_bis - l.alter_von) AS alter_n,
    CASE WHEN %(alter)s::integer BETWEEN l.alter_von AND l.alter_bis
         THEN 2 * greatest(1, l.alter_bis - l.alter_von) - abs(2 * %(alter)s::integer - l.alter_von - l.alter_bis)
         ELSE 0 END AS alter_z,
    CASE WHEN l.geschlecht = '' OR %(geschlecht)s::text <> '' THEN %(g_geschlecht)s::numeric ELSE 0 END AS geschlecht_g,
    (l.geschlecht IN ('', %(geschlecht)s::text))::integer AS geschlecht_z,
    CASE WHEN l.km IS NULL THEN 0 ELSE %(g_km)s::numeric END AS km_g,
    coalesce(greatest(0, least(%(km_null)s::numeric - l.km, %(km_n)s::numeric)), 0) AS km_z,
    CASE WHEN s.tage IS NULL THEN 0 ELSE %(g_tage)s::numeric END AS tage_g,
    coalesce(greatest(0, least(%(tage_null)s::numeric - s.tage, %(tage_n)s::numeric)), 0) AS tage_z,
    (l.haus = ANY (%(vertraut)s::uuid[]))::integer AS vertraut_z,
    greatest(1, l.guenstigstes) AS preis_n,
    CASE WHEN l.soll IS NULL OR l.guenstigstes IS NULL THEN 0 ELSE %(g_preis)s::numeric END AS preis_g,
    coalesce(greatest(0, least(l.guenstigstes + greatest(1, l.guenstigstes) - l.soll,
                               greatest(1, l.guenstigstes))), 0) AS preis_z) t
  CROSS JOIN LATERAL (SELECT
    (%(g_gesucht)s::numeric * t.gesucht_z * t.alter_n * %(km_n)s::numeric * %(tage_n)s::numeric
      + %(gesucht)s::integer * ((t.geschlecht_g * t.geschlecht_z + %(g_vertraut)s::numeric * t.vertraut_z)
          * t.alter_n * %(km_n)s::numeric * %(tage_n)s::numeric
      + %(g_alter)s::numeric * t.alter_z * %(km_n)s::numeric * %(tage_n)s::numeric
      + t.km_g * t.km_z * t.alter_n * %(tage_n)s::numeric + t.tage_g * t.tage_z * t.alter_n * %(km_n)s::numeric))
      * t.preis_n
      + %(gesucht)s::integer * t.preis_g * t.preis_z * t.alter_n * %(km_n)s::numeric * %(tage_n)s::numeric
      AS zaehler,
    %(gesucht)s::integer * (%(g_gesucht)s::numeric + %(g_alter)s::numeric + t.geschlecht_g + t.km_g + t.tage_g
      + %(g_vertraut)s::numeric + t.preis_g)
      * t.alter_n * %(km_n)s::numeric * %(tage_n)s::numeric * t.preis_n AS nenner) p"""
#: The weighted mean out of 100, half up, as whole numbers: no fraction is rounded before the end.
PUNKTE = """
CASE WHEN %(gefragt)s THEN div(200 * p.zaehler + p.nenner, nullif(2 * p.nenner, 0))::integer END"""

#: Lines with their points.
BEWERTET = f"SELECT l.*, {PUNKTE} AS passung FROM {{von}} l{TEILE}"  # noqa: S608 - constants only


def compute_params(kriterien: Kriterien, gewichtung: Gewichtung) -> dict[str, Any]:
    """What these parts are asked with."""
    bedarf = build_bedarf(kriterien)
    gesucht = len(kriterien.spezialisierungen) + len(kriterien.sprachen) + bedarf.barrierefrei
    gewichte = gewichtung.gewichte
    return {
        "vertraut": list(gewichtung.vertraut),
        "g_vertraut": gewichte.kontinuitaet if gewichtung.vertraut else 0,
        "g_preis": gewichte.preis,
        "gefragt": bedarf.ist_gefragt,
        "eine": kriterien.eine_genuegt and bool(kriterien.spezialisierungen),
        "codes": list(kriterien.spezialisierungen),
        "gesucht": max(gesucht, 1),
        "fest": len(kriterien.sprachen) + bedarf.barrierefrei,
        "heute": today(),
        "zone": settings.TIME_ZONE,
        "alter": kriterien.alter,
        "geschlecht": kriterien.geschlecht,
        "g_gesucht": gewichte.spezialisierungen if gesucht else 0,
        "g_alter": 0 if kriterien.alter is None else gewichte.alter,
        "g_geschlecht": gewichte.geschlecht,
        "g_km": gewichte.entfernung,
        "km_null": gewichte.entfernung_null_km,
        "km_n": gewichte.entfernung_null_km - gewichte.entfernung_voll_km,
        "g_tage": gewichte.aktualitaet,
        "tage_null": gewichte.aktualitaet_null_tage,
        "tage_n": gewichte.aktualitaet_null_tage - gewichte.aktualitaet_voll_tage,
    }


def build_benannt(kriterien: Kriterien) -> rules.PassungBedarf:
    """The same with the names of what was asked for, for people to read. A query each for specialities and languages,
    where they were asked for."""
    return replace(build_bedarf(kriterien), namen=name_codes(kriterien.spezialisierungen, kriterien.sprachen))


def build_bedarf(kriterien: Kriterien) -> rules.PassungBedarf:
    """What an offer's fit is judged by: those criteria that have components."""
    return rules.PassungBedarf(
        frozenset(kriterien.spezialisierungen), kriterien.alter, kriterien.geschlecht or None,
        sprachen=frozenset(kriterien.sprachen), barrierefrei=bool(kriterien.barrierefrei),
        frisch=kriterien.bestaetigt_tage is not None,
    )  # fmt: skip
