"""What may be wrong with one office (Rostock) after a release that broke off, a restore, a hand in the database."""

from __future__ import annotations

#: Its name → the statement that breaks it so.
BROKEN = {
    "a migration is missing": "DELETE FROM hro.django_migrations WHERE app = 'billing' AND name LIKE '0002%'",
    "its record is missing": "DROP TABLE hro.django_migrations",
    "the views are missing": "DROP SCHEMA hro_portal CASCADE",
    "the schema is missing": "DROP SCHEMA hro CASCADE",
    "the trail is missing": "DROP TABLE hro.audit_siegel, hro.cases_personenschluessel CASCADE",
    # Roles belong to the cluster: the office moves to a name for which there is none.
    "the role is missing": (
        "ALTER SCHEMA hro RENAME TO hrx; UPDATE tenants_tenant SET schema_name = 'hrx' WHERE kuerzel = 'HRO'"
    ),
    "a right too many": (
        "INSERT INTO tenants_migrationsstand (tenant_id, grund, einzelheit, versuche, updated_at)"
        " SELECT id, 'RECHTE', '', 1, now() FROM tenants_tenant WHERE kuerzel = 'HRO'"
    ),
}
