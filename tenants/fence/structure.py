"""Whether what guards the data is still there as the program made it: triggers, functions, row rules, rights.

Reads the catalogue only and changes nothing. An altered trigger leaves no altered entry: entries are missing, and no
seal can tell. So the nightly check of the seals asks here, too (docs/adr/0036). What is there is compared with what the
fence declares (tenants.fence.functions) and with what migrations made (tenants.fence.migrated), never with the comments
that `Ensure` leaves on its objects alone: whoever may alter a function may write its comment, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.db import connection

from tenants.db import roles
from tenants.fence import functions, migrated
from tenants.fence.checks import list_unvalidated
from tenants.fence.grants import apply_shared_fence, apply_tenant_fence, shared_rights
from tenants.fence.scan import scan_privileges
from tenants.models import Tenant
from tenants.tables.objects import PATH
from tenants.tables.rights import Policy
from tenants.trail import triggers


def check_structure(schema: str) -> list[str]:
    """What differs from the program in an office's schema, or in `public`; German, empty when nothing does."""
    standing = migrated.read(schema)
    found = [
        *_triggers(schema, standing),
        *_rewrites(schema),
        *_functions(schema, standing),
        *_row_rules(schema),
        *_rights(schema),
        *_unvalidated(schema),
    ]
    return [*found, *(line for line in _compared(schema) if line not in found and not _told(line, found))]


def _told(line: str, found: list[str]) -> bool:
    """Whether a finding speaks of the same object already, in other words: it is missing, or switched off."""
    return line.endswith(_OTHER) and any(other.startswith(line.removesuffix(_OTHER[1:])) for other in found)


_OTHER = " ist ein anderer"


def _compared(schema: str) -> Iterator[str]:
    """Whatever a release would recreate (ADR 0033), to the letter. As the owner only."""
    if not connection.is_owner:
        return
    if schema == "public":
        ensure = apply_shared_fence(dry=True)
    else:
        ensure = apply_tenant_fence(Tenant.objects.get(schema_name=schema), dry=True)
    for kind, _, place in (change.partition(" ") for change in ensure.changes):
        *_, table, name = ("", *place.split("."))
        if kind == "VIEW":
            yield f"Sicht {name} ist eine andere"
        elif kind == "POLICY" and not name.startswith("sojus_"):
            yield f"Zeilenregel {name} an {table} ist eine andere"
        elif kind == "TRIGGER":
            yield f"Auslöser {name} an {table}{_OTHER}"
        elif kind == "FUNCTION":
            yield f"Funktion {name} ist eine andere"
        elif kind == "CONSTRAINT":
            yield f"Prüfregel {name} an {table} fehlt oder ist eine andere"
        elif kind == "EXECUTE":
            yield f"Wer Funktion {name} aufrufen darf, ist verändert"


def _unvalidated(schema: str) -> Iterator[str]:
    """Checks that no older row was compared with (a release does it), or that one contradicts."""
    for table, name in list_unvalidated(schema):
        yield f"Prüfregel {name} an {table} ist an den älteren Zeilen nicht bestätigt"


def _rows(query: str, params: dict) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def _triggers(schema: str, standing: migrated.Standing) -> Iterator[str]:
    """Each is there, is switched on, fires always, and calls what it should; there is no other."""
    rows = _rows(
        "SELECT c.relname, t.tgname, n.nspname, p.proname, t.tgtype, t.tgenabled::text, t.tgattr::text, t.tgisinternal"
        " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE c.relnamespace = %(schema)s::regnamespace",
        {"schema": schema},
    )
    declared = {(t.table, t.name): t for t in functions.triggers(schema)}
    of_migrations = migrated.triggers(schema)
    found = {(table, name): rest for table, name, *rest in rows}
    for table, name in sorted({*declared, *of_migrations} - {*found}):
        yield f"Auslöser {name} an {table} fehlt"
    for (table, name), (*calls, type_, enabled, columns, internal) in sorted(found.items()):
        text = standing.trigger_texts.get((table, name), "")
        if enabled != "O":
            yield f"Auslöser {name} an {table} ist abgeschaltet"
        elif trigger := declared.get((table, name)):
            condition = f" WHEN ({trigger.condition}) EXECUTE" if trigger.condition else ""
            as_declared = (*trigger.function, trigger.type, "") == (*calls, type_, columns)
            if not as_declared or (condition not in text if condition else " WHEN (" in text):
                yield f"Auslöser {name} an {table}{_OTHER}"
        elif (table, name) in of_migrations:
            if standing.triggers[table, name] != of_migrations[table, name]:
                yield f"Auslöser {name} an {table}{_OTHER}"
        elif not internal:
            yield f"Auslöser {name} an {table} ist nicht vom Programm"


def _rewrites(schema: str) -> Iterator[str]:
    """No rule turns a statement on a table into another one."""
    for table, name in _rows(
        "SELECT tablename, rulename FROM pg_rules WHERE schemaname = %(schema)s ORDER BY 1, 2", {"schema": schema}
    ):
        yield f"Regel {name} an {table} ist nicht vom Programm"


def _functions(schema: str, standing: migrated.Standing) -> Iterator[str]:
    """Each is there with the declared body and rights of its owner; there is no other."""
    rows = _rows(
        "SELECT p.proname, p.prosrc, p.prosecdef, coalesce(array_to_string(p.proconfig, '|'), ''),"
        " pg_get_userbyid(p.proowner) FROM pg_proc p"
        " WHERE p.pronamespace = %(schema)s::regnamespace AND p.prokind = 'f'",
        {"schema": schema},
    )
    found: dict[str, set[tuple[str, bool, str, str]]] = {}
    for name, *rest in rows:
        found.setdefault(name, set()).add(tuple(rest))
    declared = {function.name: function for function in functions.functions(schema)}
    of_migrations = migrated.functions(schema)
    for name in sorted({*declared, *of_migrations, *standing.functions}):
        if name not in standing.functions:
            yield f"Funktion {name} fehlt"
        elif function := declared.get(name):
            path = PATH if function.definer else ""
            if found.get(name) != {(function.source, function.definer, path and f"search_path={path}", roles.owner())}:
                yield f"Funktion {name} ist eine andere"
        elif name not in of_migrations:
            yield f"Funktion {name} ist nicht vom Programm"
        elif standing.functions[name] != of_migrations[name]:
            yield f"Funktion {name} ist eine andere"


def _declared_policies(schema: str) -> dict[str, tuple[Policy, ...]]:
    if schema == "public":
        return {table: rights.policies for table, rights in shared_rights().items()}
    return {
        m._meta.db_table: tuple(p.placed(schema) for p in getattr(m._meta.auto_created or m, "tenant_policies", ()))
        for m in triggers.tenant_models()
    }


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
    """Names and values a condition speaks of. How PostgreSQL rewrites one differs; of what it speaks does not.

    `but`: names it may put in front of others, of the table and the schema.
    """
    if condition is None:
        return None
    lengths = re.sub(r"interval '[^']*'|'[^']*'::interval", "interval", condition.lower())
    plain = re.sub(r"::(character varying|timestamp with(out)? time zone|[a-z_]+)(\[\])?", "", lengths)
    return frozenset(re.findall(r"'[^']*'|[a-z_][a-z_0-9]*", plain.replace('"', ""))) - _GRAMMAR - {*but, "public"}


#: Words that come and go when PostgreSQL rewrites a condition, and aliases it adds.
_GRAMMAR = frozenset(
    ["and", "or", "not", "in", "any", "array", "as", "character", "varying", "text", "case", "on", "join"]
)


def _rights(schema: str) -> Iterable[str]:
    """With the shared schema: whatever anybody may do beyond the declarations, in all schemas."""
    if schema != "public":
        return ()
    return (f"Recht zu viel: {v.role} {v.what} in {v.schema or 'der Datenbank'}" for v in scan_privileges())
