"""Database rights as data beside the model; `tenants.fence` turns them into GRANT and POLICY."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Policy:
    """One row-level security policy. `to`: app | tenants | compare; `command`: SELECT, INSERT, UPDATE or ALL."""

    name: str
    to: str
    command: str
    using: str | None = None
    check: str | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """What the login role, the tenant roles and the comparison role may do with a shared table.

    DELETE on register tables is given to nobody: shared rows are ended, users deactivated.
    """

    app: str = "SELECT"
    tenants: str = ""
    compare: str = ""
    policies: tuple[Policy, ...] = field(default=())


#: Register and reference data: kept through the portal, read by every office.
REGISTER = Rights(app="SELECT, INSERT, UPDATE", tenants="SELECT")
REFERENCE = Rights(app="SELECT", tenants="SELECT", compare="SELECT")
PORTAL_ONLY = Rights(app="SELECT, INSERT, UPDATE, DELETE")

OWN_MANDANT = "mandant = sojus_mandant()"


def own_rows(*, name: str = "eigene") -> Policy:
    """A tenant sees and writes only the rows that carry its own schema name."""
    return Policy(name, "tenants", "ALL", using=OWN_MANDANT, check=OWN_MANDANT)
