"""Who operates."""

from __future__ import annotations

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle


def may_operate(akteur: Akteur) -> bool:
    """The operator; she sees technical state, never content."""
    return akteur.hat(Rolle.BETRIEB)
