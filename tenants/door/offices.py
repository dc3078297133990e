"""A round through the offices: the one shape. One broken office is named, and the others are done (docs/adr/0033).

A test refuses loops over offices elsewhere: the first exception would end the round for everybody behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import connection

from tenants.context import in_tenant, on_portal
from tenants.db.patience import sqlstate
from tenants.models import Tenant, TenantZustand

logger = logging.getLogger(__name__)
T = TypeVar("T")

#: Exit code of a command that is done but for the offices it names.
OFFICES_BEHIND = 3


class SomeOfficesFailed(Exception):
    """What a round through all offices ends with when some failed; the others are done. Names the offices only."""


@dataclass(frozen=True, slots=True)
class Visit(Generic[T]):
    """What came out at one office: a result, or the error that stopped it there."""

    tenant: Tenant
    result: T | None = None
    error: Exception | None = None

    @property
    def words(self) -> str:
        """The error without any value of a row; "" when there was none."""
        return describe(self.error) if self.error else ""


def visit(offices: Iterable[Tenant], work: Callable[[Tenant], T]) -> Iterator[Visit[T]]:
    """Do `work` at each of these offices, in their order, and say after each what came of it. Opens no fence.

    Trouble at one office is logged and does not stop the others; what becomes of it is for the caller to say.
    """
    for tenant in list(offices):
        try:
            done = Visit(tenant, work(tenant))
        except Exception as error:
            logger.exception("%s failed in %s", getattr(work, "__name__", "a step"), tenant.kuerzel)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()  # ended by the database: the next office gets a new one
            done = Visit(tenant, error=error)
        yield done


def run_in_offices(*steps: Callable[[], int | None]) -> int:
    """Do the steps in each active office, one transaction each; returns the sum of what they return.

    Raises `SomeOfficesFailed` when some failed, after all others are done: it makes the job fail, so that somebody is
    told.
    """

    def work(tenant: Tenant) -> int:
        done = 0
        for step in steps:
            with in_tenant(tenant):
                done += step() or 0
        return done

    work.__name__ = getattr(steps[0], "__name__", "a step")
    with on_portal():
        offices = list(Tenant.objects.filter(zustand=TenantZustand.AKTIV))
    return total(visit(offices, work))


def total(visits: Iterable[Visit[int]]) -> int:
    """Sum of the results. Raises `SomeOfficesFailed`, which names who failed, after the last one."""
    seen = list(visits)
    if failed := [v.tenant.kuerzel for v in seen if v.error]:
        raise SomeOfficesFailed(f"failed in {', '.join(failed)}; {len(seen) - len(failed)} offices are done")
    return sum(v.result or 0 for v in seen)


def describe(error: BaseException) -> str:
    """Class, SQLSTATE and the names of table and constraint; the message itself may quote a row."""
    diag = getattr(error if hasattr(error, "diag") else error.__cause__, "diag", None)
    names = [getattr(diag, key, None) for key in ("schema_name", "table_name", "column_name", "constraint_name")]
    return " ".join(filter(None, [type(error).__name__, sqlstate(error), *names]))[:300]
