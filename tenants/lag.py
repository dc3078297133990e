"""Which schemas lag behind the code: one query for all of them (scale.md: 0.25 s for 552)."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from tenants.models import Tenant


def known_migrations() -> list[str]:
    """All migrations of the code as `app.name`, sorted."""
    loader = MigrationLoader(None)
    return sorted(f"{app}.{name}" for app, name in loader.disk_migrations)


def lagging_schemas(schemas: list[str]) -> list[str]:
    """Those of `schemas` in which a migration of the code is not recorded (or that have no record table)."""
    known = known_migrations()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relname = 'django_migrations' AND n.nspname = ANY(%s)",
            [schemas],
        )
        recorded = [row[0] for row in cursor.fetchall()]
        if not recorded:
            return list(schemas)
        union = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} AS s, app || '.' || name AS m FROM {}.django_migrations").format(
                sql.Literal(schema), sql.Identifier(schema)
            )
            for schema in recorded
        )
        cursor.execute(union)
        done: dict[str, set[str]] = {}
        for schema, migration in cursor.fetchall():
            done.setdefault(schema, set()).add(migration)
    return [s for s in schemas if not set(known) <= done.get(s, set())]


def has_register() -> bool:
    """Whether the shared schema has its register of tenants yet; an empty database has not."""
    return Tenant._meta.db_table in connection.introspection.table_names()


def tenant_schemas() -> list[str]:
    """Schemas of all tenants, in the order of the register."""
    return list(Tenant.objects.values_list("schema_name", flat=True))


PUBLIC = getattr(settings, "PUBLIC_SCHEMA_NAME", "public")
