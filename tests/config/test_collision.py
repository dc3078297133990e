"""Two people change the same two rows in opposite order: one is asked to send again, with what she typed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import OperationalError, connection

from config.error_views import domain_error
from tenant_apps.cases.models import Klient
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_klient


@pytest.fixture
def victim(own_database, django_db_blocker) -> Iterator[OperationalError]:
    """What that one of two crossed transactions meets which PostgreSQL chooses."""
    with django_db_blocker.unblock():
        vg = Tenant.objects.get(kuerzel="VG")
        with in_tenant(vg):
            rows = [create_klient().pk for _ in range(2)]
        together = Barrier(2)

        def change(order: list) -> OperationalError | None:
            try:
                with in_tenant(vg):
                    Klient.objects.select_for_update().get(pk=order[0])
                    together.wait(timeout=10)
                    Klient.objects.select_for_update().get(pk=order[1])
            except OperationalError as error:
                return error
            finally:
                connection.close()
            return None

        with ThreadPoolExecutor(2) as pool:
            (error,) = filter(None, pool.map(change, (rows, rows[::-1])))
        yield error


def test_form_of_the_victim__said_in_german_and_nothing_about_the_database(victim, rf) -> None:
    request = rf.post("/faelle/", {"grund": "Umzug"})
    request.user, request.urlconf = None, "config.urls_tenant"
    answer = domain_error(request, victim)
    assert answer.status_code == 503
    assert "noch einmal" in answer.content.decode() and "deadlock" not in answer.content.decode().lower()


def test_api_of_the_victim__a_code_a_machine_can_repeat_on(victim, rf) -> None:
    answer = domain_error(rf.post("/api/v1/reservierungen/"), victim)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert b'"code": "kollision"' in answer.content
