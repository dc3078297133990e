"""Own places of foster families, and what they cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.core.clock import now
from tenant_apps.foster.models import Pflegegeldsatz, Pflegestelle
from tenant_apps.foster.rules import Pflegeform


def create_pflegestelle(*, eingetragen_von_id: UUID, ab: date = date(2017, 1, 1), bis=None, **fields) -> Pflegestelle:
    """A family that takes one child of any age up to 17, free since 2017. `bis`: the day after the last one."""
    angaben = {
        "kennzeichen": "PS-1", "form": Pflegeform.VOLLZEIT.value, "plaetze": 1, "alter_von": 0, "alter_bis": 17,
    }  # fmt: skip
    return Pflegestelle.objects.create(
        gueltig=DateRange(ab, bis), eingetragen_von_id=eingetragen_von_id, stand_von_id=eingetragen_von_id,
        stand_at=now(), **(angaben | fields),
    )  # fmt: skip


def create_pflegegeldsatz(
    *, eingetragen_von_id: UUID, betrag: str = "1104.00", ab: date = date(2017, 1, 1), bis=None, **fields
) -> Pflegegeldsatz:
    """What the office pays for a child of 0 to 17 in Vollzeitpflege since 2017."""
    angaben = {"form": Pflegeform.VOLLZEIT.value, "alter_von": 0, "alter_bis": 17, "quelle": "Beschluss vom 12.12.2016"}
    return Pflegegeldsatz.objects.create(
        betrag=Decimal(betrag), gueltig=DateRange(ab, bis), eingetragen_von_id=eingetragen_von_id, **(angaben | fields)
    )
