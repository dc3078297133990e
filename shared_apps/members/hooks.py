"""What an ended role leaves behind: the cases are above this app in the import order, in the office's own schema.

Cases registers its function in `AppConfig.ready`; without one nothing is left behind.
"""

from __future__ import annotations

from collections.abc import Callable

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.models import Membership

#: (who asks, the role) -> open cases its person is responsible for by it.
OffeneFaelleProvider = Callable[[Akteur, Membership], int]

_provider: list[OffeneFaelleProvider] = []


def register_offene_faelle(provider: OffeneFaelleProvider) -> OffeneFaelleProvider:
    """Let `provider` answer from now on; the last one registered counts."""
    _provider[:] = [provider]
    return provider


def count_offene_faelle(*, akteur: Akteur, membership: Membership) -> int:
    """How many open cases have nobody any more when this role ends; a number, no case."""
    return _provider[0](akteur, membership) if _provider else 0
