"""Who keeps the catalogue of the market, who reads how it came to be (ADR 0065)."""

from __future__ import annotations

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle


def may_edit_katalog(akteur: Akteur) -> bool:
    """The Landesjugendamt: it plans with offices and providers what is to be offered (§ 85 Abs. 2 Nr. 2 SGB VIII)."""
    return akteur.hat(Rolle.LANDESJUGENDAMT)


def may_view_katalog(akteur: Akteur) -> bool:
    """Who keeps it, the ministry, and the operator, who loads its files."""
    return akteur.hat(Rolle.LANDESJUGENDAMT, Rolle.MINISTERIUM, Rolle.BETRIEB)
