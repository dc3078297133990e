"""What an app looks at after a restore: `abgleich.py` of any app registers here, as onboarding does."""

from __future__ import annotations

from collections.abc import Callable

from tenants.models import Tenant

#: (tenant) -> one German line for each thing somebody has to decide: ids only, no name.
Abgleich = Callable[[Tenant], list[str]]

_known: dict[str, Abgleich] = {}


def after_restore(name: str) -> Callable[[Abgleich], Abgleich]:
    """Register under this German heading. Runs inside `in_tenant`, without a person; it only reads."""

    def register(function: Abgleich) -> Abgleich:
        _known[name] = function
        return function

    return register


def run_abgleich(tenant: Tenant) -> dict[str, list[str]]:
    """Heading → what was found; headings without a finding are left out. Call inside `in_tenant`."""
    return {name: lines for name, function in sorted(_known.items()) if (lines := function(tenant))}
