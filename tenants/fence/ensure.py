"""Objects of a schema are changed only where the catalogue differs from what the code declares (docs/adr/0033).

A policy, trigger, function, check or view that is recreated takes locks that stop every page and can close a circle of
waiting with one. So each object carries, as its comment, what it was made from and what the database made of it:
`sojus:<hash of the declared text>:<hash of the definition in the catalogue>`. While both still hold, nothing is
sent. A declaration that changed and an object that somebody altered by hand are both found, and only they are
recreated. Grants, and who may call a function, are compared one by one; they carry no comment.

`Ensure(..., dry=True)` sends nothing and lists what would be changed: for a check, and to know which tables must be
locked before the first of them is touched.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction
from psycopg import sql

from tenants.db.values import one_value
from tenants.tables.objects import Check, Function, Trigger, as_text

MARK = "sojus"
PUBLIC_ROLE = "PUBLIC"
#: (role or PUBLIC, column or "", privilege)
Grant = tuple[str, str, str]


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """One object: kind (FUNCTION, TRIGGER, POLICY, VIEW, CONSTRAINT), schema, table it belongs to (or ""), name."""

    kind: str
    schema: str
    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.schema}.{self.table + '.' if self.table else ''}{self.name}"

    def named(self) -> sql.Composed:
        """As DROP and COMMENT name it."""
        own = sql.SQL("{}.{}").format(sql.Identifier(self.schema), sql.Identifier(self.table or self.name))
        if self.table:
            own = sql.SQL("{} ON {}").format(sql.Identifier(self.name), own)
        return sql.SQL("{} {}").format(sql.SQL(self.kind), own)

    def dropping(self) -> sql.Composed:
        """The statement that drops it and nothing else."""
        if self.kind == "CONSTRAINT":
            names = map(sql.Identifier, (self.schema, self.table, self.name))
            return sql.SQL("ALTER TABLE {}.{} DROP CONSTRAINT {}").format(*names)
        return sql.SQL("DROP {}").format(self.named())


#: Everything comparable of these schemas: kind, schema, table, name, hash of the definition, comment.
_PRESENT = """
SELECT 'FUNCTION', n.nspname, '', p.proname,
       md5(string_agg(pg_get_functiondef(p.oid) || p.proowner::regrole::text, '|' ORDER BY p.oid)),
       max(obj_description(p.oid, 'pg_proc'))
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = ANY (%(schemas)s) AND p.prokind = 'f'
   AND NOT EXISTS (SELECT 1 FROM pg_depend d
                    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
 GROUP BY 1, 2, 3, 4
UNION ALL
SELECT 'TRIGGER', n.nspname, c.relname, t.tgname, md5(pg_get_triggerdef(t.oid) || t.tgenabled::text),
       obj_description(t.oid, 'pg_trigger')
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY (%(schemas)s) AND NOT t.tgisinternal
UNION ALL
SELECT 'POLICY', n.nspname, c.relname, p.polname,
       md5(concat_ws('|', p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
                     coalesce(pg_get_expr(p.polqual, p.polrelid), '-'),
                     coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '-'))),
       obj_description(p.oid, 'pg_policy')
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY (%(schemas)s)
UNION ALL
SELECT 'VIEW', n.nspname, '', c.relname,
       md5(pg_get_viewdef(c.oid) || coalesce(c.reloptions::text, '') || c.relowner::regrole::text),
       obj_description(c.oid, 'pg_class')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY (%(schemas)s) AND c.relkind = 'v'
UNION ALL
SELECT 'CONSTRAINT', n.nspname, c.relname, k.conname, md5(replace(pg_get_constraintdef(k.oid), ' NOT VALID', '')),
       obj_description(k.oid, 'pg_constraint')
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY (%(schemas)s) AND k.contype = 'c' AND starts_with(k.conname, 'sojus_')
"""
#: Every entry of the access lists of schemas (name ""), tables, views, sequences and their columns.
_GRANTED = """
WITH found AS (
    SELECT n.nspname AS home, '' AS thing, '' AS part, n.nspowner AS owner, acl.grantee, acl.privilege_type
      FROM pg_namespace n CROSS JOIN aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) acl
    UNION ALL
    SELECT n.nspname, c.relname, '', c.relowner, acl.grantee, acl.privilege_type
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     CROSS JOIN aclexplode(c.relacl) acl
     WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f', 'S')
    UNION ALL
    SELECT n.nspname, c.relname, a.attname, c.relowner, acl.grantee, acl.privilege_type
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     CROSS JOIN aclexplode(a.attacl) acl
)
SELECT home, thing, part, CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END, privilege_type
  FROM found WHERE home = ANY (%(schemas)s) AND grantee <> owner
"""
#: Every function but those of extensions: schema, name, signature, runs with the owner's rights, who may call it.
_EXECUTORS = """
SELECT n.nspname, p.proname, p.oid::regprocedure::text, p.prosecdef,
       coalesce(array_agg(CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END)
                FILTER (WHERE a.grantee <> p.proowner), '{}')
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  LEFT JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a ON true
 WHERE n.nspname = ANY (%(schemas)s)
   AND NOT EXISTS (SELECT 1 FROM pg_depend d
                    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
 GROUP BY 1, 2, 3, 4
"""
_RELATIONS = """
SELECT n.nspname, c.relname, c.relkind::text, c.relrowsecurity
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY (%(schemas)s) AND c.relkind IN ('r', 'p', 'S')
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A function in the catalogue: its signature, whether it has the owner's rights, who but the owner may call it."""

    signature: str
    definer: bool
    callers: frozenset[str]


@dataclass(slots=True)
class _Catalogue:
    things: dict[Thing, tuple[str, str]]
    grants: dict[tuple[str, str], set[Grant]]
    functions: dict[tuple[str, str], list[Standing]]
    secured: set[tuple[str, str]]
    sequences: set[tuple[str, str]]


def standing_functions(schemas: list[str]) -> dict[tuple[str, str], list[Standing]]:
    """(schema, name) -> every function of that name in these schemas, without those of extensions."""
    found: dict[tuple[str, str], list[Standing]] = {}
    with connection.plain_cursor() as cursor:
        for home, name, signature, definer, callers in cursor.execute(_EXECUTORS, {"schemas": schemas}).fetchall():
            found.setdefault((home, name), []).append(Standing(signature, definer, frozenset(callers)))
    return found


def _read(schemas: list[str]) -> _Catalogue:
    """What the catalogue says, with every name qualified, so that hashes do not hang on a search path."""
    with transaction.atomic(), connection.plain_cursor() as cursor:
        found = {"schemas": schemas}
        path = one_value(cursor.execute("SELECT current_setting('search_path')"))
        cursor.execute("SELECT set_config('search_path', '', true)")
        things = {Thing(*row[:4]): (row[4], row[5] or "") for row in cursor.execute(_PRESENT, found).fetchall()}
        grants: dict[tuple[str, str], set[Grant]] = {}
        for home, thing, part, role, privilege in cursor.execute(_GRANTED, found).fetchall():
            grants.setdefault((home, thing), set()).add((role, part, privilege))
        relations = cursor.execute(_RELATIONS, found).fetchall()
        functions = standing_functions(schemas)
        cursor.execute("SELECT set_config('search_path', %s, true)", [path])
    return _Catalogue(
        things,
        grants,
        functions,
        {(home, name) for home, name, _, secured in relations if secured},
        {(home, name) for home, name, kind, _ in relations if kind == "S"},
    )


def _grantee(role: str) -> sql.Composable:
    return sql.SQL("PUBLIC") if role == PUBLIC_ROLE else sql.Identifier(role)


def parse_grants(granted: str) -> set[tuple[str, str]]:
    """`SELECT, UPDATE (a, b)` as pairs of column ("" = the whole table) and privilege."""
    found = re.findall(r"(\w+)(?:\s*\(([^)]*)\))?", granted)
    return {(part.strip(), right) for right, parts in found for part in parts.split(",")}


@dataclass(slots=True)
class Ensure:
    """One comparison of some schemas with what is declared. Runs as the owner, inside the caller's transaction.

    changes: what was sent, or with `dry` would be sent, as words for a report; never a value.
    tables: (schema, table) whose policies, triggers or row-level security change: they must be locked exclusively.
    views: (schema, view) that exist and change.
    """

    schemas: list[str]
    dry: bool = False
    changes: list[str] = field(default_factory=list)
    tables: set[tuple[str, str]] = field(default_factory=set)
    views: set[tuple[str, str]] = field(default_factory=set)
    _found: _Catalogue | None = None
    _written: dict[Thing, str] = field(default_factory=dict)

    @property
    def found(self) -> _Catalogue:
        """The catalogue as it was read last."""
        if self._found is None:
            self._found = _read(self.schemas)
        return self._found

    def refresh(self) -> None:
        """Read the catalogue again: something was dropped with its dependants."""
        self._found = None

    def execute(self, *statements: sql.Composable) -> None:
        """Send statements without parameters in one round trip."""
        if self.dry or not statements:
            return
        with connection.cursor() as cursor:
            cursor.execute("; ".join(map(as_text, statements)))

    def holds(self, thing: Thing, *statements: sql.Composable) -> bool:
        """Whether the object is there as these statements made it, and nobody has altered it since."""
        definition, comment = self.found.things.get(thing, ("", ""))
        return bool(definition) and comment == f"{MARK}:{self._digest(statements)}:{definition}"

    @staticmethod
    def _digest(statements: Iterable[sql.Composable]) -> str:
        return hashlib.sha256("\n".join(map(as_text, statements)).encode()).hexdigest()[:20]

    def thing(self, thing: Thing, *statements: sql.Composable, anew: bool = False) -> bool:
        """Send the statements that make the object, unless it holds; says whether they were sent.

        `anew`: drop an existing one first (policies, triggers and checks; functions and views are replaced).
        """
        if self.holds(thing, *statements):
            return False
        drop = [thing.dropping()] if anew and thing in self.found.things else []
        self.execute(*drop, *statements)
        self._note(thing)
        self._written[thing] = self._digest(statements)
        return True

    def drop(self, thing: Thing) -> None:
        """Drop an object that nothing declares any more."""
        self.execute(sql.SQL("DROP {} CASCADE").format(thing.named()))
        self._note(thing)
        self.found.things.pop(thing, None)

    def _note(self, thing: Thing) -> None:
        self.changes.append(str(thing))
        if thing.table:
            self.tables.add((thing.schema, thing.table))
        elif thing.kind == "VIEW" and thing in self.found.things:
            self.views.add((thing.schema, thing.name))

    def of(self, kind: str, schema: str, table: str = "") -> list[Thing]:
        """What is there of a kind in a schema (functions, views) or on a table (triggers, policies)."""
        return [t for t in self.found.things if (t.kind, t.schema, t.table) == (kind, schema, table)]

    def functions(self, wanted: Iterable[Function]) -> None:
        """Functions, and for each exactly those callers."""
        for function in wanted:
            place = (function.schema, function.name)
            made = self.thing(Thing("FUNCTION", function.schema, "", function.name), function.create())
            if made and place not in self.found.functions:
                new = as_text(sql.SQL("{}.{}").format(*map(sql.Identifier, place)))
                self.found.functions[place] = [Standing(new, function.definer, frozenset({PUBLIC_ROLE}))]
            self.callers(function.schema, function.name, function.callers)

    def callers(self, schema: str, name: str, wanted: Iterable[str] | None) -> None:
        """Exactly these roles may call the functions of that name; None: everybody. Nothing where there is none."""
        named = {PUBLIC_ROLE} if wanted is None else {*wanted}
        for standing in self.found.functions.get((schema, name), []):
            if standing.callers == named:
                continue
            target = sql.SQL("FUNCTION ") + sql.SQL(standing.signature)
            for words, roles in (
                ("REVOKE ALL ON {} FROM {}", standing.callers - named),
                ("GRANT EXECUTE ON {} TO {}", named - standing.callers),
            ):
                for role in sorted(roles):
                    self.execute(sql.SQL(words).format(target, _grantee(role)))
            self.changes.append(f"EXECUTE {schema}.{name}")

    def invoker(self, schema: str, name: str) -> None:
        """A library's function that runs with the rights of the caller, whatever its migration said."""
        for standing in self.found.functions.get((schema, name), []):
            if standing.definer:
                self.execute(sql.SQL("ALTER FUNCTION {} SECURITY INVOKER").format(sql.SQL(standing.signature)))
                self.changes.append(f"FUNCTION {schema}.{name}")

    def triggers(self, wanted: Iterable[Trigger]) -> None:
        """Triggers; one that differs is dropped first."""
        for trigger in wanted:
            self.thing(Thing("TRIGGER", trigger.schema, trigger.table, trigger.name), trigger.create(), anew=True)

    def checks(self, wanted: Iterable[Check]) -> None:
        """Checks of the fence; one that differs is dropped first. Rows that are there already are not read."""
        differs = [check for check in wanted if not self.holds(self._place(check), check.create())]
        if differs:  # no table is altered while the end of this transaction still has keys of its rows to look up
            self.execute(sql.SQL("SET CONSTRAINTS ALL IMMEDIATE"))
        for check in differs:
            self.thing(self._place(check), check.create(), anew=True)

    @staticmethod
    def _place(check: Check) -> Thing:
        return Thing("CONSTRAINT", check.schema, check.table, check.name)

    def policies(self, schema: str, table: str, wanted: Mapping[str, sql.Composable]) -> None:
        """Exactly these policies: a forgotten one would go on opening rows."""
        for thing in self.of("POLICY", schema, table):
            if thing.name not in wanted:
                self.drop(thing)
        if wanted and (schema, table) not in self.found.secured:
            target = sql.SQL("{}.{}").format(sql.Identifier(schema), sql.Identifier(table))
            self.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(target))
            self.changes.append(f"ROW SECURITY {schema}.{table}")
            self.tables.add((schema, table))
            self.found.secured.add((schema, table))
        for name, statement in wanted.items():
            self.thing(Thing("POLICY", schema, table, name), statement, anew=True)

    def grants(self, schema: str, table: str, wanted: dict[str, str], *, to_nobody: Iterable[str] = ()) -> None:
        """Each role has exactly what `wanted` says (as in `Rights`), and `to_nobody` (roles, PUBLIC) has nothing."""
        roles = [*wanted, *to_nobody]
        found = {grant for grant in self.found.grants.get((schema, table), ()) if grant[0] in roles}
        if found == {(role, *grant) for role, granted in wanted.items() for grant in parse_grants(granted)}:
            return
        target = sql.SQL("{}.{}").format(sql.Identifier(schema), sql.Identifier(table))
        names = {role: _grantee(role) for role in roles}
        self.execute(
            sql.SQL("REVOKE ALL ON {} FROM {}").format(target, sql.SQL(", ").join(names.values())),
            *(
                sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(granted), target, names[role])
                for role, granted in wanted.items()
                if granted
            ),
        )
        self.changes.append(f"GRANT {schema}.{table}")

    def schema_usage(self, schema: str, role: str, *, to_nobody: Iterable[str] = ()) -> None:
        """The role may use the schema; `to_nobody` (roles, PUBLIC) may not."""
        found = self.found.grants.get((schema, ""), set())
        statements = []
        if (role, "", "USAGE") not in found:
            statements.append(
                sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), sql.Identifier(role))
            )
        statements += [
            sql.SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(sql.Identifier(schema), _grantee(other))
            for other in to_nobody
            if any(grant[0] == other for grant in found)
        ]
        if statements:
            self.execute(*statements)
            self.changes.append(f"GRANT {schema}")

    def no_sequence(self, schema: str, role: str) -> None:
        """The role draws from no sequence of the schema."""
        for home, name in sorted(self.found.sequences):
            if home == schema and any(grant[0] == role for grant in self.found.grants.get((home, name), ())):
                target = sql.SQL("{}.{}").format(sql.Identifier(home), sql.Identifier(name))
                self.execute(sql.SQL("REVOKE ALL ON SEQUENCE {} FROM {}").format(target, sql.Identifier(role)))
                self.changes.append(f"GRANT {home}.{name}")

    def sequences(self, schema: str, role: str) -> None:
        """The role may draw from every sequence of the schema."""
        lacking = [
            place
            for place in self.found.sequences
            if place[0] == schema and (role, "", "USAGE") not in self.found.grants.get(place, set())
        ]
        self.execute(
            *(
                sql.SQL("GRANT USAGE ON SEQUENCE {}.{} TO {}").format(*map(sql.Identifier, place), sql.Identifier(role))
                for place in lacking
            )
        )
        self.changes += [f"GRANT {home}.{name}" for home, name in lacking]

    def finish(self) -> None:
        """Note on each object that was made what it was made from; the last step of a run."""
        if self.dry or not self._written:
            return
        self.refresh()
        comments = [
            sql.SQL("COMMENT ON {} IS {}").format(
                thing.named(), sql.Literal(f"{MARK}:{declared}:{self.found.things[thing][0]}")
            )
            for thing, declared in self._written.items()
            if thing in self.found.things
        ]
        self.execute(*comments)
        self._written.clear()
        self.refresh()
