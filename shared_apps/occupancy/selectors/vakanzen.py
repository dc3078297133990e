"""What a house says of its own vacancies: blocks of places, stops of offers; a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from shared_apps.core.clock import today
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.models import Aufnahmestopp, Platzbindung, Platzsperre
from shared_apps.occupancy.rules import Eintrag
from shared_apps.occupancy.selectors.plan import lebend
from shared_apps.providers.models import Angebot, Einrichtung, Platz
from shared_apps.providers.querysets import not_ended
from shared_apps.providers.selectors.angebote import count_frei


@dataclass(frozen=True, slots=True)
class Vakanzlage:
    """One offer: how many are free today, its places with their blocks, and the stops that hold or are to come."""

    angebot: Angebot
    frei: int
    gesamt: int
    plaetze: list[tuple[Platz, list[Platzsperre]]]
    stopps: list[Aufnahmestopp]


def list_vakanzlagen(einrichtung: Einrichtung) -> list[Vakanzlage]:
    """All offers of a facility that run or will run. Five queries, however many there are."""
    angebote = list(
        Angebot.objects.filter(not_ended(today()), einrichtung=einrichtung)
        .select_related("hilfeart")
        .order_by("hilfeart__sortierung", deutsch("name"))
    )
    ids = [angebot.pk for angebot in angebote]
    plaetze = list_plaetze(angebote)
    sperren = list_sperren([platz.pk for rows in plaetze.values() for platz in rows])
    stopps, frei = list_stopps(ids), count_frei(ids, today())
    return [
        Vakanzlage(
            angebot,
            *frei.get(angebot.pk, (0, 0)),
            [(platz, sperren[platz.pk]) for platz in plaetze[angebot.pk]],
            stopps[angebot.pk],
        )
        for angebot in angebote
    ]


def list_plaetze(angebote: Iterable[Angebot]) -> defaultdict[UUID, list[Platz]]:
    """Places of these offers that there are or will be, by number, each with its offer. One query."""
    by_id = {angebot.pk: angebot for angebot in angebote}
    found: defaultdict[UUID, list[Platz]] = defaultdict(list)
    for platz in Platz.objects.filter(not_ended(today()), angebot__in=by_id).order_by("nummer"):
        platz.angebot = by_id[platz.angebot_id]  # what a place is called depends on its offer
        found[platz.angebot_id].append(platz)
    return found


def list_sperren(platz_ids: Iterable[UUID]) -> defaultdict[UUID, list[Platzsperre]]:
    """Blocks that hold or are to come, by place. One query."""
    found: defaultdict[UUID, list[Platzsperre]] = defaultdict(list)
    for row in Platzsperre.objects.filter(_gilt(), platz__in=list(platz_ids)).order_by("zeitraum"):
        found[row.platz_id].append(row)
    return found


def list_stopps(angebot_ids: Iterable[UUID]) -> defaultdict[UUID, list[Aufnahmestopp]]:
    """Stops that hold or are to come, by offer. One query."""
    found: defaultdict[UUID, list[Aufnahmestopp]] = defaultdict(list)
    for row in Aufnahmestopp.objects.filter(_gilt(), angebot__in=list(angebot_ids)).order_by("zeitraum"):
        found[row.angebot_id].append(row)
    return found


def list_gehaltene(platz_ids: Iterable[UUID]) -> defaultdict[UUID, list[Zeitraum]]:
    """When offices hold these places from today on, by place. One query."""
    found: defaultdict[UUID, list[Zeitraum]] = defaultdict(list)
    rows = Platzbindung.objects.filter(
        lebend(), platz__in=list(platz_ids), ende__gt=today(), zeitraum__overlap=DateRange(today(), None)
    )
    for platz_id, zeitraum in rows.values_list("platz_id", "zeitraum"):
        found[platz_id].append(Zeitraum.from_range(zeitraum))
    return found


def as_eintrag(row: Platzsperre | Aufnahmestopp) -> Eintrag:
    """What a block or stop says, for the rules."""
    notiz = row.notiz if isinstance(row, Platzsperre) else row.hinweis
    return Eintrag(row.dauer, row.grund, notiz, row.pk)


def _gilt() -> Q:
    return Q(aufgehoben_at=None, zeitraum__overlap=DateRange(today(), None))
