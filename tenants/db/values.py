"""The answer to a statement that yields one value."""

from __future__ import annotations

from typing import Any

import psycopg


def one_value(answered: psycopg.Cursor) -> Any:
    """The only column of the one row there is. `one_value(connection.execute("SELECT 1"))`."""
    row = answered.fetchone()
    assert row is not None, "a statement that always yields a row"
    return row[0]
