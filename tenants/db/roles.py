"""Names of the PostgreSQL roles (docs/adr/0002). All of them carry the cluster prefix."""

import re

from django.conf import settings

#: Ends the name of a tenant's portal role and of its schema of views.
PORTAL_SUFFIX = "_portal"
_SCHEMA = re.compile(r"^[a-z][a-z0-9]{1,30}$")


def _name(role: str) -> str:
    return f"{settings.DB_ROLE_PREFIX}{role}"


def owner() -> str:
    """Owns every object; nobody logs in as it."""
    return _name("sojus_owner")


def app() -> str:
    """The login role of web and worker: NOINHERIT, no right of its own; every session begins as `dienst`."""
    return _name("sojus_app")


def dienst() -> str:
    """What a session of the login role is before any fence: middleware, jobs on shared tables. Nobody's login."""
    return _name("sojus_dienst")


def anmeldung() -> str:
    """Pages that work on accounts and sessions: sign-in, handover, one's own account."""
    return _name("sojus_anmeldung")


def land() -> str:
    """The state portal and the administration of people: shared tables without what signs people in."""
    return _name("sojus_land")


def tenants() -> str:
    """Group of all tenant roles: rights on the register and, under RLS, on exchange tables."""
    return _name("sojus_tenants")


def portal() -> str:
    """Group of all portal roles: what a provider's request may do with shared tables."""
    return _name("sojus_portal")


def compare() -> str:
    """Reads published figures and reference data, nothing else."""
    return _name("sojus_compare")


def queue() -> str:
    """A worker's connection to the queue: it takes, ends and repeats jobs. Never a page (docs/adr/0025)."""
    return _name("sojus_queue")


def pages() -> tuple[str, ...]:
    """Roles on shared tables that the login role takes: sign-in, the portal, the administration of people."""
    return dienst(), land(), anmeldung()


def kinds() -> dict[str, str]:
    """Attribute of `tenants.tables.rights.Rights` -> role."""
    return {
        "app": dienst(),
        "land": land(),
        "anmeldung": anmeldung(),
        "tenants": tenants(),
        "portal": portal(),
        "compare": compare(),
        "queue": queue(),
    }


def tenant(schema: str) -> str:
    """The role of one youth office. Refuses a schema name that is not plain letters and digits."""
    if not _SCHEMA.match(schema):
        raise ValueError(f"Not a tenant schema name: {schema!r}")
    return _name(f"t_{schema}")


def tenant_portal(schema: str) -> str:
    """The role of a provider's request at one youth office's host (docs/adr/0016)."""
    return f"{tenant(schema)}{PORTAL_SUFFIX}"


def portal_schema(schema: str) -> str:
    """Where the views of that role are. No tenant can have that name: its own has no underscore."""
    return f"{schema}{PORTAL_SUFFIX}"


def tenant_prefix() -> str:
    """What every tenant role's name begins with."""
    return _name("t_")
