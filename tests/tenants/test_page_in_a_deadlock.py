"""Two transactions wait for each other and PostgreSQL ends one: a page that only reads is asked again."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from tenants.middleware import FenceMiddleware

pytestmark = pytest.mark.django_db


def _ask(method: str, *, fails: int) -> tuple[HttpResponse | None, int]:
    calls = 0

    def view(request) -> HttpResponse:
        nonlocal calls
        calls += 1
        if calls <= fails:
            raise OperationalError from psycopg.errors.DeadlockDetected()
        return HttpResponse("da")

    request = RequestFactory().generic(method, "/")
    request.tenant = request.akteur = None
    try:
        return FenceMiddleware(lambda request: HttpResponse()).process_view(request, view, (), {}), calls
    except OperationalError:
        return None, calls


def test_reading_page__is_asked_once_more():
    response, calls = _ask("GET", fails=1)
    assert (response.content, calls) == (b"da", 2)


def test_reading_page__fails_when_it_happens_again():
    assert _ask("GET", fails=2) == (None, 2)


def test_writing_page__is_never_repeated():
    assert _ask("POST", fails=1) == (None, 1)
