"""What the operator's page shows: technical state, never content. Runs as the bare login role."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from tenants.fence import scan_privileges
from tenants.lag import known_migrations
from tenants.models import Domain, OnboardingLauf, Tenant


@dataclass(frozen=True, slots=True)
class Betriebszeile:
    """One youth office as the operator sees it."""

    tenant: Tenant
    domain: str
    schema_da: bool
    rolle_da: bool
    migrationen_fehlen: int
    rechte_in_ordnung: bool

    @property
    def ist_gesund(self) -> bool:
        """Everything that is needed is there, and nothing too much."""
        return bool(
            self.domain and self.schema_da and self.rolle_da and not self.migrationen_fehlen and self.rechte_in_ordnung
        )


def list_betriebszeilen() -> list[Betriebszeile]:
    """State of every youth office in a fixed number of queries."""
    tenants = list(Tenant.objects.all())
    hosts = dict(Domain.objects.order_by("is_primary").values_list("tenant_id", "domain"))
    zu_viel = {name for v in scan_privileges(tenants) for name in (v.schema, v.role)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT schema_name, fehlend FROM tenants_rueckstand(%s::text[])", [known_migrations()])
        fehlend = dict(cursor.fetchall())
        schemas = _names(cursor, "SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s)", fehlend)
        rollen = _names(cursor, "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [t.role for t in tenants])
    return [
        Betriebszeile(
            tenant=t,
            domain=hosts.get(t.pk, ""),
            schema_da=t.schema_name in schemas,
            rolle_da=t.role in rollen,
            migrationen_fehlen=fehlend.get(t.schema_name, 0),
            rechte_in_ordnung=not {t.schema_name, t.role} & zu_viel,
        )
        for t in tenants
    ]


def _names(cursor, query: str, wanted) -> set[str]:
    cursor.execute(query, [list(wanted)])
    return {row[0] for row in cursor.fetchall()}


def list_laeufe() -> QuerySet[OnboardingLauf]:
    """Attempts to onboard a municipality, newest first."""
    return OnboardingLauf.objects.order_by("-created_at")
