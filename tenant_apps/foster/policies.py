"""Who reads own foster places, who keeps them, who keeps what they cost (docs/security.md "Who may see what")."""

from __future__ import annotations

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle

_FALLFUEHREND = (Rolle.ASD, Rolle.TEAMLEITUNG)


def may_read_pflegestellen(akteur: Akteur) -> bool:
    """Read own foster places and their rates: who chooses a help, who pays for it, the head of the office."""
    return akteur.hat(*_FALLFUEHREND, Rolle.WJH, Rolle.JUGENDAMTSLEITUNG)


def may_keep_pflegestellen(akteur: Akteur) -> bool:
    """Enter, change and end own foster places: the social service, which the foster care service is part of."""
    return akteur.hat(*_FALLFUEHREND)


def may_keep_pflegegeld(akteur: Akteur) -> bool:
    """Enter and change rates of foster care: economic youth welfare, which pays them."""
    return akteur.hat(Rolle.WJH)
