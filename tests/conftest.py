"""Fixtures everybody shares. A real PostgreSQL always; every worker has its own clone."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator

import pytest
from _pytest.runner import pytest_runtest_protocol as run_test
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import settings as hypothesis_settings

from config.room import with_room
from tenants.models import Tenant
from tests import bootstrap, database
from tests.people import Cast

# A busy machine must not turn a property into a question of time.
hypothesis_settings.register_profile("sojus", deadline=None)
hypothesis_settings.load_profile("sojus")


def pytest_configure(config: pytest.Config) -> None:
    """Whoever only hands out tests collects none, and looks for garbage from the beginning (tests/bootstrap.py)."""
    if config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput"):
        gc.enable()


#: The framework takes its part before a request of a test begins.
_run_test = with_room(run_test, times=4)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As pytest runs a test, with room on the stack for all of it (config/room.py)."""
    return _run_test(item, nextitem)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end; searching it for garbage again and again takes a seventh of the time."""
    if "SOJUS_DB_MODE" in os.environ:
        raise pytest.UsageError("a module that was collected has made an owner of everybody (SOJUS_DB_MODE)")
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:
    """Clone the template for this worker (no Django test database: the app may not create any)."""
    with django_db_blocker.unblock(), database.cloned(bootstrap.DATABASE):
        yield
        connection.close()


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def vg(db) -> Tenant:
    """Landkreis Vorpommern-Greifswald."""
    return Tenant.objects.get(kuerzel="VG")


@pytest.fixture
def hro(db) -> Tenant:
    """Hanse- und Universitätsstadt Rostock."""
    return Tenant.objects.get(kuerzel="HRO")


@pytest.fixture
def lhsn(db) -> Tenant:
    """Landeshauptstadt Schwerin."""
    return Tenant.objects.get(kuerzel="LHSN")


@pytest.fixture
def cast(db) -> Cast:
    """The people of the stories; each is created when first called by name."""
    return Cast()


@pytest.fixture
def sign_in(cast: Cast) -> Callable[..., Client]:
    """`sign_in("anna")` or `sign_in("ines", at="VG")`: a test client with a session at that host."""
    return cast.sign_in


@pytest.fixture
def template() -> str:
    """What `own_database` is a clone of. Tests that need a world put a database here that already has it."""
    return database.ensure_template()


@pytest.fixture
def own_database(django_db_setup, django_db_blocker, template) -> Iterator[str]:
    """A clone for tests that commit (threads, crashes, browsers). The default connection points to it."""
    name = f"{bootstrap.DATABASE}_own"
    with django_db_blocker.unblock(), database.cloned(name, template=template), database.connected_to(name):
        yield name
