"""What apps above know of the use of an entry. They register at start; none of them is imported here."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import models

#: Running offers with this entry, by its model and id.
_ZAEHLER: list[Callable[[type[models.Model], UUID], int]] = []


def register_zaehler(zaehler: Callable[[type[models.Model], UUID], int]) -> None:
    """Take part in counting what uses an entry."""
    if zaehler not in _ZAEHLER:
        _ZAEHLER.append(zaehler)


def count_angebote(model: type[models.Model], pk: UUID) -> int:
    """Running offers that use an entry of the catalogue."""
    return sum(zaehler(model, pk) for zaehler in _ZAEHLER)
