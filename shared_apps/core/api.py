"""Paging and errors of the API, the same everywhere."""

from __future__ import annotations

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback

from shared_apps.core.errors import SojusError


class SojusPagination(PageNumberPagination):
    """`?page=2&page_size=100` (200 at most)."""

    page_size_query_param = "page_size"
    max_page_size = 200


def exception_handler(exc: Exception, context: dict) -> Response | None:
    """Domain errors with their status; field errors are 422 with German texts by field."""
    if isinstance(exc, SojusError):
        set_rollback()
        body = {"code": exc.code, "detail": exc.message}
        if exc.feld:
            body["felder"] = {exc.feld: [exc.message]}
        return Response(body, status=exc.status)
    if isinstance(exc, DjangoValidationError):
        exc = ValidationError(exc.message_dict if hasattr(exc, "error_dict") else {"": exc.messages})
    if isinstance(exc, ValidationError):
        set_rollback()
        felder = exc.detail if isinstance(exc.detail, dict) else {"": exc.detail}
        return Response({"code": "ungueltig", "detail": "Bitte prüfen Sie die Angaben.", "felder": felder}, status=422)
    return drf_exception_handler(exc, context)
