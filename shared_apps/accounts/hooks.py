"""Which scopes of the API are of use to somebody: the views that say it are above this app in the import order.

Config registers its function; without one every scope is.
"""

from __future__ import annotations

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.hook import HookOfOne

_umfaenge: HookOfOne[[Akteur], frozenset[Umfang]] = HookOfOne()
register_umfaenge = _umfaenge.register


def list_umfaenge(akteur: Akteur) -> list[Umfang]:
    """Scopes of which some action at this host admits this person, in their order."""
    passend = _umfaenge.ask(akteur)
    return [umfang for umfang in Umfang if passend is None or umfang in passend]
