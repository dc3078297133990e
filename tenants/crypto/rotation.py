"""Turning sealed values to the current master key: each app registers what it keeps sealed.

A registered function turns one batch and returns how many values it turned; 0 means none is left. Each batch is a
transaction of its own and asks the data what is left, so an interrupted run goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tenants.context import in_tenant, on_shared_tables
from tenants.door.offices import SomeOfficesFailed, visit
from tenants.models import Tenant, TenantZustand

Turn = Callable[[int], int]
BATCH = 500


@dataclass(frozen=True, slots=True)
class Turned:
    """What one step of a run did: where, which values, how many."""

    place: str
    what: str
    count: int


_tenant: dict[str, Turn] = {}
_shared: dict[str, Turn] = {}


def rotates(what: str, *, shared: bool = False) -> Callable[[Turn], Turn]:
    """Register a function `(batch) -> turned`, called inside each tenant, or once on shared tables."""

    def register(function: Turn) -> Turn:
        (_shared if shared else _tenant)[what] = function
        return function

    return register


def _until_done(turn: Turn, fence: Callable, batch: int) -> int:
    total = 0
    while True:
        with fence():
            turned = turn(batch)
        total += turned
        if turned == 0:
            return total


def rotate_all(*, batch: int = BATCH) -> Iterator[Turned]:
    """Turn everything, office by office; yields a line for each.

    Raises `SomeOfficesFailed` at the end, when an office could not be turned: the older keys must stay until it is.
    """
    for what, turn in _shared.items():
        yield Turned("gemeinsam", what, _until_done(turn, on_shared_tables, batch))

    def turn_office(tenant: Tenant) -> list[Turned]:
        return [
            Turned(tenant.kuerzel, what, _until_done(turn, lambda: in_tenant(tenant), batch))
            for what, turn in _tenant.items()
        ]

    failed = []
    for done in visit(Tenant.objects.exclude(zustand=TenantZustand.STILLGELEGT), turn_office):
        yield from done.result or []
        if done.error:
            failed.append(f"{done.tenant.kuerzel} ({done.words})")
    if failed:
        raise SomeOfficesFailed(", ".join(failed))
