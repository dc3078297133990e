"""Is the service up: web, database."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, JsonResponse

from tenants.middleware import runs_without_fence


@runs_without_fence
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
