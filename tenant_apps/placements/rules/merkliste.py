"""Which offers of a result are kept to be compared."""

from __future__ import annotations

from collections.abc import Collection, Sequence

#: As many as stand side by side on a screen, and on a sheet of paper.
VERGLEICH_BIS = 4


def merkliste(bisher: Sequence[str], *, gezeigt: Collection[str], gewaehlt: Sequence[str]) -> list[str]:
    """The list after a page was sent: what was ticked there is in it, what was shown and not ticked is not, and what
    is on other pages stays. Those that were in it keep their places; how many is for the caller to judge."""
    bleibt = [angebot for angebot in bisher if angebot not in gezeigt or angebot in gewaehlt]
    return [*bleibt, *(angebot for angebot in dict.fromkeys(gewaehlt) if angebot not in bleibt)]
