"""Base of every table that lies in a tenant schema, with the guard against mixing tenants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import connection, models
from uuid6 import uuid7

from tenants.data_class import DataClass


class CrossTenantUse(RuntimeError):
    """A row or query of one tenant was used while another, or none, was open."""


def _open_schema() -> str | None:
    fence = getattr(connection, "fence", None)
    return fence.schema if fence else None


def check_same_tenant(made_in: str | None) -> None:
    """Raise `CrossTenantUse` unless the tenant that is open now is the one `made_in`."""
    now = _open_schema()
    if made_in is not None and made_in != now:
        raise CrossTenantUse(f"made in tenant {made_in!r}, used in {now!r}")


class TenantQuerySet(models.QuerySet):
    """Remembers the tenant it was built in and refuses to be evaluated in another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_in = _open_schema()

    def _clone(self) -> TenantQuerySet:
        clone = super()._clone()
        clone._made_in = self._made_in or _open_schema()
        return clone

    def _fetch_all(self) -> None:
        check_same_tenant(self._made_in)
        super()._fetch_all()

    def iterator(self, *args: Any, **kwargs: Any):
        for row in super().iterator(*args, **kwargs):
            check_same_tenant(self._made_in)
            yield row


TenantManager = models.Manager.from_queryset(TenantQuerySet)


class TenantModel(models.Model):
    """A row in one youth office's schema: time-ordered UUID key, creation time, tenant stamp."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)

    objects = TenantManager()

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Iterable[str], values: Iterable[Any]):
        row = super().from_db(db, field_names, values)
        row._state.tenant_schema = _open_schema()
        return row

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        check_same_tenant(getattr(self._state, "tenant_schema", None))
        super().save_base(*args, **kwargs)
        self._state.tenant_schema = _open_schema()

    def delete(self, *args: Any, **kwargs: Any):
        check_same_tenant(getattr(self._state, "tenant_schema", None))
        return super().delete(*args, **kwargs)


class SharedReference(models.ForeignKey):
    """Reference from a tenant table to a shared table.

    No database constraint (each would put two triggers per tenant on the shared table) and no
    reverse accessor (it would query tenant tables from the public schema); scale.md, pitfall 5.
    """

    def __init__(self, to: Any, **kwargs: Any) -> None:
        kwargs |= {"on_delete": models.DO_NOTHING, "db_constraint": False, "related_name": "+"}
        super().__init__(to, **kwargs)
