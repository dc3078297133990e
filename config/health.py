"""Is the service up: web, database."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import public
from tenants.door.middleware import runs_without_fence
from tenants.door.rueckkehr import ALLES, is_returning


@public("Die Überwachung fragt, ob der Dienst antwortet; keine Daten.")
@runs_without_fence
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers; 503 while everything in it is still coming back."""
    if is_returning():
        return JsonResponse({"status": "rueckkehr", "detail": ALLES}, status=503)
    return JsonResponse({"status": "ok"})
