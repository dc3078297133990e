"""From when an offer is free and until when, where it is not free all the time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from shared_apps.core.zeitraum import Zeitraum, format_datum
from shared_apps.occupancy.models import NIE_ENDE

NIE = "nicht absehbar frei"


@dataclass(frozen=True, slots=True)
class Frei:
    """Of an offer in a period: the first day from which somebody can come and stay to its end, the last day to which
    somebody can stay who comes on its first. None where there is no such day.
    """

    ab: date | None
    bis: date | None

    @property
    def text(self) -> str:
        """ "frei ab 14.12.2026", which follows every "belegt"; where there is no such day, until when it is free."""
        if self.ab:
            return f"frei ab {format_datum(self.ab)}"
        return f"nur frei bis {format_datum(self.bis)}" if self.bis else NIE


#: An offer without a place in the period.
OHNE = Frei(None, None)


def list_frei(angebot_ids: Iterable[UUID], zeitraum: Zeitraum) -> dict[UUID, Frei]:
    """From and until when each of these offers is free within the period. One query, none without an offer."""
    ids = list(angebot_ids)
    found = dict.fromkeys(ids, OHNE)
    if not ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT angebot_id, frei_ab, frei_bis"
            " FROM occupancy_frei_ab_bis(%s::uuid[], daterange(%s::date, %s::date))",
            [ids, zeitraum.beginn, zeitraum.ende or NIE_ENDE],
        )
        return found | {angebot_id: Frei(ab, bis) for angebot_id, ab, bis in cursor.fetchall()}
