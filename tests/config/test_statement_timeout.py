"""A page that takes too long is stopped and says so; jobs are not."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from config.error_views import domain_error
from tenants.context import in_tenant
from tenants.door.middleware import FenceMiddleware


def _sleep() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1.5)")


@pytest.fixture
def stopped(vg, settings) -> OperationalError:
    """What a view meets when a statement is stopped."""
    settings.DB_STATEMENT_SECONDS = 1

    def view(request):
        with in_tenant(vg):
            _sleep()

    with pytest.raises(OperationalError) as info:
        FenceMiddleware(view)(RequestFactory().get("/"))
    return info.value


def test_statement_of_a_request__stopped_and_answered_in_german(stopped) -> None:
    request = RequestFactory().get("/rechnungen/")
    request.user, request.urlconf = None, "config.urls_tenant"
    antwort = domain_error(request, stopped)
    assert antwort.status_code == 503
    assert "dauert zu lange" in antwort.content.decode()
    assert "pg_sleep" not in antwort.content.decode()


def test_statement_of_an_api_request__problem_with_a_code(stopped) -> None:
    antwort = domain_error(RequestFactory().get("/api/v1/rechnungen/"), stopped)
    assert (antwort.status_code, b'"code": "dauert_zu_lange"' in antwort.content) == (503, True)


def test_statement_of_a_job__not_stopped_also_after_a_request_in_the_same_process(stopped, vg) -> None:
    assert connection.statement_seconds == 0
    with in_tenant(vg):
        _sleep()
