"""Roles: those of the cluster, made once by a login that may create roles, and the two of each office."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from psycopg import sql

from tenants.db import roles
from tenants.db.locks import Lock

#: Functions of PostgreSQL itself that everybody may call, and here its owner alone. What is injected into a query would
#: switch the role for the next statement (ADR 0002), or keep a lock that a release waits for in a pooled connection.
_OWNERS_FUNCTIONS = (
    "set_config(text, text, boolean)",
    *(
        f"pg_{attempt}advisory_lock{shared}({key})"
        for attempt in ("", "try_")
        for shared in ("", "_shared")
        for key in ("bigint", "integer, integer")
    ),
)


def _execute(statement: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


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
            _execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(name), sql.SQL(options)))
            return
    _execute(sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(name), sql.SQL(options)))


def _is_superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")
        return bool(cursor.fetchone()[0])


def _ident(name: str) -> sql.Identifier:
    return sql.Identifier(name)


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
        for role in roles.pages():
            ensure_role(role)
        ensure_role(app, "LOGIN NOINHERIT")
        if app_password:
            _execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(_ident(app), sql.Literal(app_password)))
        _execute(sql.SQL("ALTER ROLE {} SET timezone = 'UTC'").format(_ident(app)))
        _execute(sql.SQL("ALTER ROLE {} SET search_path = public").format(_ident(app)))
        # No statement runs as the login itself: a session begins as a role that cannot alter it (docs/adr/0028).
        _execute(sql.SQL("GRANT {} TO {}").format(sql.SQL(", ").join(map(_ident, roles.pages())), _ident(app)))
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
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(
                sql.SQL(", ").join(map(_ident, roles.kinds().values()))
            )
        )
        if _is_superuser():
            # A DO block switches the role as well.
            _execute(sql.SQL("REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC"))
            _execute(sql.SQL("GRANT USAGE ON LANGUAGE plpgsql, sql TO {}").format(_ident(owner)))
            for function in _OWNERS_FUNCTIONS:
                _execute(sql.SQL(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{function} FROM PUBLIC"))
                _execute(sql.SQL(f"GRANT EXECUTE ON FUNCTION pg_catalog.{function} TO {{}}").format(_ident(owner)))
        else:
            notes.append(
                "Not a superuser: set_config, locks of a session and the SQL languages stay open to PUBLIC;"
                " let a DBA revoke them."
            )
    return notes


def ensure_tenant_role(role: str, *, group: str) -> None:
    """A role nobody logs in as, that app and owner may take, with the rights of its group."""
    if _role_stands(role, group):
        return
    ensure_role(role)
    for member in (roles.app(), roles.owner()):
        _execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(member)))
    _execute(
        sql.SQL("GRANT {} TO {} WITH INHERIT TRUE" if _pg_version() >= 160000 else "GRANT {} TO {}").format(
            sql.Identifier(group), sql.Identifier(role)
        )
    )
    _execute(sql.SQL("ALTER ROLE {} INHERIT").format(sql.Identifier(role)))


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


def _pg_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0])
