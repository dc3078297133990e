"""What is marked in a refused text, and since when nobody answers. No Django."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from shared_apps.core.zeitraum import EIN_TAG, ist_arbeitstag
from tenant_apps.cases.rules import Fundstelle


def split_at(text: str, stellen: Sequence[Fundstelle]) -> list[tuple[str, bool]]:
    """The text in parts, each with whether it is one of `stellen` (in its order, none over another)."""
    teile, ab = [], 0
    for stelle in stellen:
        teile += [(text[ab : stelle.beginn], False), (text[stelle.beginn : stelle.ende], True)]
        ab = stelle.ende
    return [teil for teil in (*teile, (text[ab:], False)) if teil[0]]


def is_ueberfaellig(seit: date, heute: date, arbeitstage: int, frei: Collection[date] = ()) -> bool:
    """Whether this many working days have passed since somebody asked; the day itself does not count, today does not
    either, since it is not over. `frei`: days on which nobody works besides Saturday and Sunday."""
    tag, vergangen = seit + EIN_TAG, 0
    while tag < heute and vergangen < arbeitstage:
        vergangen += ist_arbeitstag(tag, frei)
        tag += EIN_TAG
    return vergangen >= arbeitstage
