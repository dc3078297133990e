"""Two transactions wait for each other and PostgreSQL ends one: a page that only reads is asked again."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from tenants.door.middleware import FenceMiddleware

pytestmark = pytest.mark.django_db


def _ask(method: str, *, fails: int) -> tuple[HttpResponse, int]:
    calls = 0

    def view(request) -> HttpResponse:
        nonlocal calls
        calls += 1
        if calls <= fails:
            raise OperationalError from psycopg.errors.DeadlockDetected()
        return HttpResponse("da")

    request = RequestFactory().generic(method, "/")
    request.tenant = request.akteur = None
    response = FenceMiddleware(lambda request: HttpResponse()).process_view(request, view, (), {})
    return response, calls


def test_reading_page__is_asked_once_more():
    response, calls = _ask("GET", fails=1)
    assert (response.content, calls) == (b"da", 2)


def test_reading_page__says_so_when_it_happens_again():
    response, calls = _ask("GET", fails=2)
    assert (response.status_code, calls) == (503, 2)


def test_writing_page__is_never_repeated():
    response, calls = _ask("POST", fails=1)
    assert (response.status_code, calls) == (503, 1)
