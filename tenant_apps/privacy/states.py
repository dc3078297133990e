"""States of a deletion run: one prepares it, another one approves, and it is carried out in the same transaction."""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class LoeschlaufZustand(Beschriftet):
    """Life of a deletion run."""

    VORSCHAU = "VORSCHAU", "Vorschau, wartet auf die zweite Person"
    FREIGEGEBEN = "FREIGEGEBEN", "freigegeben"
    AUSGEFUEHRT = "AUSGEFUEHRT", "ausgeführt"
    VERWORFEN = "VERWORFEN", "verworfen"


class LoeschlaufAktion(Beschriftet):
    """What is done with it."""

    FREIGEBEN = "freigeben", "Freigeben"
    AUSFUEHREN = "ausfuehren", "Ausführen"
    VERWERFEN = "verwerfen", "Verwerfen"


_Z, _A = LoeschlaufZustand, LoeschlaufAktion

LOESCHLAUF: Zustandsmaschine[LoeschlaufZustand, LoeschlaufAktion] = Zustandsmaschine(
    "Löschlauf",
    LoeschlaufZustand,
    {
        _Z.VORSCHAU: {_A.FREIGEBEN: _Z.FREIGEGEBEN, _A.VERWERFEN: _Z.VERWORFEN},
        _Z.FREIGEGEBEN: {_A.AUSFUEHREN: _Z.AUSGEFUEHRT},
    },
)
