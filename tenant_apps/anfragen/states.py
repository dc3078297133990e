"""States of an Anfrage and of each Hausanfrage in it, with their transitions and sets.

A house answers; the office accepts one yes, and all others that are open close in the same transaction.
"""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class AnfrageZustand(Beschriftet):
    """Of the whole set."""

    OFFEN = "OFFEN", "offen"
    ANGENOMMEN = "ANGENOMMEN", "Zusage angenommen"
    ZURUECKGEZOGEN = "ZURUECKGEZOGEN", "zurückgezogen"
    BEENDET = "BEENDET", "ohne Ergebnis beendet"


class AnfrageAktion(Beschriftet):
    ANNEHMEN = "annehmen", "Zusage annehmen"
    ZURUECKZIEHEN = "zurueckziehen", "Zurückziehen"
    BEENDEN = "beenden", "Beenden"


class HausanfrageZustand(Beschriftet):
    """Of one house in it."""

    ANGEFRAGT = "ANGEFRAGT", "noch keine Antwort"
    ZUGESAGT = "ZUGESAGT", "Ja"
    RUECKFRAGE = "RUECKFRAGE", "Ja, mit Rückfrage"
    ANRUF = "ANRUF", "bitte anrufen"
    ABGESAGT = "ABGESAGT", "Nein"
    ANGENOMMEN = "ANGENOMMEN", "angenommen"
    GESCHLOSSEN = "GESCHLOSSEN", "anderweitig besetzt"
    ZURUECKGEZOGEN = "ZURUECKGEZOGEN", "zurückgezogen"
    VERFALLEN = "VERFALLEN", "Frist abgelaufen"


class HausanfrageAktion(Beschriftet):
    ZUSAGEN = "zusagen", "Ja"
    RUECKFRAGEN = "rueckfragen", "Ja, mit Rückfrage"
    ANRUFEN = "anrufen", "Bitte anrufen"
    ABSAGEN = "absagen", "Nein"
    ANNEHMEN = "annehmen", "Annehmen"
    SCHLIESSEN = "schliessen", "Schließen"
    ZURUECKZIEHEN = "zurueckziehen", "Zurückziehen"
    VERFALLEN = "verfallen", "Verfallen lassen"


_A, _AA = AnfrageZustand, AnfrageAktion
_H, _HA = HausanfrageZustand, HausanfrageAktion

ANFRAGE: Zustandsmaschine[AnfrageZustand, AnfrageAktion] = Zustandsmaschine(
    "Anfrage",
    AnfrageZustand,
    {
        _A.OFFEN: {
            _AA.ANNEHMEN: _A.ANGENOMMEN,
            _AA.ZURUECKZIEHEN: _A.ZURUECKGEZOGEN,
            _AA.BEENDEN: _A.BEENDET,
        },
    },
    wird_bezogen=True,
)
_VORBEI = {
    _HA.SCHLIESSEN: _H.GESCHLOSSEN,
    _HA.ZURUECKZIEHEN: _H.ZURUECKGEZOGEN,
    _HA.VERFALLEN: _H.VERFALLEN,
}
HAUSANFRAGE: Zustandsmaschine[HausanfrageZustand, HausanfrageAktion] = Zustandsmaschine(
    "Anfrage an das Haus",
    HausanfrageZustand,
    {
        _H.ANGEFRAGT: {
            _HA.ZUSAGEN: _H.ZUGESAGT,
            _HA.RUECKFRAGEN: _H.RUECKFRAGE,
            _HA.ANRUFEN: _H.ANRUF,
            _HA.ABSAGEN: _H.ABGESAGT,
            **_VORBEI,
        },
        _H.ANRUF: {_HA.ZUSAGEN: _H.ZUGESAGT, _HA.RUECKFRAGEN: _H.RUECKFRAGE, _HA.ABSAGEN: _H.ABGESAGT, **_VORBEI},
        _H.RUECKFRAGE: {
            _HA.ZUSAGEN: _H.ZUGESAGT,
            _HA.ABSAGEN: _H.ABGESAGT,
            _HA.ANNEHMEN: _H.ANGENOMMEN,
            **_VORBEI,
        },
        _H.ZUGESAGT: {_HA.ABSAGEN: _H.ABGESAGT, _HA.ANNEHMEN: _H.ANGENOMMEN, **_VORBEI},
    },
)

#: The house has not said whether it can.
UNBEANTWORTET = frozenset({_H.ANGEFRAGT, _H.ANRUF})
#: It has said yes, and the office has not decided.
ZUSAGEN = frozenset({_H.ZUGESAGT, _H.RUECKFRAGE})
#: It has said something that the office acts on.
WARTET_AUF_AMT = ZUSAGEN | {_H.ANRUF}
#: It can still become a place.
HAUSANFRAGE_OFFEN = UNBEANTWORTET | ZUSAGEN
