"""How a help ended: codes of the official statistics (law.md 2.2)."""

from __future__ import annotations

# Ended in deviation from the plan by the persons entitled to custody or the young adult (20), by the facility or
# service (21), by the minor (22).
ABBRUCH_CODES = frozenset({"20", "21", "22"})
ZUSTAENDIGKEITSWECHSEL_CODE = "40"


def ist_abbruch(code: str | None) -> bool:
    """True for the end reasons 20 to 22; 30 (adoption) counts as planned, 40 is a change of competence."""
    return code in ABBRUCH_CODES
