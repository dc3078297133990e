"""pg_dump and pg_restore on our database."""

from __future__ import annotations

from pathlib import Path

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from deploy import postgres_clients
from tenants.operations.backup.errors import SicherungFehler

#: Which of Django's OPTIONS are libpq's own.
_LIBPQ = {"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "connect_timeout", "target_session_attrs", "service"}


def _conninfo() -> str:
    """Where the database is, without the password."""
    own = connection.settings_dict
    found = {"dbname": own["NAME"], "user": own["USER"], "host": own["HOST"], "port": own["PORT"]}
    found |= {key: value for key, value in own.get("OPTIONS", {}).items() if key in _LIBPQ}
    return make_conninfo(**{key: str(value) for key, value in found.items() if value})


def _password() -> str:
    return str(connection.settings_dict["PASSWORD"] or "")


def connect() -> psycopg.Connection:
    """A connection of our own as the login itself, which bootstraps; autocommit."""
    return psycopg.connect(_conninfo(), autocommit=True, options="-c timezone=UTC", password=_password() or None)


def run(program: str, *words: str | Path, on_database: bool = True) -> str:
    """Run the program, on our database or on a file alone. Raises `SicherungFehler` (German)."""
    with connect() as own:
        major = own.info.server_version // 10_000
    more = [f"--dbname={_conninfo()}"] if on_database else []
    try:
        return postgres_clients.run(
            program, [*more, *map(str, words)], password=_password() if on_database else "", server_major=major
        )
    except postgres_clients.ClientError as error:
        raise SicherungFehler(str(error)) from error
