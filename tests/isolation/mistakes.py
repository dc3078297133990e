"""What the files of mistakes share: the world they happen in, their list, and what may stop them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from django.core import signing
from django.db import DatabaseError, connection, transaction

from tenant_apps.cases.models import Hilfefall, Klient
from tenants.context import NoTenant, in_tenant
from tenants.db.base import SessionStatementRefused
from tenants.models import Tenant
from tenants.tables.base import CrossTenantUse

DYE = "VGFARBSTOFF"
#: What may stop a mistake: the guard, the database, the signature, or "not there".
STOPPED = (
    CrossTenantUse,
    NoTenant,
    SessionStatementRefused,
    DatabaseError,
    psycopg.Error,
    signing.BadSignature,
    Klient.DoesNotExist,
    ValueError,
)


@dataclass(frozen=True)
class World:
    """One child in VG; Rostock is the office that must never see it."""

    vg: Tenant
    hro: Tenant
    klient: Klient
    fall: Hilfefall


SCENARIOS: dict[str, Callable[[World], object]] = {}


def mistake(function: Callable[[World], object]) -> Callable[[World], object]:
    """Register a scenario under its name."""
    assert function.__name__ not in SCENARIOS, "two scenarios of one name: the second would hide the first"
    SCENARIOS[function.__name__] = function
    return function


def names(module: str) -> list[str]:
    """Scenarios of one file, by name."""
    return sorted(name for name, scenario in SCENARIOS.items() if scenario.__module__ == module)


def check(name: str, world: World) -> None:
    """Make the mistake: it ends in an error or shows nothing of the child, and changes nothing."""
    try:
        with transaction.atomic():
            seen = SCENARIOS[name](world)
    except STOPPED:
        seen = None
    assert DYE not in repr(seen), name
    with in_tenant(world.vg):
        assert Klient.objects.mit_pkz(DYE).count() == 1, "the child's own office still has its row, unchanged"
    with in_tenant(world.hro):
        assert not Klient.objects.mit_pkz(DYE).exists()


def run_sql(statement: str, params: object = None) -> list:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []
