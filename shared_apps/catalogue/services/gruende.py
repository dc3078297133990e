"""What whoever writes a reason asks before: whether it may be chosen."""

from __future__ import annotations

from shared_apps.catalogue.models import Grundart
from shared_apps.catalogue.selectors import list_gruende
from shared_apps.core.errors import RegelVerletzt

NICHT_ZUR_WAHL = "Diesen Grund gibt es nicht oder nicht mehr. Bitte wählen Sie einen aus der Liste."


class Gruende:
    """Which reasons may be chosen today, for whoever checks several: each kind is asked once, when the first comes."""

    def __init__(self) -> None:
        self._waehlbar: dict[Grundart, frozenset[str]] = {}

    def check(self, art: Grundart, code: str, *, bisher: str = "") -> None:
        """`RegelVerletzt` for what may not be chosen today; who has it already (`bisher`) may keep it.

        That such a reason exists at all holds the foreign key of whatever keeps it.
        """
        if art not in self._waehlbar:
            self._waehlbar[art] = frozenset(dict(list_gruende(art)))
        if code not in self._waehlbar[art] and (not bisher or code != bisher):
            raise RegelVerletzt(NICHT_ZUR_WAHL, feld="grund")


def check_grund(art: Grundart, code: str) -> None:
    """One reason of something new, as `Gruende.check`."""
    Gruende().check(art, code)
