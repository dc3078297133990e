"""Grants, row-level security, functions, triggers, checks, views: after every migration, repeatable. Owner only."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from psycopg import sql

from tenants.db import roles
from tenants.fence.bootstrap import ensure_tenant_role
from tenants.fence.checks import checks
from tenants.fence.ensure import Ensure, Thing
from tenants.fence.functions import callers_of, functions, triggers
from tenants.fence.portal import apply_portal
from tenants.jobs import functions as jobs
from tenants.models import Tenant
from tenants.tables.definer import declared_views
from tenants.tables.links import link_name
from tenants.tables.rights import Policy, Rights
from tenants.trail.triggers import tenant_models

TENANT_DEFAULT = ALL = "SELECT, INSERT, UPDATE, DELETE"

#: Tables of libraries, which cannot carry a `rights` attribute.
LIBRARY_RIGHTS: dict[str, Rights] = {
    # Hashed and sealed (signin.session_store); for the middleware and the pages of sign-in, never the portal's pages.
    "django_session": Rights(app=ALL, land="", anmeldung=ALL),
    "django_migrations": Rights(app="SELECT"),
    "django_content_type": Rights(app="SELECT", tenants="SELECT", anmeldung="SELECT"),
    "auth_permission": Rights(app="SELECT", tenants="SELECT"),
    "auth_group": Rights(app="SELECT", tenants="SELECT"),
    "auth_group_permissions": Rights(app="SELECT", tenants="SELECT"),
    # The queue: those who operate look, everybody hands over through one function only (tenants.jobs.functions).
    "procrastinate_jobs": Rights(
        app="SELECT",
        queue="SELECT, INSERT, UPDATE, DELETE",
        policies=(
            Policy("ansehen", "app", "SELECT", using=jobs.READABLE),
            Policy("abarbeiten", "queue", "ALL", using=jobs.NOT_BETRIEB, check=jobs.NOT_BETRIEB),
        ),
    ),
    "procrastinate_events": Rights(app="", land="SELECT", queue="SELECT, INSERT, UPDATE, DELETE"),
    "procrastinate_periodic_defers": Rights(app="", queue="SELECT, INSERT, UPDATE, DELETE"),
    "procrastinate_workers": Rights(app="", land="SELECT", queue="SELECT, INSERT, UPDATE, DELETE"),
}


def apply_shared_fence(*, dry: bool = False) -> Ensure:
    """Grant what each shared model declares, and nothing else; says what was changed (dry: would be)."""
    kinds = roles.kinds()
    with transaction.atomic():
        ensure = Ensure(["public"], dry=dry)
        ensure.functions(functions("public"))
        ensure.invoker("public", jobs.RAW)
        _callers_of_migrated(ensure, "public")
        for name, statement in declared_views():
            ensure.thing(Thing("VIEW", "public", "", name), statement)
        for table, rights in shared_rights().items():
            _apply_rights(ensure, table, rights, kinds)
        for role in (*roles.pages(), roles.queue()):
            ensure.sequences("public", role)
        ensure.no_sequence("public", roles.app())  # earlier releases gave them to the login itself
        ensure.triggers(triggers("public"))
        ensure.checks(checks("public"))
        ensure.finish()
    return ensure


def apply_tenant_fence(tenant: Tenant, *, dry: bool = False) -> Ensure:
    """Roles, grants, triggers and portal views of one tenant schema as declared; says what was changed.

    From `tenant_rights`, `tenant_policies` and each app's `portal.py`. What the catalogue shows as declared is left
    alone. With `dry` nothing is sent: `changes` and `tables` of the result say what would be.
    """
    schema, role = tenant.schema_name, tenant.role
    with transaction.atomic():
        ensure = Ensure([schema, roles.portal_schema(schema)], dry=dry)
        if not dry:
            ensure_tenant_role(role, group=roles.tenants())
            ensure_tenant_role(tenant.portal_role, group=roles.portal())
        ensure.schema_usage(schema, role, to_nobody=["PUBLIC"])
        for model in tenant_models():
            table = model._meta.db_table
            ensure.grants(schema, table, {role: granted(model)})
            policies = getattr(model._meta.auto_created or model, "tenant_policies", ())
            ensure.policies(schema, table, {p.name: _tenant_policy(schema, table, p) for p in policies})
        ensure.functions(functions(schema))
        _callers_of_migrated(ensure, schema)
        ensure.triggers(triggers(schema))
        ensure.checks(checks(schema))
        ensure.sequences(schema, role)
        apply_portal(ensure, schema)
        ensure.finish()
    return ensure


def shared_rights() -> dict[str, Rights]:
    """What is declared for each table and view of the shared schema."""
    tables = {
        model._meta.db_table: _rights_of(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_config.name in settings.SHARED_APPS and model._meta.managed
    }
    views = {m._meta.db_table: m.rights for m in apps.get_models() if not m._meta.managed and hasattr(m, "rights")}
    return tables | LIBRARY_RIGHTS | views


def _rights_of(model: type[models.Model]) -> Rights:
    own = LIBRARY_RIGHTS.get(model._meta.db_table) or getattr(model, "rights", None)
    if own is None and (owner := model._meta.auto_created):
        own = getattr(owner, "link_rights", {}).get(link_name(model)) or getattr(owner, "rights", None)
    if own is None:
        raise RuntimeError(f"{model._meta.label} declares no rights")
    return own


def granted(model: type[models.Model]) -> str:
    """What the tenant's role may do with a table of its schema."""
    return getattr(model._meta.auto_created or model, "tenant_rights", TENANT_DEFAULT)


def _callers_of_migrated(ensure: Ensure, schema: str) -> None:
    """Who may call what the fence did not make itself."""
    ours = {function.name for function in functions(schema)}
    for (home, name), standing in list(ensure.found.functions.items()):
        if home == schema and name not in ours:
            ensure.callers(home, name, callers_of(name, definer=any(f.definer for f in standing)))


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
            sql.Identifier(policy.name),
            sql.Identifier(schema),
            sql.Identifier(table),
            sql.SQL(policy.command),
            sql.SQL(", ").join(sql.SQL("PUBLIC") if role == "public" else sql.Identifier(role) for role in to),
        )
    ]
    if policy.using:
        parts.append(sql.SQL("USING (") + sql.SQL(policy.using) + sql.SQL(")"))
    if policy.check:
        parts.append(sql.SQL("WITH CHECK (") + sql.SQL(policy.check) + sql.SQL(")"))
    return sql.SQL(" ").join(parts)


def _tenant_policy(schema: str, table: str, policy: Policy) -> sql.Composed:
    """Row-level security of a tenant table, for every role that has a grant."""
    return _policy(schema, table, policy.placed(schema), "public")
