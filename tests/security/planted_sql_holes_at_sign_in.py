"""A hole on a page of sign-in, one on a page of the state portal: whole statements, for the test build only."""

from __future__ import annotations

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls_portal import handler400, handler403, handler404, handler500  # noqa: F401
from config.urls_portal import urlpatterns as product
from shared_apps.accounts.guards import anyone, public, require
from shared_apps.signin.second_step import SETUP, STEP, open_before
from tenants.db.base import SessionStatementRefused
from tenants.door.middleware import runs_without_fence


def _run(request: HttpRequest) -> HttpResponse:
    """Runs what came with the request; tells what came of it and under which role."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(request.POST["q"])
            answer = repr(cursor.fetchall() if cursor.description else "")
    except (DatabaseError, SessionStatementRefused) as error:
        answer = f"refused: {error}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
    return HttpResponse(answer, headers={"X-Role": role})


@public("Ein Loch, nur in den Tests.")
@runs_without_fence
@open_before(STEP, SETUP)
def at_sign_in(request: HttpRequest) -> HttpResponse:
    """As a page before the sign-in."""
    return _run(request)


@require(anyone)
def on_portal(request: HttpRequest) -> HttpResponse:
    """As a page of the state portal."""
    return _run(request)


urlpatterns = [*product, path("loch/anmeldung/", at_sign_in), path("loch/portal/", on_portal)]
