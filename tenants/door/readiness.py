"""Can this program serve an office, and can it start at all? Asked by the web process, which reads no office's schema.

An office may be further than this program (a release migrates first and restarts afterwards), but not behind it.
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from tenants.door.lag import PUBLIC, known_migrations, lagging_schemas
from tenants.door.rueckkehr import is_returning
from tenants.models import Tenant

CACHE_SECONDS = 30


@lru_cache(maxsize=4)
def _known(modules: tuple) -> list[str]:
    """Files do not change while a process runs; a test that adds a migration changes this setting."""
    return known_migrations()


def known_here() -> list[str]:
    """The migrations of this program."""
    return _known(tuple(sorted(settings.MIGRATION_MODULES.items())))


def find_hindernis(tenant: Tenant) -> str:
    """Why this office cannot be served now: SCHEMA, ROLLE, MIGRATION or RECHTE; "" when it can. Kept for 30 seconds."""
    key = f"tenants.hindernis.{tenant.schema_name}"
    hindernis = cache.get(key)
    if hindernis is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tenants_hindernis(%s, %s::text[], %s::text[])",
                [
                    tenant.schema_name,
                    [tenant.role, tenant.portal_role],
                    known_here(),
                ],
            )
            hindernis = cursor.fetchone()[0]
        cache.set(key, hindernis, CACHE_SECONDS)
    return hindernis


def is_shared_ready() -> bool:
    """Whether the shared schema has every migration of this program, and nobody is still bringing it back; without it
    no page can be served."""
    return not is_returning() and not lagging_schemas([PUBLIC])
