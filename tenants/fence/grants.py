"""Roles, grants and row-level security: applied after every migration, repeatable, and scanned.

`bootstrap` needs a login that may create roles; everything else runs as `sojus_owner`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from psycopg import sql

from tenants.db import roles
from tenants.db.locks import Lock
from tenants.fence.ensure import PUBLIC_ROLE, Ensure, Function, Thing, Trigger, parse_grants, standing_functions
from tenants.fence.portal import apply_portal, check_functions, check_triggers, portal_views
from tenants.jobs import functions as jobs_sql
from tenants.models import Tenant
from tenants.tables.definer import tenant_functions
from tenants.tables.rights import Policy, Rights
from tenants.trail import chain, support
from tenants.trail import triggers as writes
from tenants.trail.triggers import tenant_models

TENANT_DEFAULT = ALL = "SELECT, INSERT, UPDATE, DELETE"

#: Tables of libraries, which cannot carry a `rights` attribute.
LIBRARY_RIGHTS: dict[str, Rights] = {
    "accounts_user_user_permissions": Rights(app="SELECT"),  # no role has permissions of Django's kind
    # Hashed and sealed (accounts.session_store); for the middleware and the pages of sign-in, never the portal's pages.
    "django_session": Rights(app=ALL, land="", anmeldung=ALL),
    "django_migrations": Rights(app="SELECT"),
    "django_content_type": Rights(app="SELECT", tenants="SELECT", anmeldung="SELECT"),
    "auth_permission": Rights(app="SELECT", tenants="SELECT"),
    "auth_group": Rights(app="SELECT", tenants="SELECT"),
    "auth_group_permissions": Rights(app="SELECT", tenants="SELECT"),
    "accounts_user_groups": Rights(app="SELECT", tenants="SELECT"),  # pairs of ids; guardian asks for groups
    # Second factors and links to a district's sign-in server: never a tenant, never the portal's pages.
    "mfa_authenticator": Rights(app=ALL, land="", anmeldung=ALL),
    "socialaccount_socialaccount": Rights(app=ALL, land="", anmeldung=ALL),
    # Tables of allauth that SoJuS does not use: nobody may touch them.
    "account_emailaddress": Rights(app=""),
    "account_emailconfirmation": Rights(app=""),
    "socialaccount_socialapp": Rights(app=""),
    "socialaccount_socialtoken": Rights(app=""),
    # The queue: those who operate look, everybody hands over through one function only (tenants.jobs.functions).
    "procrastinate_jobs": Rights(
        app="SELECT",
        queue="SELECT, INSERT, UPDATE, DELETE",
        policies=(
            Policy("ansehen", "app", "SELECT", using=jobs_sql.READABLE),
            Policy("abarbeiten", "queue", "ALL", using=jobs_sql.NOT_BETRIEB, check=jobs_sql.NOT_BETRIEB),
        ),
    ),
    "procrastinate_events": Rights(app="", land="SELECT", queue="SELECT, INSERT, UPDATE, DELETE"),
    "procrastinate_periodic_defers": Rights(app="", queue="SELECT, INSERT, UPDATE, DELETE"),
    "procrastinate_workers": Rights(app="", land="SELECT", queue="SELECT, INSERT, UPDATE, DELETE"),
}


def _execute(statement: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _ident(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def _role_exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        return cursor.fetchone() is not None


def ensure_role(name: str, options: str = "NOLOGIN NOINHERIT") -> None:
    """Create the role when it is missing; give it these options either way.

    Roles belong to the whole cluster: somebody at work in another database of it may make the same one meanwhile.
    """
    if not _role_exists(name):
        with suppress(IntegrityError), transaction.atomic():  # waits for whoever makes it, and finds it made
            _execute(sql.SQL("CREATE ROLE {} {}").format(_ident(name), sql.SQL(options)))
            return
    _execute(sql.SQL("ALTER ROLE {} {}").format(_ident(name), sql.SQL(options)))


def _is_superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")
        return bool(cursor.fetchone()[0])


def bootstrap(*, app_password: str | None) -> list[str]:
    """Make the database ready for SoJuS: roles, extension, revoked defaults. Returns notes for the operator."""
    notes: list[str] = []
    database = _ident(settings.DATABASES["default"]["NAME"])
    owner, app = roles.owner(), roles.app()
    with transaction.atomic():
        _execute(sql.SQL("SELECT pg_advisory_xact_lock({})").format(sql.Literal(Lock.BOOTSTRAP)))
        ensure_role(owner, "NOLOGIN CREATEROLE")
        ensure_role(roles.tenants())
        ensure_role(roles.portal())
        ensure_role(roles.compare())
        ensure_role(roles.queue())
        for role in _starts():
            ensure_role(role)
        ensure_role(app, "LOGIN NOINHERIT")
        if app_password:
            _execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(_ident(app), sql.Literal(app_password)))
        _execute(sql.SQL("ALTER ROLE {} SET timezone = 'UTC'").format(_ident(app)))
        _execute(sql.SQL("ALTER ROLE {} SET search_path = public").format(_ident(app)))
        # No statement runs as the login itself: a session begins as a role that cannot alter it (docs/adr/0028).
        _execute(sql.SQL("GRANT {} TO {}").format(sql.SQL(", ").join(map(_ident, _starts())), _ident(app)))
        _execute(sql.SQL("ALTER ROLE {} SET role = {}").format(_ident(app), sql.Literal(roles.dienst())))
        _execute(sql.SQL("ALTER ROLE {} SET jit = off").format(_ident(app)))  # 10 times slower comparison with it
        # From PostgreSQL 16 on CREATEROLE alone may not hand out a role that somebody else created.
        _execute(
            sql.SQL("GRANT {}, {}, {}, {}, {} TO {} WITH ADMIN OPTION").format(
                _ident(roles.tenants()),
                _ident(roles.portal()),
                _ident(roles.compare()),
                _ident(roles.queue()),
                _ident(app),
                _ident(owner),
            )
        )
        _execute(sql.SQL("GRANT {} TO CURRENT_USER").format(_ident(owner)))
        _execute(sql.SQL("GRANT {}, {} TO {}").format(_ident(roles.compare()), _ident(roles.queue()), _ident(app)))
        _execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS btree_gist"))
        _execute(sql.SQL("GRANT CREATE, CONNECT, TEMP ON DATABASE {} TO {}").format(database, _ident(owner)))
        _execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, _ident(app)))
        _execute(sql.SQL("REVOKE TEMP ON DATABASE {} FROM PUBLIC").format(database))
        _execute(sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        _execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(_ident(owner)))
        _execute(
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.SQL(", ").join(map(_ident, _kinds().values())))
        )
        if _is_superuser():
            # `SELECT set_config('role', …, true)`, injected into a query, would switch the role for the next statement,
            # and so would a DO block (ADR 0002).
            _execute(sql.SQL("REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC"))
            _execute(sql.SQL("REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC"))
            _execute(sql.SQL("GRANT USAGE ON LANGUAGE plpgsql, sql TO {}").format(_ident(owner)))
            _execute(
                sql.SQL("GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO {}").format(
                    _ident(owner)
                )
            )
        else:
            notes.append(
                "Not a superuser: set_config and the SQL languages stay open to PUBLIC; let a DBA revoke them."
            )
    return notes


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


def _shared_functions() -> Iterator[Function]:
    yield from _fence_functions()
    yield from writes.shared_functions()
    yield chain.sealing_function(chain.shared_trail(), callers=(roles.dienst(), roles.land()))
    yield from support.functions(caller=roles.land())
    yield from jobs_sql.functions()


def _office_functions(schema: str) -> Iterator[Function]:
    role = roles.tenant(schema)
    yield writes.tenant_function(schema)
    yield chain.sealing_function(chain.tenant_trail(schema), callers=(role,))
    yield from tenant_functions(schema, role)
    yield from check_functions(schema)


def functions(schema: str) -> Iterator[Function]:
    """Every function of `public` or an office's schema that is made here; the others are migrations' (migrated)."""
    return _shared_functions() if schema == "public" else _office_functions(schema)


def triggers(schema: str) -> Iterator[Trigger]:
    """The same for triggers."""
    if schema == "public":
        yield from writes.shared_triggers()
    else:
        yield from writes.tenant_triggers(schema)
        yield from check_triggers(schema)


def _office_view(ensure: Ensure) -> None:
    """Who works in the office that asks: names, roles, teams of today. Empty for everybody who is no office."""
    ensure.thing(
        Thing("VIEW", "public", "", "accounts_amtsperson"),
        sql.SQL(
            "CREATE OR REPLACE VIEW public.accounts_amtsperson WITH (security_barrier) AS"
            " SELECT m.id, m.user_id, u.vorname, u.nachname, m.rolle, m.team, m.deputy_of_id AS vertritt_id"
            " FROM public.accounts_membership m JOIN public.accounts_user u ON u.id = m.user_id"
            " JOIN public.tenants_tenant t ON t.id = m.tenant_id"
            " CROSS JOIN (SELECT (now() AT TIME ZONE {zone})::date AS heute) h"  # the session's day is that of UTC
            " WHERE t.schema_name = public.sojus_mandant() AND u.is_active"
            " AND m.gueltig_ab <= h.heute AND (m.gueltig_bis IS NULL OR m.gueltig_bis > h.heute)"
        ).format(zone=sql.Literal(settings.TIME_ZONE)),
    )


def _open_requests_view(ensure: Ensure) -> None:
    """Requests for roles that wait in the office that asks: who may decide is counted on its start page. No text."""
    ensure.thing(
        Thing("VIEW", "public", "", "members_offenerantrag"),
        sql.SQL(
            "CREATE OR REPLACE VIEW public.members_offenerantrag WITH (security_barrier) AS"
            " SELECT a.id, a.rolle, a.user_id, a.deputy_of_id AS vertretene_id, a.beantragt_von_id AS vorschlag_id"
            " FROM public.members_mitgliedschaftsantrag a JOIN public.tenants_tenant t ON t.id = a.tenant_id"
            " WHERE t.schema_name = public.sojus_mandant() AND a.zustand = 'BEANTRAGT'"
        ),
    )


def _shared_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_config.name in settings.SHARED_APPS and model._meta.managed
    ]


def _rights_of(model: type[models.Model]) -> Rights | None:
    if model._meta.db_table in LIBRARY_RIGHTS:
        return LIBRARY_RIGHTS[model._meta.db_table]
    own = getattr(model, "rights", None)
    if own is None and model._meta.auto_created:
        own = getattr(model._meta.auto_created, "rights", None)
    return own


def _apply_rights(ensure: Ensure, table: str, rights: Rights, kinds: dict[str, str]) -> None:
    granted = {role: rights.of(kind) for kind, role in kinds.items()}
    ensure.grants("public", table, granted, to_nobody=["PUBLIC", roles.app()])
    also = {"app": (roles.land(),)}
    wanted = {
        policy.name: _policy("public", table, policy, kinds[policy.to], *also.get(policy.to, ()))
        for policy in rights.policies
    }
    ensure.policies("public", table, wanted)


def _policy(schema: str, table: str, policy: Policy, *to: str) -> sql.Composed:
    parts = [
        sql.SQL("CREATE POLICY {} ON {}.{} FOR {} TO {}").format(
            _ident(policy.name),
            _ident(schema),
            _ident(table),
            sql.SQL(policy.command),
            sql.SQL(", ").join(sql.SQL("PUBLIC") if role == "public" else _ident(role) for role in to),
        )
    ]
    if policy.using:
        parts.append(sql.SQL("USING (") + sql.SQL(policy.using) + sql.SQL(")"))
    if policy.check:
        parts.append(sql.SQL("WITH CHECK (") + sql.SQL(policy.check) + sql.SQL(")"))
    return sql.SQL(" ").join(parts)


def _kinds() -> dict[str, str]:
    """Attribute of `Rights` -> role."""
    return {
        "app": roles.dienst(),
        "land": roles.land(),
        "anmeldung": roles.anmeldung(),
        "tenants": roles.tenants(),
        "portal": roles.portal(),
        "compare": roles.compare(),
        "queue": roles.queue(),
    }


def _starts() -> tuple[str, ...]:
    """Roles on shared tables that the login role takes; which of them, says the fence."""
    return roles.dienst(), roles.land(), roles.anmeldung()


def apply_shared_fence(*, dry: bool = False) -> Ensure:
    """Grant what each shared model declares, and nothing else; says what was changed (dry: would be)."""
    kinds = _kinds()
    with transaction.atomic():
        ensure = Ensure(["public"], dry=dry)
        ensure.functions(functions("public"))
        ensure.invoker("public", jobs_sql.RAW)
        _callers_of_migrated(ensure, "public")
        _office_view(ensure)
        _open_requests_view(ensure)
        done: set[str] = set()
        for model in _shared_models():
            rights = _rights_of(model)
            if rights is None:
                raise RuntimeError(f"{model._meta.label} declares no rights")
            _apply_rights(ensure, model._meta.db_table, rights, kinds)
            done.add(model._meta.db_table)
        for table, rights in LIBRARY_RIGHTS.items():
            if table not in done:
                _apply_rights(ensure, table, rights, kinds)
        for view, rights in _views().items():
            _apply_rights(ensure, view, rights, kinds)
        for role in (*_starts(), roles.queue()):
            ensure.sequences("public", role)
        ensure.no_sequence("public", roles.app())  # earlier releases gave them to the login itself
        ensure.triggers(triggers("public"))
        ensure.finish()
    return ensure


def _views() -> dict[str, Rights]:
    return {m._meta.db_table: m.rights for m in apps.get_models() if not m._meta.managed and hasattr(m, "rights")}


#: Functions with the owner's rights that a migration made -> kinds of roles that may call them (docs/security.md).
DEFINER_CALLERS: dict[str, tuple[str, ...]] = {
    "occupancy_vakanzen": ("land", "tenants"),
    "occupancy_freie_plaetze": ("tenants",),
    "occupancy_abgelaufene_freigeben": ("tenants",),
    "occupancy_fremdbelegung": ("tenants",),
    "occupancy_ist_belegt": (),  # a step of the others
    "occupancy_bindung_pruefen": (),  # triggers
    "occupancy_ende_pruefen": (),
    "members_vier_augen": (),  # a trigger
    "tenants_rueckstand": ("app", "land"),
    "tenants_hindernis": ("app", "land"),
}


def _callers_of_migrated(ensure: Ensure, schema: str) -> None:
    """Who may call what the fence did not make itself."""
    ours = {function.name for function in functions(schema)}
    for (home, name), standing in list(ensure.found.functions.items()):
        if home == schema and name not in ours:
            ensure.callers(home, name, _callers(name, definer=any(f.definer for f in standing)))


def _callers(name: str, *, definer: bool) -> tuple[str, ...] | None:
    """Roles that may call a function of a migration. None: everybody, where it has no rights of its own.

    One with the owner's rights that `DEFINER_CALLERS` does not name is nobody's.
    """
    if name.startswith(jobs_sql.LIBRARY):
        return (roles.queue(),)
    if definer or name in DEFINER_CALLERS:
        return tuple(_kinds()[kind] for kind in DEFINER_CALLERS.get(name, ()))
    return None


def apply_tenant_fence(tenant: Tenant, *, dry: bool = False) -> Ensure:
    """Roles, grants, triggers and portal views of one tenant schema as declared; says what was changed.

    From `tenant_rights`, `tenant_policies` and each app's `portal.py`. What the catalogue shows as declared is left
    alone. With `dry` nothing is sent: `changes` and `tables` of the result say what would be.
    """
    schema, role = tenant.schema_name, tenant.role
    with transaction.atomic():
        ensure = Ensure([schema, roles.portal_schema(schema)], dry=dry)
        if not dry:
            _ensure_tenant_role(role, group=roles.tenants())
            _ensure_tenant_role(tenant.portal_role, group=roles.portal())
        ensure.schema_usage(schema, role, to_nobody=["PUBLIC"])
        for model in tenant_models():
            table = model._meta.db_table
            ensure.grants(schema, table, {role: _granted(model)})
            policies = getattr(model._meta.auto_created or model, "tenant_policies", ())
            ensure.policies(schema, table, {p.name: _tenant_policy(schema, table, p) for p in policies})
        ensure.functions(functions(schema))
        _callers_of_migrated(ensure, schema)
        ensure.triggers(triggers(schema))
        ensure.sequences(schema, role)
        apply_portal(ensure, schema)
        ensure.finish()
    return ensure


def _granted(model: type[models.Model]) -> str:
    """What the tenant's role may do with a table of its schema."""
    return getattr(model._meta.auto_created or model, "tenant_rights", TENANT_DEFAULT)


def _ensure_tenant_role(role: str, *, group: str) -> None:
    """A role nobody logs in as, that app and owner may take, with the rights of its group."""
    if _role_stands(role, group):
        return
    ensure_role(role)
    for member in (roles.app(), roles.owner()):
        _execute(sql.SQL("GRANT {} TO {}").format(_ident(role), _ident(member)))
    _execute(
        sql.SQL("GRANT {} TO {} WITH INHERIT TRUE" if _pg_version() >= 160000 else "GRANT {} TO {}").format(
            _ident(group), _ident(role)
        )
    )
    _execute(sql.SQL("ALTER ROLE {} INHERIT").format(_ident(role)))


def _role_stands(role: str, group: str) -> bool:
    """Roles belong to the whole cluster: altering one that is right already would only collide with others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolinherit AND NOT r.rolcanlogin"
            " AND (SELECT count(DISTINCT m.member) = 2 FROM pg_auth_members m JOIN pg_roles o ON o.oid = m.member"
            "       WHERE m.roleid = r.oid AND o.rolname = ANY (%s)"
            "         AND coalesce((to_jsonb(m) ->> 'set_option')::boolean, true))"
            " AND EXISTS (SELECT 1 FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
            "       WHERE m.member = r.oid AND g.rolname = %s"
            "         AND coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true))"
            " FROM pg_roles r WHERE r.rolname = %s",
            [[roles.app(), roles.owner()], group, role],
        )
        return bool((cursor.fetchone() or (False,))[0])


def _tenant_policy(schema: str, table: str, policy: Policy) -> sql.Composed:
    """Row-level security of a tenant table, for every role that has a grant; `{schema}` stands for the schema."""
    filled = Policy(
        policy.name,
        policy.to,
        policy.command,
        using=policy.using and policy.using.replace("{schema}", schema),
        check=policy.check and policy.check.replace("{schema}", schema),
    )
    return _policy(schema, table, filled, "public")


def _pg_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0])


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
            declared = ours.get((home, name), _callers(name, definer=function.definer))
            allowed = {PUBLIC_ROLE} if declared is None else {*declared}
            for role in sorted(function.callers - allowed):
                yield Violation(role, home, f"EXECUTE ON {name}")


Grant = tuple[str, str, str, str, str]


def _parse(home: str, thing: str, role: str, granted: str) -> set[Grant]:
    """`SELECT, UPDATE (a, b)` as single grants."""
    return {(home, thing, part, role, right) for part, right in parse_grants(granted)}


def _declared_shared() -> set[Grant]:
    shared = {model._meta.db_table: _rights_of(model) for model in _shared_models()} | LIBRARY_RIGHTS | _views()
    return {
        grant
        for table, rights in shared.items()
        for kind, role in _kinds().items()
        for grant in _parse("public", table, role, rights.of(kind))
    }


def _declared_tenant(tenant: Tenant) -> set[Grant]:
    schema, portal = tenant.schema_name, roles.portal_schema(tenant.schema_name)
    declared = {(schema, "", "", tenant.role, "USAGE"), (portal, "", "", tenant.portal_role, "USAGE")}
    for model in tenant_models():
        declared |= _parse(schema, model._meta.db_table, tenant.role, _granted(model))
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
            [[roles.owner(), roles.app(), *_kinds().values()], roles.tenant_prefix()],
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
        return role in {roles.compare(), roles.queue(), *_starts()} or role.startswith(roles.tenant_prefix())
    if not member.startswith(roles.tenant_prefix()):
        return role == roles.owner()  # the login that bootstraps and migrates
    return role == (roles.portal() if member.endswith(roles.PORTAL_SUFFIX) else roles.tenants())


def _scan_attributes(tenants: list[Tenant]) -> list[Violation]:
    """None of our roles but the owner may create roles; none may pass row-level security, inherit or log in unasked."""
    ours = [roles.app(), *_kinds().values(), *(name for t in tenants for name in (t.role, t.portal_role))]
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
