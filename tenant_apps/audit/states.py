"""States of an approval under four eyes: one person asks, another one decides, and it ends by itself."""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class FreigabeZustand(Beschriftet):
    """Life of a request that needs a second person."""

    BEANTRAGT = "BEANTRAGT", "beantragt"
    BEWILLIGT = "BEWILLIGT", "bewilligt"
    ABGELEHNT = "ABGELEHNT", "abgelehnt"
    ABGELAUFEN = "ABGELAUFEN", "abgelaufen"
    WIDERRUFEN = "WIDERRUFEN", "widerrufen"


class FreigabeAktion(Beschriftet):
    """What is done with it; letting it expire is a job's."""

    BEWILLIGEN = "bewilligen", "Bewilligen"
    ABLEHNEN = "ablehnen", "Ablehnen"
    ZURUECKNEHMEN = "zuruecknehmen", "Zurücknehmen"
    ABLAUFEN = "ablaufen", "Ablaufen lassen"


_Z, _A = FreigabeZustand, FreigabeAktion

FREIGABE: Zustandsmaschine[FreigabeZustand, FreigabeAktion] = Zustandsmaschine(
    "Freigabe",
    FreigabeZustand,
    {
        _Z.BEANTRAGT: {
            _A.BEWILLIGEN: _Z.BEWILLIGT,
            _A.ABLEHNEN: _Z.ABGELEHNT,
            _A.ZURUECKNEHMEN: _Z.WIDERRUFEN,
        },
        _Z.BEWILLIGT: {_A.ZURUECKNEHMEN: _Z.WIDERRUFEN, _A.ABLAUFEN: _Z.ABGELAUFEN},
    },
)
