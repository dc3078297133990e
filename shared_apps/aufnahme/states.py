"""States of an application to join: confirmed by mail, checked by one person of the office, admitted by another."""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class AufnahmeZustand(Beschriftet):
    """What a provider has asked for reaches nobody before the e-mail address is confirmed."""

    UNBESTAETIGT = "UNBESTAETIGT", "E-Mail noch nicht bestätigt"
    OFFEN = "OFFEN", "wartet auf die Prüfung"
    GEPRUEFT = "GEPRUEFT", "geprüft, wartet auf eine zweite Person"
    AUFGENOMMEN = "AUFGENOMMEN", "aufgenommen"
    ABGELEHNT = "ABGELEHNT", "abgelehnt"
    ZURUECKGEZOGEN = "ZURUECKGEZOGEN", "zurückgezogen"


class AufnahmeAktion(Beschriftet):
    """What is done with it: the first and the last by whoever has the link of the mail, or by the author."""

    BESTAETIGEN = "bestaetigen", "E-Mail bestätigen"
    PRUEFEN = "pruefen", "Als geprüft weitergeben"
    AUFNEHMEN = "aufnehmen", "Aufnehmen und einladen"
    ABLEHNEN = "ablehnen", "Ablehnen"
    ZURUECKZIEHEN = "zurueckziehen", "Zurückziehen"


_Z, _A = AufnahmeZustand, AufnahmeAktion

AUFNAHMEANTRAG: Zustandsmaschine[AufnahmeZustand, AufnahmeAktion] = Zustandsmaschine(
    "Aufnahmeantrag",
    AufnahmeZustand,
    {
        _Z.UNBESTAETIGT: {_A.BESTAETIGEN: _Z.OFFEN},
        _Z.OFFEN: {
            _A.PRUEFEN: _Z.GEPRUEFT,
            _A.ABLEHNEN: _Z.ABGELEHNT,
            _A.ZURUECKZIEHEN: _Z.ZURUECKGEZOGEN,
        },
        _Z.GEPRUEFT: {
            _A.AUFNEHMEN: _Z.AUFGENOMMEN,
            _A.ABLEHNEN: _Z.ABGELEHNT,
            _A.ZURUECKZIEHEN: _Z.ZURUECKGEZOGEN,
        },
    },
)
