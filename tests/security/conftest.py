"""A world that is really committed, for threads and poolers; and whether the long run was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection, transaction

from config.access_table import kinds
from tests import bootstrap, database
from tests.access.world import World, build_world
from tests.security.sizes import FULL, OFFICES
from tests.tenants.owner import drop_role, manage

_MORE = ("LRO", "LUP", "MSE", "NWM", "VR")


@pytest.fixture(scope="module")
def crawl_world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Three offices (all eight in the long run) with dyed stories in a database of their own, committed."""
    name = f"{bootstrap.DATABASE}_crawl"
    offices: tuple[str, ...] = database.TENANTS
    with django_db_blocker.unblock(), database.cloned(name):
        if FULL:
            for kuerzel in _MORE:
                manage(name, "onboard_tenant", "--kuerzel", kuerzel)
            offices += _MORE
        assert len(offices) == OFFICES.number
        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            with transaction.atomic():
                world = build_world(kinds(), offices)
            cache.clear()
            yield world
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
    if FULL:
        for kuerzel in _MORE:
            with suppress(psycopg.errors.DependentObjectsStillExist):  # another worker's world: it drops them last
                drop_role(kuerzel)
