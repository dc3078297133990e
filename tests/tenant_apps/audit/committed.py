"""A database of its own for tests of the chain, and a superuser who works behind its triggers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.tenants import owner


@contextmanager
def own_clone(suffix: str) -> Iterator[str]:
    """A clone whose data is committed; the default connection points to it."""
    from django.db import connection

    from tests import bootstrap, database

    name = f"{bootstrap.DATABASE}_{suffix}"
    with database.cloned(name):
        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            yield name
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before


@contextmanager
def tampering(name: str) -> Iterator[psycopg.Connection]:
    """A superuser without triggers; everything is undone afterwards."""
    with owner.superuser(name) as connection, connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL session_replication_role = replica")
        yield connection
