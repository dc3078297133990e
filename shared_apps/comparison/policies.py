"""Who may see and take away figures across districts (docs/security.md "Who may see what")."""

from __future__ import annotations

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle

SIEHT_VERGLEICH = (
    Rolle.ASD,
    Rolle.TEAMLEITUNG,
    Rolle.WJH,
    Rolle.CONTROLLING,
    Rolle.JUGENDAMTSLEITUNG,
    Rolle.AUSSCHUSS,
    Rolle.LANDESJUGENDAMT,
    Rolle.MINISTERIUM,
)
NIMMT_MIT = (Rolle.CONTROLLING, Rolle.JUGENDAMTSLEITUNG, Rolle.MINISTERIUM)


def may_view_kennzahlen(akteur: Akteur) -> bool:
    """Aggregates across districts: offices, committee and the state; never providers, never the operator."""
    return akteur.hat(*SIEHT_VERGLEICH)


def may_export_kennzahlen(akteur: Akteur) -> bool:
    """Take the table away as a file ("x" in the matrix)."""
    return akteur.hat(*NIMMT_MIT)
