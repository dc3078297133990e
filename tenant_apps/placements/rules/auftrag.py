"""A search that goes on looking: until when it does, and what is news to whoever waits for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

#: A search that is kept looks this long at most; who still waits then orders it again.
HOECHSTENS = timedelta(days=90)


def sucht_bis(heute: date, letzter_tag: date | None) -> date:
    """Last day on which it looks: 90 days from today, and never after the last day searched for, if there is one."""
    return min(heute + HOECHSTENS, letzter_tag or date.max)


def sucht_ab(heute: date, beginn: date) -> date:
    """From which day a place must be free: as searched for, and from today on once that day has passed."""
    return max(heute, beginn)


def neue_angebote(
    frei: Collection[UUID], bekannt: Collection[UUID], neu: Collection[UUID]
) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """What she knows of now, and what is news to her and still free.

    An offer that was known, was taken and is free again is news again.
    """
    noch = frozenset(frei)
    news = (noch - frozenset(bekannt)) | (noch & frozenset(neu))
    return noch, news
