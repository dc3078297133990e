"""What the operator may know of a tenant: versions, rights and sizes, never content."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from tenants.db import roles
from tenants.fence.portal import outdated_portals
from tenants.fence.scan import scan_privileges
from tenants.models import Domain, Tenant


@dataclass(frozen=True, slots=True)
class TenantState:
    """Technical state of one tenant."""

    kuerzel: str
    name: str
    schema: str
    zustand: str
    schema_exists: bool
    migrations_behind: int
    role_exists: bool
    rights_ok: bool
    kilobytes: int
    domain: str


def tenant_states() -> list[TenantState]:
    """State of every tenant, in the order of the register. Owner process only (reads migration tables)."""
    tenants = list(Tenant.objects.all())
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    sizes = _sizes([tenant.schema_name for tenant in tenants])
    existing_roles = _existing_roles([role for tenant in tenants for role in (tenant.role, tenant.portal_role)])
    without_views = set(outdated_portals([tenant.schema_name for tenant in tenants]))
    bad = {name for v in scan_privileges() for name in (v.schema, v.role)}
    hosts = dict(Domain.objects.filter(is_primary=True).values_list("tenant_id", "domain"))
    return [
        TenantState(
            kuerzel=tenant.kuerzel,
            name=tenant.name,
            schema=tenant.schema_name,
            zustand=tenant.get_zustand_display(),
            schema_exists=tenant.schema_name in sizes,
            migrations_behind=len(known - _recorded(tenant.schema_name)) if tenant.schema_name in sizes else len(known),
            role_exists={tenant.role, tenant.portal_role} <= existing_roles,
            rights_ok=tenant.schema_name not in without_views and not _names(tenant) & bad,
            kilobytes=sizes.get(tenant.schema_name, 0) // 1024,
            domain=hosts.get(tenant.pk, ""),
        )
        for tenant in tenants
    ]


def _names(tenant: Tenant) -> set[str]:
    """Schemas and roles of a tenant."""
    schema = tenant.schema_name
    return {schema, roles.portal_schema(schema), tenant.role, tenant.portal_role}


def _sizes(schemas: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, coalesce(sum(pg_total_relation_size(c.oid)) FILTER (WHERE c.relkind = 'r'), 0)::bigint"
            " FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid"
            " WHERE n.nspname = ANY(%s) GROUP BY 1",
            [schemas],
        )
        return dict(cursor.fetchall())


def _existing_roles(names: list[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [names])
        return {row[0] for row in cursor.fetchall()}


def _recorded(schema: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{schema}.django_migrations"])
        if cursor.fetchone()[0] is None:
            return set()
        cursor.execute(sql.SQL("SELECT app || '.' || name FROM {}.django_migrations").format(sql.Identifier(schema)))
        return {row[0] for row in cursor.fetchall()}
