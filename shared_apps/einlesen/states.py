"""States of a list that is read into the register: two people sign, then a job does it, and one way leads back."""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class EinlesungZustand(Beschriftet):
    """Nothing of a list is in the register before a second person has released it."""

    ENTWURF = "ENTWURF", "in Vorbereitung"
    VORGELEGT = "VORGELEGT", "wartet auf Freigabe"
    FREIGEGEBEN = "FREIGEGEBEN", "wird eingelesen"
    EINGELESEN = "EINGELESEN", "eingelesen"
    RUECKNAHME = "RUECKNAHME", "wird zurückgenommen"
    ZURUECKGENOMMEN = "ZURUECKGENOMMEN", "zurückgenommen"
    VERWORFEN = "VERWORFEN", "verworfen"


class EinlesungAktion(Beschriftet):
    """What is done with it; the job finishes what was released or is to be taken back, or gives up.

    A list that nobody works on any more is broken off by a person, or handed to a job again, which is no step.
    """

    VORLEGEN = "vorlegen", "Zur Freigabe vorlegen"
    FREIGEBEN = "freigeben", "Freigeben und einlesen"
    ZURUECKGEBEN = "zurueckgeben", "Zurückgeben"
    VERWERFEN = "verwerfen", "Verwerfen"
    ZURUECKNEHMEN = "zuruecknehmen", "Liste zurücknehmen"
    ABSCHLIESSEN = "abschliessen", "Abschließen"
    ABBRECHEN = "abbrechen", "Abbrechen"


_Z, _A = EinlesungZustand, EinlesungAktion

EINLESUNG: Zustandsmaschine[EinlesungZustand, EinlesungAktion] = Zustandsmaschine(
    "Einlesung",
    EinlesungZustand,
    {
        _Z.ENTWURF: {_A.VORLEGEN: _Z.VORGELEGT, _A.VERWERFEN: _Z.VERWORFEN},
        _Z.VORGELEGT: {_A.FREIGEBEN: _Z.FREIGEGEBEN, _A.ZURUECKGEBEN: _Z.ENTWURF},
        _Z.FREIGEGEBEN: {_A.ABSCHLIESSEN: _Z.EINGELESEN, _A.ABBRECHEN: _Z.EINGELESEN},
        _Z.EINGELESEN: {_A.ZURUECKNEHMEN: _Z.RUECKNAHME},
        _Z.RUECKNAHME: {_A.ABSCHLIESSEN: _Z.ZURUECKGENOMMEN, _A.ABBRECHEN: _Z.EINGELESEN},
    },
)
