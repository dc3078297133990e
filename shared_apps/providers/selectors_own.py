"""A provider's own facilities over all districts, with the occupancy of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from shared_apps.core.clock import now, today
from shared_apps.core.ordnung import deutsch
from shared_apps.providers.models import Angebot, Einrichtung, Entgelt
from shared_apps.providers.selectors_register import rate_on

#: A confirmation older than this is shown as due.
BESTAETIGUNG_GILT = timedelta(days=7)


def count_frei(angebot_ids: Iterable[UUID], day: date) -> dict[UUID, tuple[int, int]]:
    """Free and all places of offers on one day, from the database function that counts over all offices."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT angebot_id, frei, gesamt FROM occupancy_vakanzen(%s::uuid[], daterange(%s::date, %s::date))",
            [[str(a) for a in angebot_ids], day, day + timedelta(days=1)],
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Belegung:
    """One own offer today."""

    angebot: Angebot
    frei: int
    gesamt: int
    entgelt: Entgelt | None
    faellig: bool

    @property
    def belegt(self) -> int:
        """Places taken, by reservation or booking."""
        return self.gesamt - self.frei


@dataclass(frozen=True, slots=True)
class EigeneEinrichtung:
    """One own facility with its offers."""

    einrichtung: Einrichtung
    angebote: list[Belegung]

    @property
    def faellig(self) -> bool:
        """Whether vacancies of any offer wait for a confirmation."""
        return any(b.faellig for b in self.angebote)


def list_eigene(einrichtungen: QuerySet[Einrichtung]) -> list[EigeneEinrichtung]:
    """Facilities by district and name with occupancy of today; five queries however many there are."""
    day = today()
    angebote = (
        Angebot.objects.filter(Q(gueltig__contains=day))
        .select_related("hilfeart")
        .prefetch_related(Prefetch("entgelte", Entgelt.objects.order_by("-gueltig")))
        .order_by("hilfeart__sortierung", deutsch("name"))
    )
    rows = list(
        einrichtungen.filter(Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=day))
        .select_related("gebietskoerperschaft", "anbieter")
        .prefetch_related(Prefetch("angebote", angebote, to_attr="laufende_angebote"))
        .order_by("gebietskoerperschaft__sortierung", deutsch("name"))
    )
    frei = count_frei([a.pk for e in rows for a in e.laufende_angebote], day)
    return [EigeneEinrichtung(e, [_belegung(a, frei, day) for a in e.laufende_angebote]) for e in rows]


def _belegung(angebot: Angebot, frei: dict[UUID, tuple[int, int]], day: date) -> Belegung:
    freie, gesamt = frei.get(angebot.pk, (0, 0))
    return Belegung(
        angebot=angebot,
        frei=freie,
        gesamt=gesamt,
        entgelt=rate_on(angebot.entgelte.all(), day),
        faellig=is_faellig(angebot.vakanz_bestaetigt_at),
    )


def is_faellig(bestaetigt: datetime | None) -> bool:
    """Whether a confirmation is missing or too old."""
    return bestaetigt is None or now() - bestaetigt > BESTAETIGUNG_GILT
