"""Whether what watches over the trail still stands as the program made it: triggers, functions, row rules, rights.

Reads the catalogue only and changes nothing. An altered trigger leaves no altered entry: entries are missing, and no
seal can tell. So the nightly check of the seals asks here, too (docs/adr/0036).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from django.db import connection
from psycopg import sql

from tenants import chain, fence, roles, trail
from tenants.definer import apply_tenant_functions
from tenants.ensure import Ensure, Thing, as_text
from tenants.models import Tenant
from tenants.rights import Policy
from tenants.support import apply_support

#: Bits of pg_trigger.tgtype.
_ROW, _BEFORE, _INSERT, _DELETE, _UPDATE, _TRUNCATE = 1, 2, 4, 8, 16, 32
_EVENTS = {"INSERT": _INSERT, "UPDATE": _UPDATE, "DELETE": _DELETE, "TRUNCATE": _TRUNCATE}
#: (table, trigger) → (function, type)
Triggers = dict[tuple[str, str], tuple[str, int]]


def check_structure(schema: str) -> list[str]:
    """What differs from the program in an office's schema, or in `public`; German, empty when nothing does."""
    found = [*_triggers(schema), *_rewrites(schema), *_functions(schema), *_row_rules(schema), *_rights(schema)]
    return [*found, *(line for line in _compared(schema) if line not in found)]


def _compared(schema: str) -> Iterator[str]:
    """Row rules and views a release would make anew (ADR 0033), to the letter. As the owner only."""
    if not connection.is_owner:
        return
    if schema == "public":
        ensure = fence.apply_shared_fence(dry=True)
    else:
        ensure = fence.apply_tenant_fence(Tenant.objects.get(schema_name=schema), dry=True)
    for kind, _, place in (change.partition(" ") for change in ensure.changes):
        *_, table, name = ("", *place.split("."))
        if kind == "VIEW":
            yield f"Sicht {name} ist eine andere"
        elif kind == "POLICY" and not name.startswith("sojus_"):
            yield f"Zeilenregel {name} an {table} ist eine andere"


def _tables(schema: str) -> dict[str, bool]:
    models = trail.shared_models() if schema == "public" else trail.tenant_models()
    return {model._meta.db_table: trail.is_trail(model) for model in models}


def _declared_triggers(schema: str) -> Triggers:
    function = trail.SHARED_FUNCTION if schema == "public" else trail.FUNCTION
    declared: Triggers = {}
    for table, is_trail in _tables(schema).items():
        if is_trail:
            refuse = _BEFORE | _UPDATE | _DELETE | _TRUNCATE
            declared[table, trail.REFUSING_TRIGGER] = (f"public.{trail.REFUSE}", refuse)
            if table not in trail.SEAL_TABLES:
                declared[table, trail.TIMING_TRIGGER] = (f"public.{trail.TIMING}", _BEFORE | _INSERT | _ROW)
        else:
            for name, (event, _) in trail.TRIGGERS.items():
                declared[table, name] = (f"{schema}.{function}", _EVENTS[event])
    return declared


def _rows(query: str, params: dict) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def _triggers(schema: str) -> Iterator[str]:
    """Each stands, is switched on, fires always, and calls what it should; on a trail's table there is no other."""
    rows = _rows(
        "SELECT c.relname, t.tgname, n.nspname || '.' || p.proname, t.tgtype, t.tgenabled::text, t.tgqual IS NULL,"
        " t.tgisinternal FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE c.relnamespace = %(schema)s::regnamespace",
        {"schema": schema},
    )
    declared, tables = _declared_triggers(schema), _tables(schema)
    standing = {(table, name): rest for table, name, *rest in rows}
    for (table, name), (function, kind) in sorted(declared.items()):
        if (table, name) not in standing:
            yield f"Auslöser {name} an {table} fehlt"
            continue
        found, type_, _, always, _ = standing[table, name]
        if (found, type_) != (function, kind) or not always:
            yield f"Auslöser {name} an {table} ist ein anderer"
    for (table, name), (_, _, enabled, _, internal) in sorted(standing.items()):
        if enabled != "O":
            yield f"Auslöser {name} an {table} ist abgeschaltet"
        elif tables.get(table) and not internal and (table, name) not in declared:
            yield f"Auslöser {name} an {table} ist nicht vom Programm"


def _rewrites(schema: str) -> Iterator[str]:
    """No rule turns a statement on a table into another one."""
    for table, name in _rows(
        "SELECT tablename, rulename FROM pg_rules WHERE schemaname = %(schema)s ORDER BY 1, 2", {"schema": schema}
    ):
        yield f"Regel {name} an {table} ist nicht vom Programm"


def _functions(schema: str) -> Iterator[str]:
    """Bodies of all functions the fence makes: what it would send is compared with what stands."""
    rows = _rows(
        "SELECT p.proname, p.prosrc, p.prosecdef FROM pg_proc p"
        " WHERE p.pronamespace = %(schema)s::regnamespace AND p.prokind = 'f'",
        {"schema": schema},
    )
    standing: dict[str, set[tuple[str, bool]]] = {}
    for name, body, definer in rows:
        standing.setdefault(name, set()).add((body, definer))
    for name, body, definer in declared_functions(schema):
        if standing.get(name) != {(body, definer)}:
            yield f"Funktion {name} {'fehlt' if name not in standing else 'ist eine andere'}"


@dataclass(slots=True)
class _Declared(Ensure):
    """Listens to what the fence would make, and sends nothing."""

    heard: list[tuple[str, str]] = field(default_factory=list)

    def thing(self, thing: Thing, *statements: sql.Composable, anew: bool = False) -> bool:
        """Note a function and how it is made."""
        if thing.kind == "FUNCTION":
            self.heard.append((thing.name, as_text(statements[0])))
        return False


def declared_functions(schema: str) -> Iterator[tuple[str, str, bool]]:
    """(name, body, runs with the owner's rights) of each function the fence would make; nothing is sent.

    Not from the comments that `Ensure` leaves on its objects: whoever may alter a function may write its comment, too.
    """
    ensure = _Declared([schema], dry=True)
    if schema == "public":
        fence._fence_functions(ensure)
        trail.apply_shared_functions(ensure)
        trail.apply_shared_trail(ensure)
        chain.apply_chain(ensure, chain.shared_trail(), callers=())
        apply_support(ensure, caller=roles.app())
    else:
        role = roles.tenant(schema)
        trail.apply_tenant_trail(ensure, schema)
        chain.apply_chain(ensure, chain.tenant_trail(schema), callers=())
        apply_tenant_functions(ensure, schema, role)
    for name, text in ensure.heard:
        head, _, body = text.partition(" AS ")
        yield name, _unquoted(body.strip()), "SECURITY DEFINER" in head


def _unquoted(literal: str) -> str:
    """The text of a `$f$…$f$`, `'…'` or `E'…'` literal."""
    if dollar := re.match(r"(\$\w*\$)(.*)\1$", literal, re.DOTALL):
        return dollar[2]
    escaped = literal.startswith("E")
    text = literal.removeprefix("E")[1:-1].replace("''", "'")
    return text.replace("\\\\", "\\") if escaped else text


def _declared_policies(schema: str) -> dict[str, tuple[Policy, ...]]:
    if schema == "public":
        return {m._meta.db_table: rights.policies for m in fence._shared_models() if (rights := fence._rights_of(m))}
    return {
        m._meta.db_table: _filled(getattr(m._meta.auto_created or m, "tenant_policies", ()), schema)
        for m in trail.tenant_models()
    }


def _filled(policies: Iterable[Policy], schema: str) -> tuple[Policy, ...]:
    def place(text: str | None) -> str | None:
        return text and text.replace("{schema}", schema)

    return tuple(replace(p, using=place(p.using), check=place(p.check)) for p in policies)


def _row_rules(schema: str) -> Iterator[str]:
    """The declared rules and no other, switched on; none that was to ask something lets everything pass."""
    rows = _rows(
        "SELECT tablename, policyname, cmd, qual, with_check, permissive FROM pg_policies"
        " WHERE schemaname = %(schema)s",
        {"schema": schema},
    )
    secured = {
        row[0]
        for row in _rows(
            "SELECT relname FROM pg_class WHERE relnamespace = %(schema)s::regnamespace AND relrowsecurity",
            {"schema": schema},
        )
    }
    standing: dict[str, dict[str, tuple]] = {}
    for table, name, *rest in rows:
        standing.setdefault(table, {})[name] = tuple(rest)
    for table, policies in sorted(_declared_policies(schema).items()):
        found = standing.get(table, {})
        if policies and table not in secured:
            yield f"Zeilenregeln an {table} sind abgeschaltet"
        for name in sorted(set(found) ^ {p.name for p in policies}):
            yield f"Zeilenregel {name} an {table} {'ist nicht vom Programm' if name in found else 'fehlt'}"
        for policy in policies:
            if _differs(policy, found.get(policy.name), but=(table, schema)):
                yield f"Zeilenregel {policy.name} an {table} ist eine andere"


def _differs(policy: Policy, found: tuple | None, *, but: tuple[str, ...]) -> bool:
    if found is None:
        return False  # named as missing
    command, using, check, permissive = found
    return (
        command != policy.command
        or permissive != "PERMISSIVE"
        or _words(policy.using, but=but) != _words(using, but=but)
        or _words(policy.check, but=but) != _words(check, but=but)
    )


def _words(condition: str | None, *, but: Iterable[str] = ()) -> frozenset[str] | None:
    """Names and values a condition speaks of. How PostgreSQL writes one anew differs; of what it speaks does not.

    `but`: names it may put in front of others, of the table and the schema.
    """
    if condition is None:
        return None
    lengths = re.sub(r"interval '[^']*'|'[^']*'::interval", "interval", condition.lower())
    plain = re.sub(r"::(character varying|timestamp with(out)? time zone|[a-z_]+)(\[\])?", "", lengths)
    return frozenset(re.findall(r"'[^']*'|[a-z_][a-z_0-9]*", plain.replace('"', ""))) - _GRAMMAR - {*but, "public"}


#: Words that come and go when PostgreSQL writes a condition anew, and aliases it adds.
_GRAMMAR = frozenset(
    ["and", "or", "not", "in", "any", "array", "as", "character", "varying", "text", "case", "on", "join"]
)


def _rights(schema: str) -> Iterable[str]:
    """With the shared schema: whatever anybody may do beyond the declarations, in all schemas."""
    if schema != "public":
        return ()
    return (f"Recht zu viel: {v.role} {v.what} in {v.schema or 'der Datenbank'}" for v in fence.scan_privileges())
