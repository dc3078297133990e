"""A night: which one it is, until when what was left out has to be there, how old a child is by now. No Django."""

from __future__ import annotations

from datetime import date, datetime, timedelta

#: The night of a day ends here; nobody enters a child of the night on a working day that has not begun.
NACHT_ENDET_UM = 6
#: Inobhutnahme is for children and young people (§ 42 Abs. 1, § 7 Abs. 1 Nr. 1, 2 SGB VIII): nobody of age.
ALTER_HOECHSTENS = 17
_SAMSTAG = 5


def naechster_arbeitstag(moment: datetime) -> date:
    """The first day from Monday to Friday after the night of this moment (local time). Holidays are not known."""
    tag = (moment - timedelta(hours=NACHT_ENDET_UM)).date() + timedelta(days=1)
    while tag.weekday() >= _SAMSTAG:
        tag += timedelta(days=1)
    return tag


def alter_seit(alter: int, damals: date, heute: date) -> int:
    """How old somebody is by now, at least, who was said to be `alter` on a day."""
    jahre = heute.year - damals.year - ((heute.month, heute.day) < (damals.month, damals.day))
    return alter + max(jahre, 0)
