"""What a provider's request may read and write of a tenant: views, declared as data (docs/adr/0016).

Each app says in its `portal.py` which of its tables a provider works with, as `PORTAL_VIEWS`, a tuple of
`PortalView`. From these `apply_portal` makes a schema of security-barrier views beside the tenant's schema. The
views bear the names of the tables, so models, services and screens run on them unchanged. What is not named here
does not exist for a provider: no table, and of a named table no column that is not listed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.db import connection
from psycopg import sql

from tenants import roles

#: Trigger and function that hold a provider's writes to what she may enter.
CHECK = "portal_check"


@dataclass(frozen=True, slots=True)
class PortalView:
    """The part of one table a provider's request sees.

    In SQL the alias `t` is a row of the table, `tenant.` stands for the tenant's schema and `portal.` for the views.

    table: name of the table, and of the view.
    where: rows that are hers. An insert or update that would leave them is refused (check option).
    columns: shown as they are; every other column of the table comes out as NULL.
    shown_when: column -> condition under which it is shown.
    read: whether she may read at all (the trail is written, not read).
    insert: whether she may insert; all of `columns` then.
    update: columns she may change.
    check: condition on NEW (and OLD, TG_OP) that each of her writes must meet; OLD is NULL on insert.
    shared: the table lies in the shared schema.
    """

    table: str
    where: str
    columns: tuple[str, ...]
    shown_when: Mapping[str, str] = field(default_factory=dict)
    read: bool = True
    insert: bool = False
    update: tuple[str, ...] = ()
    check: str = ""
    shared: bool = False

    @property
    def granted(self) -> str:
        """The grants on the view, as in `Rights`."""
        insert, update = ", ".join(self.columns), ", ".join(self.update)
        parts = (self.read and "SELECT", self.insert and f"INSERT ({insert})", update and f"UPDATE ({update})")
        return ", ".join(part for part in parts if part)


def portal_views() -> list[PortalView]:
    """All views, app by app."""
    names = [f"{app}.portal" for app in settings.TENANT_APPS if app.startswith("tenant_apps.")]
    return [view for name in names if find_spec(name) for view in import_module(name).PORTAL_VIEWS]


def _execute(statement: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def drop_portal(schema: str) -> None:
    """Remove the views and triggers of a tenant, so that its tables (and shared ones) can be altered."""
    _execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(roles.portal_schema(schema))))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = %s AND starts_with(p.proname, %s)",
            [schema, CHECK],
        )
        for (signature,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP FUNCTION {} CASCADE").format(sql.SQL(signature)))


def apply_portal(schema: str) -> None:
    """Make the schema of views anew and grant its role what they declare. Runs as the owner, in a transaction."""
    drop_portal(schema)
    home, role = sql.Identifier(roles.portal_schema(schema)), sql.Identifier(roles.tenant_portal(schema))
    _execute(sql.SQL("CREATE SCHEMA {}").format(home))
    _execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(home, sql.Literal(_version())))
    _execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(home, role))
    columns = _columns(schema)
    for view in portal_views():
        _create_view(view, schema, columns["public" if view.shared else schema, view.table])
        _execute(
            sql.SQL("GRANT {} ON {}.{} TO {}").format(sql.SQL(view.granted), home, sql.Identifier(view.table), role)
        )
        if view.check:
            _create_check(view, schema)


def _version() -> str:
    """Changes with the declarations; stands as a comment at the schema of views."""
    return hashlib.sha256(repr(portal_views()).encode()).hexdigest()[:16]


def outdated_portals(schemas: list[str]) -> list[str]:
    """Those of `schemas` whose views are missing or made from other declarations than today's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace")
        versions = dict(cursor.fetchall())
    return [schema for schema in schemas if versions.get(roles.portal_schema(schema)) != _version()]


def _columns(schema: str) -> dict[tuple[str, str], dict[str, str]]:
    """(schema, table) -> column -> type, of the tenant's and the shared tables and views, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)"
            " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname IN (%s, 'public') AND c.relname = ANY (%s) AND a.attnum > 0 AND NOT a.attisdropped"
            " ORDER BY a.attnum",
            [schema, [view.table for view in portal_views()]],
        )
        found: dict[tuple[str, str], dict[str, str]] = {}
        for namespace, table, column, kind in cursor.fetchall():
            found.setdefault((namespace, table), {})[column] = kind
    return found


def _create_view(view: PortalView, schema: str, columns: dict[str, str]) -> None:
    named = {*view.columns, *view.shown_when, *view.update}
    if unknown := named - set(columns):
        raise RuntimeError(f"portal view {view.table} names unknown columns: {', '.join(sorted(unknown))}")
    _execute(
        sql.SQL("CREATE VIEW {}.{} WITH (security_barrier) AS SELECT {} FROM {}.{} t WHERE {} {}").format(
            sql.Identifier(roles.portal_schema(schema)),
            sql.Identifier(view.table),
            sql.SQL(", ").join(_column(view, schema, name, kind) for name, kind in columns.items()),
            sql.Identifier("public" if view.shared else schema),
            sql.Identifier(view.table),
            _placed(view.where, schema),
            sql.SQL("WITH CASCADED CHECK OPTION" if view.insert or view.update else ""),
        )
    )


def _column(view: PortalView, schema: str, name: str, kind: str) -> sql.Composed:
    column = sql.Identifier(name)
    if name in view.columns:
        return sql.SQL("t.{}").format(column)
    if condition := view.shown_when.get(name):
        return sql.SQL("CASE WHEN {} THEN t.{} END AS {}").format(_placed(condition, schema), column, column)
    return sql.SQL("NULL::{} AS {}").format(sql.SQL(kind), column)


def _placed(text: str, schema: str) -> sql.SQL:
    """The condition with `tenant.` and `portal.` replaced by this tenant's schemas."""
    text = re.sub(r"\btenant\.", f'"{schema}".', text)
    return sql.SQL(re.sub(r"\bportal\.", f'"{roles.portal_schema(schema)}".', text))


def _create_check(view: PortalView, schema: str) -> None:
    """A trigger on the table itself: a view's condition cannot tell what a row was before."""
    function = sql.SQL("{}.{}").format(sql.Identifier(schema), sql.Identifier(f"{CHECK}_{view.table}"))
    _execute(
        sql.SQL(
            "CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS $check$ BEGIN"
            " IF ({}) IS NOT TRUE THEN"
            " RAISE EXCEPTION 'a provider may not write this' USING ERRCODE = 'insufficient_privilege';"
            " END IF; RETURN NEW; END $check$"
        ).format(function, _placed(view.check, schema))
    )
    _execute(
        sql.SQL(
            "CREATE TRIGGER {} BEFORE INSERT OR UPDATE ON {}.{} FOR EACH ROW"
            " WHEN (public.sojus_ist_portal()) EXECUTE FUNCTION {}()"
        ).format(sql.Identifier(CHECK), sql.Identifier(schema), sql.Identifier(view.table), function)
    )
