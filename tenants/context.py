"""The one door between schemas.

Nothing else in SoJuS switches a schema or a role; a lint rule and a test hold the code to it.
Each function opens one transaction and one fence; nesting restores the outer fence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from django.db import connection, transaction

from tenants.db import roles
from tenants.db.base import Fence
from tenants.models import Tenant, TenantZustand


class NoTenant(RuntimeError):
    """Code that needs a tenant ran without one."""


@contextmanager
def _fenced(fence: Fence) -> Iterator[None]:
    before = connection.enter_fence(fence)
    try:
        with transaction.atomic():
            yield
    finally:
        connection.enter_fence(before)


def _ids(values: Iterable[UUID | str]) -> tuple[str, ...]:
    return tuple(sorted(str(UUID(str(value))) for value in values))


def _check_open(tenant: Tenant) -> None:
    if tenant.zustand == TenantZustand.STILLGELEGT:
        raise NoTenant(f"Tenant {tenant.kuerzel} is closed")


@contextmanager
def in_tenant(tenant: Tenant, *, user_id: UUID | str | None = None, request_id: str = "") -> Iterator[Tenant]:
    """Run the block in one transaction as the role of `tenant`: the office's own people and jobs.

    Raises whatever PostgreSQL raises when the role or schema does not exist; nothing is swallowed.
    """
    _check_open(tenant)
    fence = Fence(
        role=tenant.role, schema=tenant.schema_name, user=str(user_id or ""), request=request_id, tenant=tenant
    )
    with _fenced(fence):
        yield tenant


@contextmanager
def in_tenant_portal(
    tenant: Tenant,
    *,
    user_id: UUID | str | None = None,
    anbieter_ids: Iterable[UUID | str] = (),
    einrichtung_ids: Iterable[UUID | str] = (),
    request_id: str = "",
) -> Iterator[Tenant]:
    """Run the block as the tenant's portal role: a provider, or a stranger, at the office's host (docs/adr/0016).

    Models read the views of the tenant's portal schema, which carry the names of the tables and show what belongs
    to `anbieter_ids` (with `einrichtung_ids`: to these facilities only). Without any provider they are empty.
    """
    _check_open(tenant)
    fence = Fence(
        role=tenant.portal_role,
        schema=tenant.schema_name,
        portal=True,
        user=str(user_id or ""),
        anbieter=_ids(anbieter_ids),
        einrichtung=_ids(einrichtung_ids),
        request=request_id,
        tenant=tenant,
    )
    with _fenced(fence):
        yield tenant


@contextmanager
def on_portal(
    *,
    user_id: UUID | str | None = None,
    anbieter_ids: Iterable[UUID | str] = (),
    einrichtung_ids: Iterable[UUID | str] = (),
    request_id: str = "",
) -> Iterator[None]:
    """Run the block in one transaction on shared tables only, without those that sign people in."""
    fence = Fence(
        role=roles.owner() if connection.is_owner else roles.land(),
        user=str(user_id or ""),
        anbieter=_ids(anbieter_ids),
        einrichtung=_ids(einrichtung_ids),
        request=request_id,
    )
    with _fenced(fence):
        yield


@contextmanager
def at_sign_in(*, user_id: UUID | str | None = None, request_id: str = "") -> Iterator[None]:
    """Run the block in one transaction on accounts and sessions, and on nothing else."""
    role = roles.owner() if connection.is_owner else roles.anmeldung()
    with _fenced(Fence(role=role, user=str(user_id or ""), request=request_id)):
        yield


@contextmanager
def on_shared_tables() -> Iterator[None]:
    """Run the block in one transaction as a job on shared tables, secrets included (turning keys)."""
    with _fenced(Fence(role=roles.owner() if connection.is_owner else roles.dienst())):
        yield


@contextmanager
def as_comparison() -> Iterator[None]:
    """Run the block as the role that may read published figures and nothing else."""
    with _fenced(Fence(role=roles.compare())):
        yield


def current_schema() -> str | None:
    """Schema of the tenant that is open now, or None."""
    fence = connection.fence
    return fence.schema if fence else None


def is_fenced() -> bool:
    """Whether one of these blocks is open, and with it a transaction."""
    return connection.fence is not None


def require_schema() -> str:
    """Schema of the open tenant; raises `NoTenant` when there is none."""
    schema = current_schema()
    if schema is None:
        raise NoTenant("No tenant is open")
    return schema


def keep_plans(cursor: Any) -> None:
    """What this cursor executes is planned once a session for the open tenant, not each time, where the session is a
    server's own (ADR 0095). For large statements that take longer to plan than to answer."""
    cast(Any, connection).keep_plans(cursor)


def current_tenant() -> Tenant:
    """The tenant that is open now, as it was opened; raises `NoTenant` when there is none."""
    fence = connection.fence
    if fence is None or fence.tenant is None:
        raise NoTenant("No tenant is open")
    assert isinstance(fence.tenant, Tenant)
    return fence.tenant
