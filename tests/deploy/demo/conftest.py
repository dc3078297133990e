"""The world of the demo, built once; tests that ask it are in the group `demo_world`."""

from __future__ import annotations

import pytest
from django.db import connection

from tests import bootstrap, database
from tests.tenants import owner


@pytest.fixture(scope="package")
def built(django_db_setup, django_db_blocker):
    """A database with the whole world, built once for the tests of this folder."""
    name = f"{bootstrap.DATABASE}_world"
    with django_db_blocker.unblock(), database.cloned(name):
        owner.manage(name, "onboard_tenant", "--kuerzel", "LUP", "NWM", "LRO", "VR", "MSE")
        first = owner.manage(name, "demo_world").stdout
        yield name, first


@pytest.fixture
def world(built, django_db_blocker):
    """The default connection points to the world."""
    name, first = built
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            yield first
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
