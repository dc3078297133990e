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

#: A changed name of a provider goes the same way as a rate.
_WEG = {
    _Z.VORGESCHLAGEN: {
        _A.BESTAETIGEN: _Z.BESTAETIGT,
        _A.ABLEHNEN: _Z.ABGELEHNT,
        _A.ZURUECKZIEHEN: _Z.ZURUECKGEZOGEN,
    },
}
ENTGELTVORSCHLAG = Zustandsmaschine("Entgeltvorschlag", VorschlagZustand, _WEG)
STAMMDATENVORSCHLAG = Zustandsmaschine("Stammdatenvorschlag", VorschlagZustand, _WEG)


class MeldungZustand(Beschriftet):
    """What a provider says to an office's report that a place was not free."""

    OFFEN = "OFFEN", "wartet auf die Einrichtung"
    STIMMT = "STIMMT", "stimmt, ist berichtigt"
    BEHOBEN = "BEHOBEN", "stimmte, inzwischen behoben"
    BESTRITTEN = "BESTRITTEN", "bestritten, es war frei"
    ZURUECKGENOMMEN = "ZURUECKGENOMMEN", "vom Jugendamt zurückgenommen"


class MeldungAktion(Beschriftet):
    """The provider answers with one of three; the office takes back what it reported by mistake."""

    EINRAEUMEN = "einraeumen", "Stimmt, ist berichtigt"
    BEHEBEN = "beheben", "Stimmte, ist inzwischen behoben"
    BESTREITEN = "bestreiten", "Stimmt nicht, es war frei"
    ZURUECKNEHMEN = "zuruecknehmen", "Meldung zurücknehmen"


_M, _W = MeldungZustand, MeldungAktion

VAKANZMELDUNG: Zustandsmaschine[MeldungZustand, MeldungAktion] = Zustandsmaschine(
    "Meldung",
    MeldungZustand,
    {
        _M.OFFEN: {
            _W.EINRAEUMEN: _M.STIMMT,
            _W.BEHEBEN: _M.BEHOBEN,
            _W.BESTREITEN: _M.BESTRITTEN,
            _W.ZURUECKNEHMEN: _M.ZURUECKGENOMMEN,
        },
    },
)


class KontoZustand(Beschriftet):
    """An account that is entered holds when a second person has confirmed it: a colleague, or the office asked."""

    VORGESCHLAGEN = "VORGESCHLAGEN", "wartet auf eine zweite Person"
    BESTAETIGT = "BESTAETIGT", "bestätigt"
    ABGELEHNT = "ABGELEHNT", "abgelehnt"
    ZURUECKGEZOGEN = "ZURUECKGEZOGEN", "zurückgezogen"
    ABGELAUFEN = "ABGELAUFEN", "nicht rechtzeitig bestätigt"


#: What the first state is called where an office is asked.
AMT_WARTET = "wartet auf das Jugendamt"


class KontoAktion(Beschriftet):
    """A second person confirms or declines, who entered it takes it back, and it runs out by itself."""

    BESTAETIGEN = "bestaetigen", "Bestätigen"
    ABLEHNEN = "ablehnen", "Ablehnen"
    ZURUECKZIEHEN = "zurueckziehen", "Zurückziehen"
    ABLAUFEN = "ablaufen", "Ablaufen"


_K, _B = KontoZustand, KontoAktion

KONTOVORSCHLAG: Zustandsmaschine[KontoZustand, KontoAktion] = Zustandsmaschine(
    "Kontovorschlag",
    KontoZustand,
    {
        _K.VORGESCHLAGEN: {
            _B.BESTAETIGEN: _K.BESTAETIGT,
            _B.ABLEHNEN: _K.ABGELEHNT,
            _B.ZURUECKZIEHEN: _K.ZURUECKGEZOGEN,
            _B.ABLAUFEN: _K.ABGELAUFEN,
        },
    },
)
