"""A night: which one it is, until when what was left out has to be there, how old a child is by now. No Django."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from shared_apps.core.zeitraum import ist_arbeitstag

#: The night of a day ends here; nobody enters a child of the night on a working day that has not begun.
NACHT_ENDET_UM = 6
#: Inobhutnahme is for children and young people (§ 42 Abs. 1, § 7 Abs. 1 Nr. 1, 2 SGB VIII): nobody of age.
ALTER_HOECHSTENS = 17


def naechster_arbeitstag(moment: datetime, frei: Collection[date] = ()) -> date:
    """The first working day after the night of this moment (local time). frei: days on which nobody works besides
    Saturday and Sunday (§ 7 Abs. 4 SGB VIII says the same of the days of §§ 42a to 42c)."""
    tag = (moment - timedelta(hours=NACHT_ENDET_UM)).date() + timedelta(days=1)
    while not ist_arbeitstag(tag, frei):
        tag += timedelta(days=1)
    return tag


def alter_seit(alter: int, damals: date, heute: date) -> int:
    """How old somebody is by now, at least, who was said to be `alter` on a day."""
    jahre = heute.year - damals.year - ((heute.month, heute.day) < (damals.month, damals.day))
    return alter + max(jahre, 0)
