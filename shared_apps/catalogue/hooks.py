"""What apps above know of the use of an entry. They register at start; none of them is imported here."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from shared_apps.core.hook import Hook

#: Running offers with this entry, by its model and id.
_zaehler: Hook[[type[models.Model], UUID], int] = Hook()
register_zaehler = _zaehler.register


def count_angebote(model: type[models.Model], pk: UUID) -> int:
    """Running offers that use an entry of the catalogue."""
    return sum(_zaehler.ask(model, pk))
