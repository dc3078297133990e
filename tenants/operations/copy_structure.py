"""The empty tables of one office once more in another schema: columns, constraints and indexes under their own names.

No rows but the list of applied migrations, no triggers, policies or grants: what a migration needs to be rehearsed.
"""

from __future__ import annotations

from django.db import connection
from psycopg import sql

_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r' ORDER BY relname
"""
#: Keys before the foreign keys that lean on them. Names of the open schema come out unqualified.
_CONSTRAINTS = """
SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE c.relnamespace = %s::regnamespace AND k.contype IN ('c', 'p', 'u', 'x', 'f')
 ORDER BY k.contype = 'f', c.relname, k.conname
"""
_INDEXES = """
SELECT pg_get_indexdef(i.indexrelid, 0, true)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
 WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'
   AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
"""


def copy_structure(source: str, target: str) -> None:
    """Make the schema `target` like `source`. Runs as the owner in a transaction; the path is left as it was."""
    names = {"source": sql.Identifier(source), "target": sql.Identifier(target)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path')")
        (path,) = cursor.fetchone()
        cursor.execute(sql.SQL("CREATE SCHEMA {target}").format(**names))
        cursor.execute(sql.SQL("SET LOCAL search_path = {source}, public").format(**names))
        cursor.execute(_TABLES, [source])
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(_CONSTRAINTS, [source])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [source])
        indexes = [sql.SQL(text) for (text,) in cursor.fetchall()]
        cursor.execute(sql.SQL("SET LOCAL search_path = {target}, public").format(**names))
        statements: list[sql.Composable] = [
            sql.SQL(
                "CREATE TABLE {target}.{table} (LIKE {source}.{table}"
                " INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY)"
            ).format(table=sql.Identifier(table), **names)
            for table in tables
        ]
        statements += [
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                sql.Identifier(table), sql.Identifier(name), sql.SQL(text)
            )
            for table, name, text in constraints
        ]
        statements += indexes
        statements.append(
            sql.SQL("INSERT INTO {target}.django_migrations SELECT * FROM {source}.django_migrations").format(**names)
        )
        # The copy's own sequence begins at 1, which is taken: the migrations to come are written down behind the last.
        statements.append(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence({table}, 'id'), max(id)) FROM {target}.django_migrations"
            ).format(table=sql.Literal(f"{target}.django_migrations"), **names)
        )
        cursor.execute("; ".join(statement.as_string(connection.connection) for statement in statements))
        cursor.execute("SELECT set_config('search_path', %s, true)", [path])
