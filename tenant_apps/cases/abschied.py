"""How many cases a role leaves behind when it ends: asked by the administration of people (`members.hooks`)."""

from __future__ import annotations

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.models import Membership
from tenant_apps.cases.policies import FALLFUEHREND, VORMUND
from tenant_apps.cases.selectors import count_offene
from tenants.context import in_tenant


def count_hinterlassene(akteur: Akteur, membership: Membership) -> int:
    """Open cases of the role's person, where the role is one that leads cases, as the office's own people count them.

    Administration runs on shared tables and sees no case; it hears a number. A sealed case does not count for whoever
    is not named for it: the row rule holds here, too. One query.
    """
    leitet = membership.rolle in {*FALLFUEHREND, VORMUND} and membership.deputy_of_id is None
    if not leitet or membership.tenant is None:
        return 0
    with in_tenant(membership.tenant, user_id=akteur.user_id):
        return count_offene(membership.user_id)
