"""Who says how people sign in, and who sees the keys of others."""

from __future__ import annotations

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle


def may_set_anmelderegeln(akteur: Akteur) -> bool:
    """The office's administration: who needs a second factor here."""
    return akteur.hat(Rolle.TENANT_ADMIN)


def may_set_anmeldedienst(akteur: Akteur) -> bool:
    """The office's administration: with which server the office's people sign in."""
    return akteur.hat(Rolle.TENANT_ADMIN)


def may_confirm_anmeldedienst(akteur: Akteur) -> bool:
    """Confirm the server a colleague has written down: the office's head, or a second administrator."""
    return akteur.hat(Rolle.TENANT_ADMIN, Rolle.JUGENDAMTSLEITUNG)


def may_lower_anmelderegeln(akteur: Akteur) -> bool:
    """The operator: who needs a second factor everywhere, and who is released from it."""
    return akteur.hat(Rolle.BETRIEB)


def may_manage_keys(akteur: Akteur) -> bool:
    """The administration of an office, at its own host: keys that work there."""
    return akteur.tenant_id is not None and akteur.hat(Rolle.TENANT_ADMIN)
