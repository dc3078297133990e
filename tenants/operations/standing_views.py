"""Views stay while tables change: only what leans on a changed column goes, and is back in the same transaction.

Adding a column disturbs no view. Altering or dropping one is refused by PostgreSQL while a view shows it (or, with
CASCADE, takes the view with it). So a refused statement is sent again after the views that lean on its table have made
way, and before the transaction ends every view that is gone is back as it was, with its rights. What the new
program declares differently is the fence's work, office by office (tenants.fence.portal).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import Error, connection, transaction
from psycopg import sql

from tenants.db import roles
from tenants.db.patience import Place, sqlstate
from tenants.db.values import one_value

logger = logging.getLogger(__name__)

#: dependent objects still exist; cannot alter type of a column used by a view.
_IN_THE_WAY = {"2BP01", "0A000"}
_ALTERED = re.compile(r'^\s*(?:ALTER|DROP)\s+TABLE\s+(?:IF EXISTS\s+)?(?:ONLY\s+)?("?[\w.]+"?(?:\."?\w+"?)?)', re.I)
_VIEWS = """
SELECT n.nspname, c.relname, pg_get_viewdef(c.oid), coalesce(array_to_string(c.reloptions, ', '), ''),
       coalesce(obj_description(c.oid, 'pg_class'), ''),
       ARRAY(SELECT concat_ws('|', pg_get_userbyid(a.grantee), a.privilege_type, '') FROM aclexplode(c.relacl) a
              WHERE a.grantee <> c.relowner
             UNION ALL
             SELECT concat_ws('|', pg_get_userbyid(a.grantee), a.privilege_type, t.attname)
               FROM pg_attribute t CROSS JOIN aclexplode(t.attacl) a WHERE t.attrelid = c.oid)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'v' AND n.nspname = ANY (%s) ORDER BY c.oid
"""
#: Views that lean on a table, directly or through other views.
_LEANING = """
WITH RECURSIVE leaning(oid) AS (
    SELECT r.ev_class FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
     WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = to_regclass(%s)
    UNION
    SELECT r.ev_class FROM leaning l JOIN pg_depend d ON d.refobjid = l.oid JOIN pg_rewrite r ON r.oid = d.objid
     WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND r.ev_class <> l.oid
)
SELECT DISTINCT n.nspname, c.relname FROM leaning l JOIN pg_class c ON c.oid = l.oid
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v'
"""


@dataclass(frozen=True, slots=True)
class _View:
    schema: str
    name: str
    text: str
    options: str
    comment: str
    grants: tuple[str, ...]

    def create(self) -> sql.Composed:
        """The view as it was, with comment and rights."""
        target = sql.SQL("{}.{}").format(sql.Identifier(self.schema), sql.Identifier(self.name))
        options = sql.SQL("WITH ({})").format(sql.SQL(self.options)) if self.options else sql.SQL("")
        text = sql.SQL(self.text.rstrip("; \n"))
        parts = [sql.SQL("CREATE VIEW {} {} AS {}").format(target, options, text)]
        parts.append(sql.SQL("COMMENT ON VIEW {} IS {}").format(target, sql.Literal(self.comment or None)))
        for grant in self.grants:
            role, right, column = grant.split("|")
            on = sql.SQL("({})").format(sql.Identifier(column)) if column else sql.SQL("")
            name = sql.Identifier(role)
            parts.append(sql.SQL("GRANT {} {} ON {} TO {}").format(sql.SQL(right), on, target, name))
        return sql.SQL("; ").join(parts)


def _read(schemas: list[str]) -> dict[tuple[str, str], _View]:
    """Views in the order in which they were made, with qualified names."""
    with transaction.atomic(), connection.plain_cursor() as cursor:
        path = one_value(cursor.execute("SELECT current_setting('search_path')"))
        cursor.execute("SELECT set_config('search_path', '', true)")
        rows = cursor.execute(_VIEWS, [schemas]).fetchall()
        cursor.execute("SELECT set_config('search_path', %s, true)", [path])
    return {
        (schema, name): _View(schema, name, text, options, comment, tuple(grants))
        for schema, name, text, options, comment, grants in rows
    }


def _send(statement: sql.Composable) -> None:
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(connection.connection))


def _names(schemas: list[str]) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, viewname FROM pg_views WHERE schemaname = ANY (%s)", [schemas])
        return set(cursor.fetchall())


@contextmanager
def views_stand(offices: list[str], *, shared: bool = False) -> Iterator[None]:
    """Inside: tables may be altered. At the end all views of these offices (`shared`: and the shared ones) are back.

    Part of the caller's transaction. A view that cannot come back as it was, because a column it shows is gone, is left
    to the fence that follows and named in the log.
    """
    schemas = [*(roles.portal_schema(office) for office in offices), *(["public"] if shared else [])]
    before = _read(schemas)
    with connection.execute_wrapper(_make_way):
        yield
    gone = before.keys() - _names(schemas)
    for key, view in before.items():  # in the order in which they were made: none leans on a later one
        if key not in gone:
            continue
        try:
            with transaction.atomic():
                _send(view.create())
        except Error as error:
            logger.warning("View %s.%s waits for the fence (%s)", *key, sqlstate(error))


def _make_way(execute: Callable, statement: Any, params: Any, many: bool, context: dict) -> Any:
    altered = _ALTERED.match(statement) if isinstance(statement, str) else None
    if altered is None or not connection.in_atomic_block:
        return execute(statement, params, many, context)
    try:
        with transaction.atomic():
            return execute(statement, params, many, context)
    except Error as error:
        if sqlstate(error) not in _IN_THE_WAY or not _drop_leaning(altered[1]):
            raise
    return execute(statement, params, many, context)


def leaning_views(tables: Iterable[Place]) -> set[Place]:
    """Views that lean on one of these tables, directly or through other views: to be locked before the tables."""
    found: set[Place] = set()
    with connection.cursor() as cursor:
        for home, name in tables:
            cursor.execute(_LEANING, [f'"{home}"."{name}"'])
            found.update(cursor.fetchall())
    return found


def _drop_leaning(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_LEANING, [table])
        leaning = cursor.fetchall()
        for place in leaning:
            cursor.execute(sql.SQL("DROP VIEW IF EXISTS {}.{} CASCADE").format(*map(sql.Identifier, place)))
    return bool(leaning)
