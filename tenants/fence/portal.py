"""What a provider's request may read and write of a tenant: views, declared as data (docs/adr/0016).

Each app says in its `portal.py` which of its tables a provider works with, as `PORTAL_VIEWS`, a tuple of `PortalView`.
Whom she knows at the office, each app adds as `KNOWN_PEOPLE`, SELECTs of ids; some of these that are found at little
cost as `NEAR_PEOPLE`. Whom an entry in the trail is about, where she may not know: `PEOPLE_OF_ENTRY`. From these
`apply_portal` makes a schema of security-barrier views beside the tenant's schema. The views carry the names of the
tables, so models, services and screens run on them unchanged. What is not named here does not exist for a provider: no
table, and of a named table no column that is not listed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.db import connection
from psycopg import sql

from tenants.db import roles
from tenants.fence.ensure import Ensure, Thing
from tenants.tables.objects import Function, Trigger

#: Trigger and function that hold a provider's writes to what she may enter.
CHECK = "portal_check"
#: Trigger and function that write what she may not read.
FILL = "portal_fill"


@dataclass(frozen=True, slots=True)
class PortalView:
    """The part of one table a provider's request sees.

    In SQL the alias `t` is a row of the table, `tenant.` stands for the tenant's schema and `portal.` for the views.

    table: name of the table, and of the view.
    where: rows that are hers. An insert or update that would leave them is refused (check option).
    columns: shown as they are; every other column of the table comes out as NULL.
    shown_when: column -> condition under which it is shown.
    shown_as: column -> what is shown in its place, of the same type.
    read: whether she may read at all (the trail is written, not read).
    insert: whether she may insert; all of `columns` then.
    update: columns she may change.
    check: condition on NEW (and OLD, TG_OP) that each of her writes must meet; OLD is NULL on insert.
    fill: assignment to NEW before each of her inserts, with the owner's rights: what she may not read.
    shared: the table is in the shared schema.
    """

    table: str
    where: str
    columns: tuple[str, ...]
    shown_when: Mapping[str, str] = field(default_factory=dict)
    shown_as: Mapping[str, str] = field(default_factory=dict)
    read: bool = True
    insert: bool = False
    update: tuple[str, ...] = ()
    check: str = ""
    fill: str = ""
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
    portals = [import_module(name) for name in names if find_spec(name)]
    people = {
        f"{{{name.lower()}}}": "\n    UNION ".join(select for of in portals for select in getattr(of, name, ()))
        for name in ("KNOWN_PEOPLE", "NEAR_PEOPLE", "PEOPLE_OF_ENTRY")
    }
    return [_knowing(view, people) for portal in portals for view in portal.PORTAL_VIEWS]


def _knowing(view: PortalView, people: Mapping[str, str]) -> PortalView:
    """`{known_people}` in a condition: whom a provider knows, as every app says it that has work in common with her.

    `{near_people}`: of them the ones to ask for first. `{people_of_entry}`: whom an entry of hers is about, where she
    may not know it herself.
    """
    where, fill = view.where, view.fill
    for mark, selects in people.items():
        where, fill = (text.replace(mark, f"\n    {selects}\n") for text in (where, fill))
    return replace(view, where=where, fill=fill)


def apply_portal(ensure: Ensure, schema: str) -> None:
    """The schema of views, its grants and checks as declared; what holds is left alone. Runs as the owner."""
    place, role = roles.portal_schema(schema), roles.tenant_portal(schema)
    home = sql.Identifier(place)
    if not _exists(place):
        ensure.execute(sql.SQL("CREATE SCHEMA {}").format(home))
        ensure.changes.append(f"SCHEMA {place}")
    ensure.schema_usage(place, role)
    columns, wanted = _columns(schema), portal_views()
    for view in wanted:
        _apply_view(ensure, view, schema, columns)
        ensure.grants(place, view.table, {role: view.granted})
    for thing in ensure.of("VIEW", place):
        if thing.name not in {view.table for view in wanted}:
            ensure.drop(thing)
    declared = {function.name for function in check_functions(schema)}
    for thing in ensure.of("FUNCTION", schema):
        if thing.name.startswith((CHECK, FILL)) and thing.name not in declared:
            ensure.drop(thing)
    if place in outdated_portals_of([place]):
        ensure.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(home, sql.Literal(_version())))


def _exists(schema: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
        return cursor.fetchone() is not None


def _apply_view(ensure: Ensure, view: PortalView, schema: str, columns: dict) -> None:
    """Columns added at the end are taken on in place; everything else takes the view and its dependants down first."""
    home = roles.portal_schema(schema)
    of_table = columns.get(("public" if view.shared else schema, view.table), {})
    thing = Thing("VIEW", home, "", view.table)
    if ensure.dry and _unknown(view, of_table):
        ensure.changes.append(str(thing))  # its table is migrated first
        return
    statement = _view_statement(view, schema, of_table)
    if ensure.holds(thing, statement):
        return
    before = list(columns.get((home, view.table), {}).items())
    if before and before != list(of_table.items())[: len(before)]:
        ensure.execute(sql.SQL("DROP VIEW {}.{} CASCADE").format(*map(sql.Identifier, (home, view.table))))
        ensure.refresh()  # views that leaned on this one come after it, and are found missing
        columns |= {key: {} for key in columns if key[0] == home}
    ensure.thing(thing, statement)


def _version() -> str:
    """Changes with the declarations; is kept as a comment at the schema of views."""
    return hashlib.sha256(repr(portal_views()).encode()).hexdigest()[:16]


def outdated_portals(schemas: list[str]) -> list[str]:
    """Those of `schemas` whose views are missing or made from other declarations than today's."""
    outdated = set(outdated_portals_of([roles.portal_schema(schema) for schema in schemas]))
    return [schema for schema in schemas if roles.portal_schema(schema) in outdated]


def outdated_portals_of(places: list[str]) -> list[str]:
    """The same for the schemas of views themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = ANY (%s)", [places]
        )
        versions = dict(cursor.fetchall())
    return [place for place in places if versions.get(place) != _version()]


def _columns(schema: str) -> dict[tuple[str, str], dict[str, str]]:
    """(schema, table) -> column -> type, of the tenant's and the shared tables and of the views, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)"
            " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = ANY (%s) AND c.relname = ANY (%s) AND a.attnum > 0 AND NOT a.attisdropped"
            " ORDER BY a.attnum",
            [[schema, roles.portal_schema(schema), "public"], [view.table for view in portal_views()]],
        )
        found: dict[tuple[str, str], dict[str, str]] = {}
        for namespace, table, column, kind in cursor.fetchall():
            found.setdefault((namespace, table), {})[column] = kind
    return found


def _unknown(view: PortalView, columns: dict[str, str]) -> set[str]:
    return {*view.columns, *view.shown_when, *view.shown_as, *view.update} - set(columns)


def _view_statement(view: PortalView, schema: str, columns: dict[str, str]) -> sql.Composed:
    if unknown := _unknown(view, columns):
        raise RuntimeError(f"portal view {view.table} names unknown columns: {', '.join(sorted(unknown))}")
    return sql.SQL("CREATE OR REPLACE VIEW {}.{} WITH (security_barrier) AS SELECT {} FROM {}.{} t WHERE {} {}").format(
        sql.Identifier(roles.portal_schema(schema)),
        sql.Identifier(view.table),
        sql.SQL(", ").join(_column(view, schema, name, kind) for name, kind in columns.items()),
        sql.Identifier("public" if view.shared else schema),
        sql.Identifier(view.table),
        _placed(view.where, schema),
        sql.SQL("WITH CASCADED CHECK OPTION" if view.insert or view.update else ""),
    )


def _column(view: PortalView, schema: str, name: str, kind: str) -> sql.Composed:
    column = sql.Identifier(name)
    if name in view.columns:
        return sql.SQL("t.{}").format(column)
    if condition := view.shown_when.get(name):
        return sql.SQL("CASE WHEN {} THEN t.{} END AS {}").format(_placed(condition, schema), column, column)
    if other := view.shown_as.get(name):
        return sql.SQL("({})::{} AS {}").format(_placed(other, schema), sql.SQL(kind), column)
    return sql.SQL("NULL::{} AS {}").format(sql.SQL(kind), column)


def _placed(text: str, schema: str) -> sql.SQL:
    """The condition with `tenant.` and `portal.` replaced by this tenant's schemas."""
    text = re.sub(r"\btenant\.", f'"{schema}".', text)
    return sql.SQL(re.sub(r"\bportal\.", f'"{roles.portal_schema(schema)}".', text))


def check_functions(schema: str) -> Iterator[Function]:
    """Whether what a provider writes meets its view's condition (a view itself cannot tell what a row was before), and
    what is written for her."""
    for view in portal_views():
        if view.check:
            body = sql.SQL(
                " BEGIN IF ({}) IS NOT TRUE THEN"
                " RAISE EXCEPTION 'a provider may not write this' USING ERRCODE = 'insufficient_privilege';"
                " END IF; RETURN NEW; END "
            ).format(_placed(view.check, schema))
            yield Function(schema, f"{CHECK}_{view.table}", body)
        if view.fill:
            body = sql.SQL(" BEGIN {}; RETURN NEW; END ").format(_placed(view.fill, schema))
            yield Function(schema, f"{FILL}_{view.table}", body, definer=True, callers=())


def check_triggers(schema: str) -> Iterator[Trigger]:
    """These functions hang on the tables themselves."""
    for view in portal_views():
        if view.check:
            yield Trigger(
                schema,
                view.table,
                CHECK,
                "BEFORE",
                ("INSERT", "UPDATE"),
                (schema, f"{CHECK}_{view.table}"),
                each="ROW",
                condition="public.sojus_ist_portal()",
            )
        if view.fill:
            yield Trigger(
                schema,
                view.table,
                FILL,
                "BEFORE",
                ("INSERT",),
                (schema, f"{FILL}_{view.table}"),
                each="ROW",
                condition="public.sojus_ist_portal()",
            )
