"""Which scopes of the API are of use to somebody: the views that say it are above this app in the import order.

Config registers its function in `AppConfig.ready`; without one every scope is.
"""

from __future__ import annotations

from collections.abc import Callable

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.umfang import Umfang

UmfangProvider = Callable[[Akteur], frozenset[Umfang]]

_provider: list[UmfangProvider] = []


def register_umfaenge(provider: UmfangProvider) -> UmfangProvider:
    """Let `provider` answer from now on; the last one registered counts."""
    _provider[:] = [provider]
    return provider


def list_umfaenge(akteur: Akteur) -> list[Umfang]:
    """Scopes of which some action at this host admits this person, in their order."""
    passend = _provider[0](akteur) if _provider else frozenset(Umfang)
    return [umfang for umfang in Umfang if umfang in passend]
