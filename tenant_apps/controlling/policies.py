"""Who may see and change budgets (docs/security.md "Who may see what": local controlling)."""

from __future__ import annotations

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from tenant_apps.cases.policies import may_list_hilfefaelle


def may_view_controlling(akteur: Akteur) -> bool:
    """Sums of the whole office: controlling, leads, economic youth welfare, committee."""
    return akteur.hat(Rolle.CONTROLLING, Rolle.JUGENDAMTSLEITUNG, Rolle.TEAMLEITUNG, Rolle.WJH, Rolle.AUSSCHUSS)


def may_edit_haushalt(akteur: Akteur) -> bool:
    """Enter and change the budget of a year."""
    return akteur.hat(Rolle.CONTROLLING)


def sees_cases_too(akteur: Akteur) -> bool:
    """Whether the person also sees lists of cases, so that a sum of everything would betray a sealed one."""
    return may_list_hilfefaelle(akteur)
