"""Talks of an office with a house (tenant schema: call inside in_tenant)."""

from __future__ import annotations

from uuid import UUID

from tenant_apps.gespraeche.models import Gespraech, Gespraechsnachricht
from tenant_apps.placements.models import Buchung, Reservierung


def create_nachricht(
    zu: Reservierung | Buchung,
    *,
    verfasser_id: UUID,
    text: str = "Wann kann das Kind kommen?",
    absender: str = "ANBIETER",
    **fields,
) -> Gespraechsnachricht:
    """A message of the house about a reservation or booking, unless told otherwise; nobody has read it."""
    gespraech, _ = Gespraech.objects.get_or_create(
        hilfefall_id=zu.hilfefall_id, einrichtung_id=zu.einrichtung_id, defaults={"anbieter_id": zu.anbieter_id}
    )
    return Gespraechsnachricht.objects.create(
        gespraech=gespraech, bezug_id=zu.platzbindung_id, absender=absender, verfasser_id=verfasser_id, text=text,
        **fields,
    )  # fmt: skip
