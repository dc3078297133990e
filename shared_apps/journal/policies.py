"""Operations only."""

from __future__ import annotations

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle


def may_use_support(akteur: Akteur) -> bool:
    """The operator, on the portal."""
    return akteur.hat(Rolle.BETRIEB) and akteur.tenant_id is None


def may_view_journal(akteur: Akteur) -> bool:
    """The operator reads which shared rows changed, by whom: names of columns, no values."""
    return akteur.hat(Rolle.BETRIEB) and akteur.tenant_id is None
