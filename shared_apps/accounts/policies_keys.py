"""Who may see and revoke the API keys of others."""

from __future__ import annotations

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle


def may_manage_keys(akteur: Akteur) -> bool:
    """The administration of an office, at its own host: keys that work there."""
    return akteur.tenant_id is not None and akteur.hat(Rolle.TENANT_ADMIN)
