"""Offers that take nobody in, with the reason that every office reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from shared_apps.catalogue.models import Grundart
from shared_apps.catalogue.selectors import name_gruende
from shared_apps.occupancy.models import Aufnahmestopp
from shared_apps.providers.rules import Nichtaufnahme


def list_nichtaufnahmen(angebot_ids: Iterable[UUID], tag: date) -> dict[UUID, Nichtaufnahme]:
    """Why nobody comes to these offers on the day, by offer. One query, and one for the words of what it found."""
    rows = list(
        Aufnahmestopp.objects.filter(angebot__in=list(angebot_ids), aufgehoben_at__isnull=True, zeitraum__contains=tag)
    )
    namen = name_gruende(Grundart.STOPP, {row.grund for row in rows})
    return {row.angebot_id: Nichtaufnahme(namen[row.grund], row.dauer.letzter_tag, row.hinweis) for row in rows}
