"""Free places as counts. Row-level security hides other offices' holds; the SQL functions see them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.core.zeitraum import Zeitraum
from shared_apps.providers.hooks import Gehalten
from shared_apps.providers.models import Platz
from shared_apps.providers.selectors.ende import Laufendes, describe_gehalten


@dataclass(frozen=True, slots=True)
class Vakanz:
    """Places of an offer in a period: free in the whole of it, and all that exist."""

    frei: int
    gesamt: int


def count_vakanzen(angebot_ids: Iterable[UUID], zeitraum: Zeitraum) -> dict[UUID, int]:
    """Places free in the **whole** period, by offer; offers without a place count 0. One query."""
    ids = list(angebot_ids)
    gezaehlt = list_vakanzen(ids, zeitraum)
    return {angebot_id: gezaehlt[angebot_id].frei if angebot_id in gezaehlt else 0 for angebot_id in ids}


def list_vakanzen(angebot_ids: Iterable[UUID], zeitraum: Zeitraum) -> dict[UUID, Vakanz]:
    """Free and all places by offer; an offer without places in the period is missing."""
    ids = [str(angebot_id) for angebot_id in angebot_ids]
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT angebot_id, frei, gesamt FROM occupancy_vakanzen(%s::uuid[], daterange(%s::date, %s::date))",
            [ids, zeitraum.beginn, zeitraum.ende],
        )
        return {angebot_id: Vakanz(frei, gesamt) for angebot_id, frei, gesamt in cursor.fetchall()}


def count_je_zeitraum(angebot_ids: Iterable[UUID], zeiten: Sequence[Zeitraum]) -> dict[UUID, list[int]]:
    """By offer, places free in the whole of each of these periods (the weeks of a board); without places 0. One query,
    which reads the holds of a place once, however many periods there are.
    """
    ids = list(angebot_ids)
    frei = {angebot_id: [0] * len(zeiten) for angebot_id in ids}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nr, angebot_id, frei FROM occupancy_vakanzen_je_zeitraum(%s::uuid[], %s::daterange[])",
            [ids, [DateRange(zeit.beginn, zeit.ende) for zeit in zeiten]],
        )
        for nummer, angebot_id, zahl in cursor.fetchall():
            frei[angebot_id][nummer - 1] = zahl
    return frei


#: Living holds that reach beyond a day; the rule of the trigger `occupancy_ende_pruefen`.
_LEBT_AB = """
 b.zustand IN ('RESERVIERT', 'GEBUCHT')
   AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
   AND b.ende > %s"""

#: Living holds of one offer that reach beyond a day, by office. Row-level security leaves a provider her own places; of
#: another office's booking she learns what she knows: that it is there and how long.
_GEHALTEN = f"""
SELECT t.name, t.kuerzel, count(*), max(upper(b.zeitraum)), bool_or(upper_inf(b.zeitraum))
  FROM occupancy_platzbindung b
  JOIN providers_platz p ON p.id = b.platz_id
  JOIN tenants_tenant t ON t.schema_name = b.mandant
 WHERE p.angebot_id = %s AND {_LEBT_AB}
 GROUP BY t.name, t.kuerzel, t.sortierung ORDER BY t.sortierung, t.kuerzel
"""  # noqa: S608 - constants only

_GEHALTENE_PLAETZE = f"""
SELECT DISTINCT b.platz_id FROM occupancy_platzbindung b JOIN providers_platz p ON p.id = b.platz_id
 WHERE p.angebot_id = %s AND {_LEBT_AB}
"""  # noqa: S608 - constants only


def list_gehalten(angebot_id: UUID, ab: date) -> list[Gehalten]:
    """Living holds of an offer that reach beyond the day before, by office (asked by providers). One query."""
    with connection.cursor() as cursor:
        cursor.execute(_GEHALTEN, [str(angebot_id), ab])
        return [Gehalten(*row) for row in cursor.fetchall()]


def list_gehaltene_plaetze(angebot_id: UUID, ab: date) -> set[UUID]:
    """Places of an offer that are held on the day or later (asked by providers). One query."""
    with connection.cursor() as cursor:
        cursor.execute(_GEHALTENE_PLAETZE, [str(angebot_id), ab])
        return {platz_id for (platz_id,) in cursor.fetchall()}


#: Who holds one place within some days.
_HALTER = f"""
SELECT t.name, t.kuerzel, count(*), max(upper(b.zeitraum)), bool_or(upper_inf(b.zeitraum))
  FROM occupancy_platzbindung b
  JOIN tenants_tenant t ON t.schema_name = b.mandant
 WHERE b.platz_id = %s AND {_LEBT_AB} AND b.zeitraum && daterange(%s::date, %s::date)
 GROUP BY t.name, t.kuerzel, t.sortierung ORDER BY t.sortierung, t.kuerzel
"""  # noqa: S608 - constants only


def list_halter(platz: Platz, zeitraum: Zeitraum) -> list[Laufendes]:
    """Offices that hold a place within these days, each with the way there (asked by its provider). One query."""
    with connection.cursor() as cursor:
        cursor.execute(_HALTER, [str(platz.pk), zeitraum.beginn, zeitraum.beginn, zeitraum.ende])
        return [describe_gehalten(Gehalten(*row), worte=platz.angebot.worte) for row in cursor.fetchall()]
