"""States of a Hilfefall, with their transitions.

A case that is closed stays closed until somebody opens it again and says why; nothing else leads out of it.
"""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class HilfefallZustand(Beschriftet):
    """Life of a case."""

    OFFEN = "OFFEN", "offen"
    LAUFEND = "LAUFEND", "Hilfe läuft"
    ABGESCHLOSSEN = "ABGESCHLOSSEN", "abgeschlossen"


class HilfefallAktion(Beschriftet):
    """What moves a case on."""

    BEGINNEN = "beginnen", "Hilfe beginnen"
    ABSCHLIESSEN = "abschliessen", "Abschließen"
    WIEDER_OEFFNEN = "wieder_oeffnen", "Wieder öffnen"


_Z, _A = HilfefallZustand, HilfefallAktion

HILFEFALL: Zustandsmaschine[HilfefallZustand, HilfefallAktion] = Zustandsmaschine(
    "Fall",
    HilfefallZustand,
    {
        _Z.OFFEN: {_A.BEGINNEN: _Z.LAUFEND, _A.ABSCHLIESSEN: _Z.ABGESCHLOSSEN},
        _Z.LAUFEND: {_A.ABSCHLIESSEN: _Z.ABGESCHLOSSEN},
        _Z.ABGESCHLOSSEN: {_A.WIEDER_OEFFNEN: _Z.OFFEN},
    },
    zaehlt=True,
    wird_bezogen=True,
)
