"""States of what a provider and the office at the facility's place agree on."""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class VorschlagZustand(Beschriftet):
    """A proposed rate counts nowhere before the other side has confirmed it."""

    VORGESCHLAGEN = "VORGESCHLAGEN", "wartet auf das Jugendamt"
    BESTAETIGT = "BESTAETIGT", "bestätigt"
    ABGELEHNT = "ABGELEHNT", "abgelehnt"
    ZURUECKGEZOGEN = "ZURUECKGEZOGEN", "zurückgezogen"


class VorschlagAktion(Beschriftet):
    """What is done with it: the office decides, whoever proposed takes it back."""

    BESTAETIGEN = "bestaetigen", "Bestätigen"
    ABLEHNEN = "ablehnen", "Ablehnen"
    ZURUECKZIEHEN = "zurueckziehen", "Zurückziehen"


_Z, _A = VorschlagZustand, VorschlagAktion

ENTGELTVORSCHLAG: Zustandsmaschine[VorschlagZustand, VorschlagAktion] = Zustandsmaschine(
    "Entgeltvorschlag",
    VorschlagZustand,
    {
        _Z.VORGESCHLAGEN: {
            _A.BESTAETIGEN: _Z.BESTAETIGT,
            _A.ABLEHNEN: _Z.ABGELEHNT,
            _A.ZURUECKZIEHEN: _Z.ZURUECKGEZOGEN,
        },
    },
)
