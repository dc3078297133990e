"""Whatever the catalogue grants beyond what models and portal views declare. Must be nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from tenants.db import roles
from tenants.fence.ensure import PUBLIC_ROLE, parse_grants, standing_functions
from tenants.fence.functions import callers_of, functions
from tenants.fence.grants import granted, shared_rights
from tenants.fence.portal import portal_views
from tenants.models import Tenant
from tenants.trail.triggers import tenant_models


@dataclass(frozen=True, slots=True)
class Violation:
    """A role that can do something that no declaration gives it."""

    role: str
    schema: str
    what: str


def scan_privileges(tenants: list[Tenant] | None = None) -> list[Violation]:
    """Whatever the catalogue grants beyond what models and portal views declare. Must be empty.

    Reads access lists instead of asking for role × table pairs: it also finds grants to PUBLIC and to roles nobody
    thought of, and takes a moment only. `tenants` are all of them; who has loaded them already hands them over.
    """
    tenants = list(Tenant.objects.all()) if tenants is None else tenants
    return [*_scan_grants(tenants), *_scan_functions(tenants), *_scan_memberships(), *_scan_attributes(tenants)]


#: Every entry of every access list: schema, table, column, grantee (NULL is PUBLIC), privilege. Without extensions.
_GRANTS = """
    WITH found AS (
        SELECT n.nspname AS home, '' AS thing, '' AS part, n.nspowner AS owner, acl.grantee, acl.privilege_type
          FROM pg_namespace n CROSS JOIN aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) acl
         WHERE n.nspname <> 'public'
        UNION ALL
        SELECT n.nspname, c.relname, '', c.relowner, acl.grantee, acl.privilege_type
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         CROSS JOIN aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) acl
         WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')
           AND NOT EXISTS (SELECT 1 FROM pg_depend d
                            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        UNION ALL
        SELECT n.nspname, c.relname, a.attname, c.relowner, acl.grantee, acl.privilege_type
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         CROSS JOIN aclexplode(a.attacl) acl
    )
    SELECT home, thing, part, coalesce(r.rolname, 'PUBLIC'), privilege_type
      FROM found LEFT JOIN pg_roles r ON r.oid = grantee
     WHERE home = ANY (%s) AND r.rolname IS DISTINCT FROM %s
"""


def _scan_grants(tenants: list[Tenant]) -> list[Violation]:
    """Grants in tenant, portal and shared schemas to anybody but the owner, compared with the declarations."""
    homes = ["public", *(name for t in tenants for name in (t.schema_name, roles.portal_schema(t.schema_name)))]
    declared = _declared_shared()
    for tenant in tenants:
        declared |= _declared_tenant(tenant)
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS, [homes, roles.owner()])
        return [
            Violation(role, home, f"{right} ON {thing or 'SCHEMA'}{f' ({part})' if part else ''}")
            for home, thing, part, role, right in cursor.fetchall()
            if (home, thing, part, role, right) not in declared
        ]


def _scan_functions(tenants: list[Tenant]) -> Iterator[Violation]:
    """Who may call a function beyond its declaration."""
    offices = [tenant.schema_name for tenant in tenants]
    ours = {(home, f.name): f.callers for home in ("public", *offices) for f in functions(home)}
    standing = standing_functions(["public", *offices, *map(roles.portal_schema, offices)])
    for (home, name), found in sorted(standing.items()):
        for function in found:
            declared = ours.get((home, name), callers_of(name, definer=function.definer))
            allowed = {PUBLIC_ROLE} if declared is None else {*declared}
            for role in sorted(function.callers - allowed):
                yield Violation(role, home, f"EXECUTE ON {name}")


Grant = tuple[str, str, str, str, str]


def _parse(home: str, thing: str, role: str, granted: str) -> set[Grant]:
    """`SELECT, UPDATE (a, b)` as single grants."""
    return {(home, thing, part, role, right) for part, right in parse_grants(granted)}


def _declared_shared() -> set[Grant]:
    return {
        grant
        for table, rights in shared_rights().items()
        for kind, role in roles.kinds().items()
        for grant in _parse("public", table, role, rights.of(kind))
    }


def _declared_tenant(tenant: Tenant) -> set[Grant]:
    schema, portal = tenant.schema_name, roles.portal_schema(tenant.schema_name)
    declared = {(schema, "", "", tenant.role, "USAGE"), (portal, "", "", tenant.portal_role, "USAGE")}
    for model in tenant_models():
        declared |= _parse(schema, model._meta.db_table, tenant.role, granted(model))
    for view in portal_views():
        declared |= _parse(portal, view.table, tenant.portal_role, view.granted)
    return declared


def _scan_memberships() -> list[Violation]:
    """Who may take or inherit whose role: the login role may take tenants', portal and comparison roles, no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT role.rolname, member.rolname FROM pg_auth_members m JOIN pg_roles role ON role.oid = m.roleid"
            " JOIN pg_roles member ON member.oid = m.member"
            " WHERE (role.rolname = ANY (%s) OR starts_with(role.rolname, %s)) AND NOT member.rolsuper"
            # PostgreSQL 16 lets whoever created a role administer it without taking it.
            " AND (coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)"
            " OR coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true))",
            [[roles.owner(), roles.app(), *roles.kinds().values()], roles.tenant_prefix()],
        )
        pairs = cursor.fetchall()
    return [
        Violation(member, role, "MEMBER OF ROLE")
        for role, member in pairs
        if member != roles.owner() and not _may_be_member(role, member)
    ]


def _may_be_member(role: str, member: str) -> bool:
    """The login role in what it takes by SET ROLE; each tenant and portal role in the group of its kind."""
    if member == roles.app():
        return role in {roles.compare(), roles.queue(), *roles.pages()} or role.startswith(roles.tenant_prefix())
    if not member.startswith(roles.tenant_prefix()):
        return role == roles.owner()  # the login that bootstraps and migrates
    return role == (roles.portal() if member.endswith(roles.PORTAL_SUFFIX) else roles.tenants())


def _scan_attributes(tenants: list[Tenant]) -> list[Violation]:
    """None of our roles but the owner may create roles; none may pass row-level security, inherit or log in unasked."""
    ours = [roles.app(), *roles.kinds().values(), *(name for t in tenants for name in (t.role, t.portal_role))]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
            " rolcanlogin AND rolname <> %(app)s, rolinherit AND rolname = %(app)s"
            " FROM pg_roles WHERE rolname = ANY (%(ours)s)",
            {"app": roles.app(), "ours": ours},
        )
        names = ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "LOGIN", "INHERIT")
        return [
            Violation(role, "", name)
            for role, *flags in cursor.fetchall()
            for name, flag in zip(names, flags, strict=True)
            if flag
        ]
