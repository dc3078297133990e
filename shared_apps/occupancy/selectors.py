"""Free places as counts. Row-level security hides other offices' holds; the SQL functions see them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from shared_apps.core.zeitraum import Zeitraum


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


def list_freie_plaetze(angebot_id: UUID, zeitraum: Zeitraum) -> list[UUID]:
    """Places of one offer free in the whole period, by number, as this moment sees them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM occupancy_freie_plaetze(%s::uuid, daterange(%s::date, %s::date))",
            [str(angebot_id), zeitraum.beginn, zeitraum.ende],
        )
        return [platz_id for (platz_id,) in cursor.fetchall()]
