"""States of the operator's request to look: the operator asks and ends, the office decides and may take it back."""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class SupportZustand(Beschriftet):
    """Life of an operator's request to look into an office's workspace."""

    BEANTRAGT = "BEANTRAGT", "beantragt"
    BEWILLIGT = "BEWILLIGT", "bewilligt"
    ABGELEHNT = "ABGELEHNT", "abgelehnt"
    WIDERRUFEN = "WIDERRUFEN", "vom Jugendamt widerrufen"
    BEENDET = "BEENDET", "vom Betrieb beendet"


class SupportAktion(Beschriftet):
    """What is done with it: the first three by the office, the last one by the operator."""

    BEWILLIGEN = "bewilligen", "Bewilligen"
    ABLEHNEN = "ablehnen", "Ablehnen"
    WIDERRUFEN = "widerrufen", "Widerrufen"
    BEENDEN = "beenden", "Beenden"


_Z, _A = SupportZustand, SupportAktion
_ENDE = {_A.WIDERRUFEN: _Z.WIDERRUFEN, _A.BEENDEN: _Z.BEENDET}

SUPPORTZUGRIFF: Zustandsmaschine[SupportZustand, SupportAktion] = Zustandsmaschine(
    "Supportzugriff",
    SupportZustand,
    {
        _Z.BEANTRAGT: {_A.BEWILLIGEN: _Z.BEWILLIGT, _A.ABLEHNEN: _Z.ABGELEHNT, **_ENDE},
        _Z.BEWILLIGT: _ENDE,
    },
)
