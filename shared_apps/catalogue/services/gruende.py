"""What whoever writes a reason asks before: whether it may be chosen."""

from __future__ import annotations

from shared_apps.catalogue.models import Grundart
from shared_apps.catalogue.selectors import list_gruende
from shared_apps.core.errors import RegelVerletzt

NICHT_ZUR_WAHL = "Diesen Grund gibt es nicht oder nicht mehr. Bitte wählen Sie einen aus der Liste."


def check_grund(art: Grundart, code: str, *, bisher: str = "") -> None:
    """`RegelVerletzt` for what may not be chosen today; who has it already (`bisher`) may keep it.

    That such a reason exists at all holds the foreign key of whatever keeps it.
    """
    if code not in dict(list_gruende(art, auch=bisher)):
        raise RegelVerletzt(NICHT_ZUR_WAHL, feld="grund")
