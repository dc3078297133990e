"""Which functions and triggers the fence makes, in `public` and in an office's schema, and who may call a function.

They are declared where they belong (trail, jobs, the models, an app's `portal.py`); here they come together. Those that
migrations made, and who may call those, are in each app's `migrated.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import sql

from tenants.db import roles
from tenants.fence import migrated
from tenants.fence.portal import check_functions, check_triggers
from tenants.jobs import functions as jobs
from tenants.tables.definer import declared_objects, shared_functions, tenant_functions
from tenants.tables.objects import Function, Trigger
from tenants.trail import chain, support
from tenants.trail import triggers as trail


def callers_of(name: str, *, definer: bool) -> tuple[str, ...] | None:
    """Roles that may call a function of a migration. None: everybody, where it has no rights of its own.

    One with the owner's rights that no app's `migrated.py` names is nobody's.
    """
    if name.startswith(jobs.LIBRARY):
        return (roles.queue(),)
    declared = migrated.callers()
    if definer or name in declared:
        return tuple(roles.kinds()[kind] for kind in declared.get(name, ()))
    return None


def functions(schema: str) -> Iterator[Function]:
    """Every function of `public` or an office's schema that is made here; the others are migrations' (migrated)."""
    return _shared_functions() if schema == "public" else _office_functions(schema)


def triggers(schema: str) -> Iterator[Trigger]:
    """The same for triggers."""
    if schema == "public":
        yield from trail.shared_triggers()
        yield from (made for made in declared_objects() if isinstance(made, Trigger))
    else:
        yield from trail.tenant_triggers(schema)
        yield from check_triggers(schema)


def _shared_functions() -> Iterator[Function]:
    yield from _fence_functions()
    yield from trail.shared_functions()
    yield chain.sealing_function(chain.shared_trail(), callers=(roles.dienst(), roles.land()))
    yield from support.functions(caller=roles.land())
    yield from shared_functions(roles.pages(), roles.kinds())
    yield from (made for made in declared_objects() if isinstance(made, Function))
    yield from jobs.functions()


def _office_functions(schema: str) -> Iterator[Function]:
    role = roles.tenant(schema)
    yield trail.tenant_function(schema)
    yield chain.sealing_function(chain.tenant_trail(schema), callers=(role,))
    yield from tenant_functions(schema, role)
    yield from check_functions(schema)


def _fence_functions() -> Iterator[Function]:
    """What row-level security and views may ask: whose transaction this is. They read the fence, no table.

    sojus_mandant(): schema of the tenant or portal role in charge, NULL for anybody else.
    sojus_ist_portal(): whether a portal role is in charge.
    sojus_anbieter(), sojus_einrichtung(): for which providers somebody acts, confined to which facilities. Who she
    is, says sojus_user() (tenants.trail.triggers).
    """
    prefix = roles.tenant_prefix()
    mandant = sql.SQL(
        " SELECT CASE WHEN starts_with(current_user::text, {p})"
        " THEN split_part(substr(current_user::text, {n}), '_', 1) END "
    ).format(p=sql.Literal(prefix), n=sql.Literal(len(prefix) + 1))
    ist_portal = sql.SQL(
        " SELECT starts_with(current_user::text, {p}) AND right(current_user::text, {n}) = {s} "
    ).format(p=sql.Literal(prefix), n=sql.Literal(len(roles.PORTAL_SUFFIX)), s=sql.Literal(roles.PORTAL_SUFFIX))
    ids = " SELECT coalesce(nullif(current_setting('sojus.{}', true), ''), '{{}}')::uuid[] "
    for name, returns, body in (
        ("sojus_mandant", "text", mandant),
        ("sojus_ist_portal", "boolean", ist_portal),
        ("sojus_anbieter", "uuid[]", sql.SQL(ids.format("anbieter"))),
        ("sojus_einrichtung", "uuid[]", sql.SQL(ids.format("einrichtung"))),
    ):
        yield Function("public", name, body, returns=returns, language="sql", options="STABLE PARALLEL SAFE")
