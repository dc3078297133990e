"""States of a Leistungsnachweis and of a Rechnung, with their transitions and named sets.

Nothing is edited after submission: a corrected invoice is a new one, the objected one is cancelled
(law.md 5.2). The step from SACHLICH_RICHTIG to ANGEORDNET needs another person (`rules.darf_anordnen`).
"""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class LeistungsnachweisZustand(Beschriftet):
    ENTWURF = "ENTWURF", "Entwurf"
    EINGEREICHT = "EINGEREICHT", "Eingereicht"
    BESTAETIGT = "BESTAETIGT", "Bestätigt"
    BEANSTANDET = "BEANSTANDET", "Beanstandet"


class LeistungsnachweisAktion(Beschriftet):
    EINREICHEN = "einreichen", "Einreichen"
    BESTAETIGEN = "bestaetigen", "Bestätigen"
    BEANSTANDEN = "beanstanden", "Beanstanden"


class RechnungZustand(Beschriftet):
    EINGEREICHT = "EINGEREICHT", "Eingereicht"
    SACHLICH_RICHTIG = "SACHLICH_RICHTIG", "Sachlich und rechnerisch richtig"
    ANGEORDNET = "ANGEORDNET", "Zahlung angeordnet"
    BEZAHLT = "BEZAHLT", "Bezahlt"
    BEANSTANDET = "BEANSTANDET", "Beanstandet"
    STORNIERT = "STORNIERT", "Storniert"


class RechnungAktion(Beschriftet):
    FESTSTELLEN = "feststellen", "Richtigkeit feststellen"
    ANORDNEN = "anordnen", "Zahlung anordnen"
    BEZAHLEN = "bezahlen", "Als bezahlt vermerken"
    BEANSTANDEN = "beanstanden", "Beanstanden"
    STORNIEREN = "stornieren", "Stornieren"


_L, _LA = LeistungsnachweisZustand, LeistungsnachweisAktion
_R, _RA = RechnungZustand, RechnungAktion

LEISTUNGSNACHWEIS: Zustandsmaschine[LeistungsnachweisZustand, LeistungsnachweisAktion] = Zustandsmaschine(
    "Leistungsnachweis",
    LeistungsnachweisZustand,
    {
        _L.ENTWURF: {_LA.EINREICHEN: _L.EINGEREICHT},
        _L.EINGEREICHT: {_LA.BESTAETIGEN: _L.BESTAETIGT, _LA.BEANSTANDEN: _L.BEANSTANDET},
        _L.BEANSTANDET: {_LA.EINREICHEN: _L.EINGEREICHT},
    },
    zaehlt=True,
)
RECHNUNG: Zustandsmaschine[RechnungZustand, RechnungAktion] = Zustandsmaschine(
    "Rechnung",
    RechnungZustand,
    {
        _R.EINGEREICHT: {
            _RA.FESTSTELLEN: _R.SACHLICH_RICHTIG,
            _RA.BEANSTANDEN: _R.BEANSTANDET,
            _RA.STORNIEREN: _R.STORNIERT,
        },
        _R.SACHLICH_RICHTIG: {_RA.ANORDNEN: _R.ANGEORDNET, _RA.BEANSTANDEN: _R.BEANSTANDET},
        _R.ANGEORDNET: {_RA.BEZAHLEN: _R.BEZAHLT},
        _R.BEANSTANDET: {_RA.STORNIEREN: _R.STORNIERT},
    },
    zaehlt=True,
)

LEISTUNGSNACHWEIS_BEARBEITBAR = frozenset({_L.ENTWURF, _L.BEANSTANDET})

# Days on an invoice in one of these states are taken: no other invoice may charge them.
RECHNUNG_LEBEND = frozenset({_R.EINGEREICHT, _R.SACHLICH_RICHTIG, _R.ANGEORDNET, _R.BEZAHLT})
# Somebody of the office has certified it: its days are taken.
RECHNUNG_FESTGESTELLT = frozenset({_R.SACHLICH_RICHTIG, _R.ANGEORDNET, _R.BEZAHLT})
RECHNUNG_OFFEN = frozenset({_R.EINGEREICHT, _R.SACHLICH_RICHTIG, _R.ANGEORDNET})
# What counts as payment in the figures: only money that has left.
RECHNUNG_AUSGEZAHLT = frozenset({_R.BEZAHLT})
RECHNUNG_ENDGUELTIG = RECHNUNG.endzustaende
