"""States of requests for roles (one proposes, another one decides) and for access (confirmed by mail, then decided)."""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine


class AntragZustand(Beschriftet):
    """Four eyes: proposed by one person, decided by another."""

    BEANTRAGT = "BEANTRAGT", "wartet auf Entscheidung"
    BEWILLIGT = "BEWILLIGT", "bewilligt"
    ABGELEHNT = "ABGELEHNT", "abgelehnt"


class AntragAktion(Beschriftet):
    """How the second person decides."""

    BEWILLIGEN = "bewilligen", "Bewilligen"
    ABLEHNEN = "ablehnen", "Ablehnen"


class ZugangZustand(Beschriftet):
    """An online request for access; it reaches nobody before the e-mail address is confirmed."""

    UNBESTAETIGT = "UNBESTAETIGT", "E-Mail noch nicht bestätigt"
    OFFEN = "OFFEN", "offen"
    BEWILLIGT = "BEWILLIGT", "bewilligt"
    ABGELEHNT = "ABGELEHNT", "abgelehnt"


class ZugangAktion(Beschriftet):
    """What is done with it: the first by whoever has the link of the mail."""

    BESTAETIGEN = "bestaetigen", "E-Mail bestätigen"
    BEWILLIGEN = "bewilligen", "Bewilligen"
    ABLEHNEN = "ablehnen", "Ablehnen"


_M, _MA = AntragZustand, AntragAktion
_Z, _ZA = ZugangZustand, ZugangAktion

MITGLIEDSCHAFTSANTRAG: Zustandsmaschine[AntragZustand, AntragAktion] = Zustandsmaschine(
    "Rollenantrag",
    AntragZustand,
    {_M.BEANTRAGT: {_MA.BEWILLIGEN: _M.BEWILLIGT, _MA.ABLEHNEN: _M.ABGELEHNT}},
)

ZUGANGSANTRAG: Zustandsmaschine[ZugangZustand, ZugangAktion] = Zustandsmaschine(
    "Zugangsantrag",
    ZugangZustand,
    {
        _Z.UNBESTAETIGT: {_ZA.BESTAETIGEN: _Z.OFFEN},
        _Z.OFFEN: {_ZA.BEWILLIGEN: _Z.BEWILLIGT, _ZA.ABLEHNEN: _Z.ABGELEHNT},
    },
)
