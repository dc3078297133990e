"""What is known of a file that somebody handed in."""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class Dateipruefung(Beschriftet):
    """Only what is free, or was taken without a scanner, is ever given to anybody."""

    WARTET = "WARTET", "wird noch geprüft"
    FREI = "FREI", "geprüft"
    UNGEPRUEFT = "UNGEPRUEFT", "nicht auf Viren geprüft"
    BEFALLEN = "BEFALLEN", "abgelehnt: Schadsoftware gefunden"


class Dateischritt(Beschriftet):
    """What the scanner says, or that there is none any more."""

    FREIGEBEN = "freigeben", "Freigeben"
    ABLEHNEN = "ablehnen", "Ablehnen"
    VERZICHTEN = "verzichten", "Ohne Prüfung freigeben"


_P, _S = Dateipruefung, Dateischritt

DATEI: Zustandsmaschine[Dateipruefung, Dateischritt] = Zustandsmaschine(
    "Datei",
    Dateipruefung,
    {_P.WARTET: {_S.FREIGEBEN: _P.FREI, _S.ABLEHNEN: _P.BEFALLEN, _S.VERZICHTEN: _P.UNGEPRUEFT}},
)
#: What people who may see the row may also open.
LESBAR = (_P.FREI, _P.UNGEPRUEFT)
