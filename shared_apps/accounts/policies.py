"""Who says how people sign in, and who sees the keys of others."""

from __future__ import annotations

from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Fachkraft
from shared_apps.core.errors import Konflikt

AUTOR_GESPERRT = (
    "Das lässt sich nicht mehr bestätigen: Das Konto der Person, die es vorgelegt hat, ist gesperrt. Bitte lassen Sie"
    " es neu vorlegen."
)


def check_autor(autor_id: UUID | None) -> None:
    """Of everything that takes two people: nothing of a closed account is confirmed. Raises `Konflikt`.

    Whether each may sign is asked when she signs (ADR 0053): the author's role when she proposes, that of the second
    person when she confirms. None: the operator's command.
    """
    if autor_id is not None and Fachkraft.objects.filter(pk=autor_id, is_active=False).exists():
        raise Konflikt(AUTOR_GESPERRT)


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
