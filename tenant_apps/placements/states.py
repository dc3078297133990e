"""States of a Reservierung and of a Buchung, with their transitions and the sets named after what they
allow.

A reservation waits for the provider's consent (Anbieterzustimmung); only a consented one becomes a booking.
The reservation ends as GEBUCHT, from then on the booking holds the place.
"""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class ReservierungZustand(Beschriftet):
    RESERVIERT = "RESERVIERT", "Reserviert"
    ZUGESTIMMT = "ZUGESTIMMT", "Anbieter hat zugestimmt"
    ABGELEHNT = "ABGELEHNT", "Vom Anbieter abgelehnt"
    ZURUECKGEZOGEN = "ZURUECKGEZOGEN", "Zurückgezogen"
    ABGELAUFEN = "ABGELAUFEN", "Abgelaufen"
    GEBUCHT = "GEBUCHT", "Gebucht"


class ReservierungAktion(Beschriftet):
    ZUSTIMMEN = "zustimmen", "Zustimmen"
    ABLEHNEN = "ablehnen", "Ablehnen"
    ZURUECKZIEHEN = "zurueckziehen", "Zurückziehen"
    VERLAENGERN = "verlaengern", "Frist verlängern"
    ABLAUFEN = "ablaufen", "Ablaufen lassen"
    BUCHEN = "buchen", "Buchen"


class BuchungZustand(Beschriftet):
    GEBUCHT = "GEBUCHT", "Gebucht"
    LAUFEND = "LAUFEND", "Laufend"
    BEENDET = "BEENDET", "Beendet"
    ABGEBROCHEN = "ABGEBROCHEN", "Abgebrochen"
    STORNIERT = "STORNIERT", "Storniert"


class VorgangZustand(Beschriftet):
    """A row of the Fallmanager is a reservation and, later, its booking: the states of both, in the work's order."""

    RESERVIERT = "RESERVIERT", "Reserviert"
    ZUGESTIMMT = "ZUGESTIMMT", "Zugestimmt"
    GEBUCHT = "GEBUCHT", "Gebucht"
    LAUFEND = "LAUFEND", "Hilfe läuft"
    BEENDET = "BEENDET", "Beendet"
    ABGEBROCHEN = "ABGEBROCHEN", "Abgebrochen"
    STORNIERT = "STORNIERT", "Storniert"
    ABGELEHNT = "ABGELEHNT", "Abgelehnt"
    ZURUECKGEZOGEN = "ZURUECKGEZOGEN", "Zurückgezogen"
    ABGELAUFEN = "ABGELAUFEN", "Abgelaufen"


class BuchungAktion(Beschriftet):
    BEGINNEN = "beginnen", "Aufnahme bestätigen"
    FORTSCHREIBEN = "fortschreiben", "Fortschreiben"
    VERLAENGERN = "verlaengern", "Verlängern"
    BEENDEN = "beenden", "Beenden"
    ABBRECHEN = "abbrechen", "Abbrechen"
    STORNIEREN = "stornieren", "Stornieren"


_R, _RA = ReservierungZustand, ReservierungAktion
_B, _BA = BuchungZustand, BuchungAktion

RESERVIERUNG: Zustandsmaschine[ReservierungZustand, ReservierungAktion] = Zustandsmaschine(
    "Reservierung",
    ReservierungZustand,
    {
        _R.RESERVIERT: {
            _RA.ZUSTIMMEN: _R.ZUGESTIMMT,
            _RA.ABLEHNEN: _R.ABGELEHNT,
            _RA.ZURUECKZIEHEN: _R.ZURUECKGEZOGEN,
            _RA.VERLAENGERN: _R.RESERVIERT,
            _RA.ABLAUFEN: _R.ABGELAUFEN,
        },
        _R.ZUGESTIMMT: {
            _RA.BUCHEN: _R.GEBUCHT,
            _RA.ZURUECKZIEHEN: _R.ZURUECKGEZOGEN,
            _RA.VERLAENGERN: _R.ZUGESTIMMT,
            _RA.ABLAUFEN: _R.ABGELAUFEN,
        },
    },
    zaehlt=True,
)
BUCHUNG: Zustandsmaschine[BuchungZustand, BuchungAktion] = Zustandsmaschine(
    "Buchung",
    BuchungZustand,
    {
        _B.GEBUCHT: {
            _BA.BEGINNEN: _B.LAUFEND,
            _BA.FORTSCHREIBEN: _B.GEBUCHT,
            _BA.VERLAENGERN: _B.GEBUCHT,
            _BA.STORNIEREN: _B.STORNIERT,
        },
        _B.LAUFEND: {
            _BA.FORTSCHREIBEN: _B.LAUFEND,
            _BA.VERLAENGERN: _B.LAUFEND,
            _BA.BEENDEN: _B.BEENDET,
            _BA.ABBRECHEN: _B.ABGEBROCHEN,
        },
    },
    zaehlt=True,
)

# A live reservation holds its place (the exclusion constraint counts these).
RESERVIERUNG_LEBEND = frozenset({_R.RESERVIERT, _R.ZUGESTIMMT})

# The row waits for somebody: its place is held until its deadline.
VORGANG_OFFEN = frozenset({VorgangZustand.RESERVIERT, VorgangZustand.ZUGESTIMMT})
# Booked, and not cancelled: its money flows or has flowed.
VORGANG_GEBUCHT = frozenset(
    {VorgangZustand.GEBUCHT, VorgangZustand.LAUFEND, VorgangZustand.BEENDET, VorgangZustand.ABGEBROCHEN}
)
# Money that is committed or was: not declined, withdrawn, expired or cancelled.
VORGANG_GEBUNDEN = VORGANG_OFFEN | VORGANG_GEBUCHT
# It came to nothing.
VORGANG_GESCHEITERT = frozenset(VorgangZustand) - VORGANG_GEBUNDEN

# A live booking holds its place; a help that has begun is ended or broken off, never cancelled.
BUCHUNG_LEBEND = frozenset({_B.GEBUCHT, _B.LAUFEND})
BUCHUNG_ABRECHENBAR = frozenset({_B.LAUFEND, _B.BEENDET, _B.ABGEBROCHEN})
