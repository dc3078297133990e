"""Three SQL holes, for the test build only: this module is in tests/ and in no URL conf of the product."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls_tenant import handler400, handler403, handler404, handler500  # noqa: F401
from config.urls_tenant import urlpatterns as product
from shared_apps.accounts.guards import anyone, require

HOLES = {
    "text": "SELECT fallnummer FROM cases_hilfefall WHERE fallnummer = '{}'",
    "zahl": "SELECT fallnummer FROM cases_hilfefall LIMIT {}",
    "sortierung": "SELECT fallnummer FROM cases_hilfefall ORDER BY {}",
    "aendern": "UPDATE cases_hilfefall SET team = '{}' WHERE false",
}


@require(anyone)
def hole(request: HttpRequest, kind: str) -> HttpResponse:
    """Pastes what came with the request into a statement; tells under which role and path it ended."""
    with connection.cursor() as cursor:
        cursor.execute(HOLES[kind].format(request.POST["q"]))
        rows = cursor.fetchall() if cursor.description else []
        cursor.execute("SELECT current_user, current_setting('search_path')")
        role, search_path = cursor.fetchone()
    return HttpResponse(repr(rows), headers={"X-Role": role, "X-Path": search_path})


urlpatterns = [*product, path("loch/<slug:kind>/", hole)]
