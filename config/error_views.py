"""Error pages. They say what to do and repeat nothing that was typed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from psycopg.errors import QueryCanceled

from shared_apps.core.errors import Gestoert, SojusError
from shared_apps.core.uploads.handler import RequestTooLarge
from tenant_apps.drafts.keeping import ask_to_sign_in, filled_in, is_same_origin, keep_post, lead_back
from tenants.db.patience import is_transient

STALE_FORM = "Das Formular war veraltet. Ihre Eingaben sind noch da; bitte senden Sie sie noch einmal ab."

TOO_LONG = "Das dauert zu lange und wurde abgebrochen. Bitte filtern Sie enger und versuchen Sie es noch einmal."
COLLISION = "kollision"
COLLIDED = "Zwei Vorgänge kamen einander in die Quere. Bitte senden Sie Ihre Eingabe noch einmal ab."
KEPT = "Geändert wurde nichts; was Sie eingegeben haben, ist aufbewahrt. Dateien wählen Sie bitte noch einmal aus."


def _page(request: HttpRequest, status: int, message: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": str(status), "detail": message}, status=status)
    return render(request, f"{status}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400. Stands alone: the host name itself may be what is wrong, and then nobody is known yet. 413 for too much."""
    is_api = request.path.startswith("/api/")
    if isinstance(exception, RequestTooLarge) or (is_api and isinstance(exception, RequestDataTooBig)):
        if is_api:
            return _page(request, 413, "Die Anfrage ist zu groß.")
        return HttpResponse(render_to_string("413.html"), status=413)
    if is_api:
        return _page(request, 400, "Die Anfrage ist unvollständig.")
    return HttpResponse(render_to_string("400.html"), status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _page(request, 403, "Dazu fehlt Ihnen das Recht.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page(request, 404, "Nicht gefunden.")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: stands alone, reads no context and no database."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"code": "500", "detail": "Unerwarteter Fehler. Bitte später erneut versuchen."}, status=500
        )
    return HttpResponse(render_to_string("500.html"), status=500)


def domain_error(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """A broken rule that no view has caught: its own message, with its status. Anything else is not ours."""
    if isinstance(exception.__cause__, QueryCanceled):
        return _stopped(request, "dauert_zu_lange", TOO_LONG)
    if isinstance(exception, OperationalError) and is_transient(exception):
        return _stopped(request, COLLISION, COLLIDED)
    if not isinstance(exception, SojusError):
        return None
    if request.path.startswith("/api/"):
        body = {"code": exception.code, "detail": exception.message}
        return JsonResponse(body, status=exception.status)
    if isinstance(exception, Gestoert):
        return _stopped(request, exception.code, exception.message)
    template = "403.html" if exception.status == 403 else "409.html"
    return render(request, template, {"grund": exception.message, "status": exception.status}, status=exception.status)


def _stopped(request: HttpRequest, code: str, text: str) -> HttpResponse:
    """503: the database ended the work, for its time or in a circle of waiting, or something of ours is not there.
    Nothing was changed; what was typed is kept.
    """
    if request.path.startswith("/api/"):
        headers = {"Retry-After": "1"} if code == COLLISION else {}
        return JsonResponse({"code": code, "detail": text}, status=503, headers=headers)
    kept = keep_post(request) if getattr(request, "akteur", None) is not None and is_same_origin(request) else None
    context = {"grund": text, "status": 503, "aufbewahrt": KEPT if kept else "", "zurueck": kept and filled_in(kept)}
    return render(request, "409.html", context, status=503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 after a stale form. What was typed on a page of ours comes back with a fresh form."""
    if is_same_origin(request) and getattr(request, "resolver_match", None):
        entwurf = keep_post(request)
        if entwurf and request.akteur is not None:
            messages.warning(request, STALE_FORM)
            return lead_back(request, entwurf)
        if entwurf:
            return ask_to_sign_in(request, entwurf)
    return render(
        request, "403.html", {"grund": "Das Formular ist abgelaufen. Bitte laden Sie die Seite neu."}, status=403
    )
