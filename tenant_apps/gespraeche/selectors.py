"""Reads of talks. What the person may see is decided by the policies; the queryset comes in narrowed."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, QuerySet

from shared_apps.core.liste import Liste, ordnung, related
from tenant_apps.gespraeche.enums import Rueckfragenwahl
from tenant_apps.gespraeche.models import Gespraech, Gespraechsnachricht, Gespraechsstand

#: Of one talk, the newest first.
NACHRICHTEN = Liste(
    "gespraeche:detail",
    {"neueste": ordnung("created_at", index="nachricht_gespraech")},
    "-neueste",
    zeigt=related("verfasser", "gelesen_von"),
)
#: The office's: what nobody has read, the longest first; then what was written last.
RUECKFRAGEN = Liste(
    "gespraeche:list",
    {"ungelesen": ordnung("ungelesen_seit", "-letzte_at", index="gespraechsstand_liste")},
    "ungelesen",
    zeigt=related("gespraech__hilfefall__klient", "gespraech__hilfefall__fachkraft", "gespraech__einrichtung"),
)


def filter_staende(staende: QuerySet[Gespraechsstand], nur: str) -> QuerySet[Gespraechsstand]:
    """Those the list is narrowed to; all of them for ""."""
    if nur == Rueckfragenwahl.UNGELESEN:
        return staende.filter(ungelesen_seit__isnull=False)
    if nur == Rueckfragenwahl.WARTET:
        return staende.filter(wartet_seit__isnull=False)
    return staende.filter(eskaliert_at__isnull=False) if nur == Rueckfragenwahl.GEMELDET else staende


def find_gespraech(gespraeche: QuerySet[Gespraech], *, hilfefall_id: UUID, einrichtung_id: UUID) -> Gespraech | None:
    """The talk about a case with a house, if somebody has written."""
    rows = gespraeche.filter(hilfefall_id=hilfefall_id, einrichtung_id=einrichtung_id)
    return related("hilfefall__fachkraft")(rows).first()


def list_neueste(gespraech: Gespraech, hoechstens: int) -> list[Gespraechsnachricht]:
    """Its newest messages, the newest first; one more than `hoechstens` where there are more. One query."""
    rows = related("verfasser", "gelesen_von")(Gespraechsnachricht.objects.filter(gespraech=gespraech))
    return list(rows.order_by("-created_at", "-pk")[: hoechstens + 1])


def list_with_counts(gespraeche: QuerySet[Gespraech], hilfefall_id: UUID) -> list[tuple[Gespraech, int]]:
    """The talks about a case, each with how many messages it has, the newest first. One query."""
    rows = gespraeche.filter(hilfefall_id=hilfefall_id).annotate(zahl=Count("nachrichten"))
    return [(row, row.zahl) for row in rows.select_related("einrichtung").order_by("-created_at", "-pk")]


def find_stand(gespraech: Gespraech) -> Gespraechsstand | None:
    """Where a talk stands for the office."""
    return Gespraechsstand.objects.filter(gespraech=gespraech).first()
