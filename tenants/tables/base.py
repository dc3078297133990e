"""Base of every table that is in a tenant schema, with the guard against mixing tenants."""

from __future__ import annotations

from collections.abc import Iterable
from functools import wraps
from typing import Any, ClassVar, cast

from django.db import connection, models
from uuid6 import uuid7

from tenants.tables.data_class import DataClass
from tenants.tables.reads import note_row, note_values
from tenants.tables.rights import Policy


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


def check_row(row: models.Model) -> None:
    """Raise `CrossTenantUse` when the row, or a row it refers to, belongs to another tenant than the open one."""
    check_same_tenant(getattr(row._state, "tenant_schema", None))
    for field in row._meta.concrete_fields:
        if field.is_relation and field.is_cached(row):
            related = field.get_cached_value(row)
            if related is not None:
                check_same_tenant(getattr(related._state, "tenant_schema", None))


class TenantQuerySet(models.QuerySet):
    """Remembers the tenant it was built in and refuses to be evaluated, counted or written in another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_in = _open_schema()

    def _clone(self) -> TenantQuerySet:
        clone = super()._clone()
        clone._made_in = self._made_in or _open_schema()
        return clone

    def _fetch_all(self) -> None:
        check_same_tenant(self._made_in)
        fresh = self._result_cache is None
        super()._fetch_all()
        if fresh and self._fields is not None:
            self._note(len(self._result_cache or ()))

    def _note(self, count: int) -> None:
        model = cast("type[TenantModel]", self.model)
        if model.data_class is DataClass.SOZIALDATUM and not model.no_look:
            note_values(model._meta.label_lower, self._shown_names(), count)

    def _shown_names(self) -> list[str]:
        """Names a `values()` query yields; all columns when none were named."""
        query = self.query
        named = [*query.values_select, *query.annotation_select]
        return named or [f.attname for f in self.model._meta.concrete_fields]

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        check_same_tenant(self._made_in)
        for row in super().iterator(*args, **kwargs):
            check_same_tenant(self._made_in)
            if self._fields is not None:
                self._note(1)
            yield row

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """As a subquery of another query."""
        check_same_tenant(self._made_in)
        return super().resolve_expression(*args, **kwargs)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        rows = list(objs)
        for row in rows:
            check_row(row)
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        rows = list(objs)
        for row in rows:
            check_row(row)
        return super().bulk_update(rows, *args, **kwargs)


def _checked(name: str) -> Any:
    original = getattr(models.QuerySet, name)

    @wraps(original)
    def checked(self: TenantQuerySet, *args: Any, **kwargs: Any) -> Any:
        check_same_tenant(self._made_in)
        return original(self, *args, **kwargs)

    # Django copies these marks when it builds a manager from the queryset.
    for mark in ("queryset_only", "alters_data"):
        if hasattr(original, mark):
            setattr(checked, mark, getattr(original, mark))
    return checked


for _name in ("count", "exists", "aggregate", "update", "delete", "explain", "in_bulk", "contains", "_raw_delete"):
    setattr(TenantQuerySet, _name, _checked(_name))

TenantManager = models.Manager.from_queryset(TenantQuerySet)


class TenantModel(models.Model):
    """A row in one youth office's schema: time-ordered UUID key, creation time, tenant stamp."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    #: Row-level security inside the tenant schema; `{schema}` in an expression is replaced.
    tenant_policies: ClassVar[tuple[Policy, ...]] = ()
    #: A table of the trail itself: only ever continued, and without triggers that would log the log.
    is_trail: ClassVar[bool] = False
    #: Each row is somebody. Otherwise: references that lead to the person it is about, nearest first.
    is_person: ClassVar[bool] = False
    ways_to_person: ClassVar[tuple[str, ...]] = ()
    #: Fields whose value alone says who somebody is: reading one is a read of a person's data, even without its row.
    says_who: ClassVar[tuple[str, ...]] = ()
    #: Why rows tell nothing about anybody, so that loading one reads nobody's data.
    no_look: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)

    objects = TenantManager()

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._state.tenant_schema = _open_schema()

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Any:
        row = super().from_db(*args, **kwargs)
        note_row(row)
        return row

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        check_row(self)
        super().save_base(*args, **kwargs)
        self._state.tenant_schema = _open_schema()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        check_same_tenant(getattr(self._state, "tenant_schema", None))
        return super().delete(*args, **kwargs)


class SharedReference(models.ForeignKey):
    """Reference from a tenant table to a shared table.

    No database constraint: each would put two triggers per tenant on the shared table; deleting one place took 44 to
    200 ms, and `TRUNCATE … CASCADE` emptied placements in all tenants (tried; ADR 0001). No reverse accessor: it would
    query tenant tables from the public schema.
    """

    def __init__(self, to: Any, **kwargs: Any) -> None:
        kwargs |= {"on_delete": models.DO_NOTHING, "db_constraint": False, "related_name": "+"}
        super().__init__(to, **kwargs)
