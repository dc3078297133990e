"""Cache keys carry the tenant: what one office cached, another never finds."""

from __future__ import annotations

from tenants.context import current_schema


def make_key(key: str, key_prefix: str, version: int) -> str:
    """`schema:prefix:version:key`; outside a tenant the schema is `public`."""
    return f"{current_schema() or 'public'}:{key_prefix}:{version}:{key}"
