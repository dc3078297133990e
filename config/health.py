"""Is the service up: web, database."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import public
from tenants.door.middleware import runs_without_fence


@public("Die Überwachung fragt, ob der Dienst antwortet; keine Daten.")
@runs_without_fence
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
