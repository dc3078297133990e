"""Every index that a list declares exists and has the rows in the declared order: nothing is left to sort.

Asked without rows: sorting and reading a whole table are switched off, so the plan shows whether the index can do it.
"""

from __future__ import annotations

import re
from contextlib import nullcontext
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Index, Model, QuerySet
from django.urls import get_resolver

from shared_apps.core.liste import LISTEN, Liste
from tenants.context import in_tenant
from tenants.tables.base import TenantModel
from tests.bench.lists import SMALL, WORLDS
from tests.tenants import owner

pytestmark = pytest.mark.django_db
ANYBODY = UUID(int=0)
#: Everything is sorted; an incremental sort only puts rows of one moment in order.
SORT = re.compile(r"(?<!Incremental )Sort  \(cost")


def _all() -> dict[str, Liste]:
    get_resolver("config.urls_tenant").url_patterns, get_resolver("config.urls_portal").url_patterns
    return LISTEN


def _find(name: str) -> tuple[type[Model], Index]:
    """The index of that name and its model."""
    return next((model, index) for model in apps.get_models() for index in model._meta.indexes if index.name == name)


def _rows(model: type[Model], index: Index, first: str) -> QuerySet:
    """All rows the index has, of one provider or kind where it begins with that."""
    names = [name.removeprefix("-") for name in index.fields]
    before = names[: names.index(first)] if first in names else ["anbieter_id"] if index.condition else []
    rows = model._default_manager.filter(**dict.fromkeys(before, ANYBODY))
    return rows.filter(index.condition) if index.condition else rows


def _explain(statement: str, params: tuple) -> str:
    with owner.superuser(connection.settings_dict["NAME"]) as dba:
        dba.execute("SET search_path = vg, public; SET enable_sort = off")
        dba.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        return "\n".join(line for (line,) in dba.execute(f"EXPLAIN {statement}", params))


def test_every_list_has_a_world_or_a_reason_to_stay_small() -> None:
    assert set(_all()) == set(WORLDS) | set(SMALL)
    assert not set(WORLDS) & set(SMALL)


def test_every_list_that_grows_begins_in_the_order_of_an_index() -> None:
    without = {n for n, liste in _all().items() if not liste.sortierungen[liste.standard.removeprefix("-")].index}
    assert without - set(SMALL) == {"cases:orphaned"}  # what has gone wrong, few


@pytest.mark.parametrize("name", sorted(WORLDS))
def test_index_serves_the_order(name, vg) -> None:
    liste = _all()[name]
    for key, order in liste.sortierungen.items():
        if not order.index:
            continue
        model, index = _find(order.index)
        first = order.spalten[0] if isinstance(order.spalten[0], str) else ""
        for wunsch in (key, f"-{key}"):
            with in_tenant(vg) if issubclass(model, TenantModel) else nullcontext():
                rows = liste.order(_rows(model, index, first.removeprefix("-")), wunsch).values_list("pk")[:51]
                statement, params = rows.query.sql_with_params()
            if "NULLS LAST" in statement and wunsch != liste.standard:
                continue  # an index has them last in one direction only
            plan = _explain(statement, params)
            assert order.index in plan and not SORT.search(plan), (wunsch, plan)
