"""Which scopes of an API key somebody can use: those of an action whose own policy admits her, at this host."""

from __future__ import annotations

from functools import cache

from config.access_table import AMT_HOST, PORTAL_HOST, policy_of, scope_of, urlconf_of, walk
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import Policy
from shared_apps.accounts.umfang import Umfang


@cache
def _actions(urlconf: str) -> frozenset[tuple[Umfang, Policy]]:
    """Scope and policy of every action of the API; routes do not change while a process runs."""
    return frozenset(
        (umfang, policy)
        for route in walk(urlconf)
        for method in getattr(route.view, "actions", None) or {}
        if (umfang := scope_of(route.view, method)) and (policy := policy_of(route.view, method))
    )


def find_umfaenge(akteur: Akteur) -> frozenset[Umfang]:
    """Scopes with which a program of hers gets anything here at all."""
    host = PORTAL_HOST if akteur.tenant_id is None else AMT_HOST
    return frozenset(umfang for umfang, policy in _actions(urlconf_of(host)) if policy(akteur))
