"""Who writes the catalogue of the market, as grants and row rules (ADR 0065)."""

from __future__ import annotations

from django.conf import settings

from tenants.tables.rights import Policy, Rights

#: The Landesjugendamt acts: somebody has its role today. Asked on the portal's pages, whose role reads memberships.
_PFLEGT = (
    "EXISTS (SELECT 1 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id"  # noqa: S608 - constants only
    " WHERE m.user_id = sojus_user() AND u.is_active AND m.rolle = 'LANDESJUGENDAMT'"
    f" AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE '{settings.TIME_ZONE}')::date)"
)
_LESEN = tuple(
    Policy(f"lesen_{kind}", kind, "SELECT", using="true")
    for kind in ("app", "tenants", "portal", "compare", "anmeldung")
)
#: Read by everybody; entered and changed at the portal by the Landesjugendamt, and by the owner's commands.
KATALOG = Rights(
    app="SELECT",
    land="SELECT, INSERT, UPDATE",
    tenants="SELECT",
    portal="SELECT",
    compare="SELECT",
    anmeldung="SELECT",
    policies=(
        *_LESEN,
        Policy("eintragen", "app", "INSERT", check=_PFLEGT),
        Policy("fortschreiben", "app", "UPDATE", using=_PFLEGT, check=_PFLEGT),
    ),
)
#: Who changed what: read at the portal, written by a trigger.
AENDERUNGEN = Rights(app="SELECT")
