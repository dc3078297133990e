"""What a provider reads may leave her sight between two statements: her page is asked again, nobody else's is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from tenants.door.middleware import FenceMiddleware
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


def _ask(error: Exception, *, fails: int = 1, method: str = "GET", ist_anbieter: bool = True) -> tuple[object, int]:
    """What came of it, and how often the view was asked."""
    calls = 0

    def view(request) -> HttpResponse:
        nonlocal calls
        calls += 1
        if calls <= fails:
            raise error
        return HttpResponse("da")

    request = RequestFactory().generic(method, "/")
    request.tenant = Tenant.objects.get(kuerzel="VG")
    request.akteur = SimpleNamespace(
        user_id=None, ist_amt=not ist_anbieter, ist_anbieter=ist_anbieter, anbieter_ids=(), einrichtung_ids=()
    )
    try:
        return FenceMiddleware(lambda request: HttpResponse()).process_view(request, view, (), {}), calls
    except Exception as raised:
        return raised, calls


@pytest.mark.parametrize("error", [ObjectDoesNotExist(), AttributeError(), TypeError(), KeyError(), ValueError()])
def test_reading_page__is_asked_once_more(error) -> None:
    answer, calls = _ask(error)
    assert (answer.content, calls) == (b"da", 2)


def test_fault_that_stays__is_one() -> None:
    error = AttributeError()
    assert _ask(error, fails=2) == (error, 2)


def test_writing_page__is_never_repeated() -> None:
    error = ObjectDoesNotExist()
    assert _ask(error, method="POST") == (error, 1)


def test_page_of_the_office__is_read_in_one_statement() -> None:
    error = ObjectDoesNotExist()
    assert _ask(error, ist_anbieter=False) == (error, 1)


@pytest.mark.parametrize("error", [Http404(), PermissionDenied()])
def test_refusal__is_an_answer(error) -> None:
    assert _ask(error) == (error, 1)
