"""A provider's own offers: all that a program is told of them, their places, and how many of those are free."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from shared_apps.core.clock import today
from shared_apps.core.liste import Liste, ordnung
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import EIN_TAG
from shared_apps.providers.models import Angebot, Entgelt, Entgeltvorschlag, Platz
from shared_apps.providers.querysets import not_ended
from shared_apps.providers.states import VorschlagZustand


def with_alles(rows: QuerySet[Angebot]) -> QuerySet[Angebot]:
    """Offers with all that a program is told of them; `je_amt`: rates for one office alone (§ 77 SGB VIII), `wartende`:
    proposed rates that wait for an office."""
    einzelne = Entgelt.je_amt.exclude(jugendamt=None).select_related("jugendamt").order_by("jugendamt", "-gueltig")
    wartende = Entgeltvorschlag.objects.filter(zustand=VorschlagZustand.VORGESCHLAGEN).order_by("created_at", "id")
    return rows.select_related("hilfeart", "einrichtung").prefetch_related(
        "spezialisierungen",
        "sprachen",
        "merkmale",
        Prefetch("entgelte", Entgelt.objects.order_by("-gueltig")),
        Prefetch("entgelte", einzelne, to_attr="je_amt"),
        Prefetch("vorschlaege", wartende.select_related("jugendamt"), to_attr="wartende"),
    )


ANGEBOTE = Liste("providers:offers", {"name": ordnung(deutsch("name"))}, "name", zeigt=with_alles)


def list_angebote(
    angebote: QuerySet[Angebot], *, einrichtung: UUID | None = None, hilfeart: str = ""
) -> QuerySet[Angebot]:
    """Of the person's offers those that have not ended, of this facility, of this kind of help."""
    rows = angebote.filter(not_ended(today()))
    if einrichtung:
        rows = rows.filter(einrichtung=einrichtung)
    if hilfeart:
        rows = rows.filter(hilfeart__code=hilfeart)
    return ANGEBOTE.order(rows)


def count_frei(angebot_ids: Iterable[UUID], day: date) -> dict[UUID, tuple[int, int]]:
    """Free and all places of offers on one day, from the database function that counts over all offices."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT angebot_id, frei, gesamt FROM occupancy_vakanzen(%s::uuid[], daterange(%s::date, %s::date))",
            [[str(a) for a in angebot_ids], day, day + EIN_TAG],
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def stichtag(angebot: Angebot) -> date:
    """The day whose places a page shows: today, or the first day of an offer that has not begun."""
    return max(today(), angebot.gueltig.lower or today())


def count_plaetze(angebot: Angebot) -> int:
    """Places of the offer on that day, taken or not."""
    return angebot.plaetze.filter(gueltig__contains=stichtag(angebot)).count()


def list_plaetze(angebot: Angebot) -> list[Platz]:
    """Places of the offer that there are or will be, by number."""
    rows = angebot.plaetze.filter(Q(gueltig__endswith__isnull=True) | Q(gueltig__endswith__gt=today()))
    return list(rows.order_by("nummer"))
