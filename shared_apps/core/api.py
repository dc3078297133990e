"""Paging and errors of the API, the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import JSONParser
from rest_framework.response import Response

from shared_apps.core.errors import SojusError

KEIN_JSON = "Die Anfrage ist nicht lesbar. Bitte prüfen Sie, ob der Inhalt gültiges JSON ist."

#: Instead of the library's texts, which are partly English.
TEXTE = {
    401: "Bitte melden Sie sich an oder senden Sie einen gültigen API-Schlüssel.",
    403: "Dazu fehlt Ihnen das Recht, oder der API-Schlüssel reicht dafür nicht.",
    404: "Nicht gefunden.",
    405: "Diese Methode gibt es hier nicht.",
    406: "In diesem Format gibt es keine Antwort. Bitte fordern Sie application/json an.",
    415: "In diesem Format kann die Anfrage nicht gelesen werden. Bitte senden Sie application/json.",
    429: "Zu viele Anfragen. Bitte warten Sie einen Moment.",
}


class SojusPagination(PageNumberPagination):
    """`?page=2&page_size=100` (200 at most)."""

    page_size_query_param = "page_size"
    max_page_size = 200


def _is_storable(data: Any) -> bool:
    """Whether every text in it can be stored and answered: no NUL, no half of a surrogate pair."""
    if isinstance(data, str):
        return "\x00" not in data and not any("\ud800" <= zeichen <= "\udfff" for zeichen in data)
    if isinstance(data, dict):
        return all(_is_storable(key) and _is_storable(value) for key, value in data.items())
    return all(_is_storable(value) for value in data) if isinstance(data, list) else True


class SojusJSONParser(JSONParser):
    """JSON that the database can take; anything else, also nesting without end, is a bad request."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: dict | None = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            is_storable = _is_storable(data)
        except RecursionError as error:
            raise ParseError from error
        if not is_storable:
            raise ParseError
        return data


def _by_path(detail: Any, path: str = "") -> Iterator[tuple[str, list]]:
    """Texts by field; a field inside another one is named with its way there (`klient.geburtsdatum`)."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _by_path(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list) and any(isinstance(inner, dict) for inner in detail):
        for number, inner in enumerate(detail):
            yield from _by_path(inner, f"{path}.{number}" if path else str(number))
    else:
        yield path, detail if isinstance(detail, list) else [detail]


def exception_handler(exc: Exception, context: dict) -> Response | None:
    """Domain errors with their status; field errors are 422 with German texts by field."""
    # rest_framework.views reads the settings that name this module: importing it above would be a circle.
    from rest_framework.views import exception_handler as drf_exception_handler
    from rest_framework.views import set_rollback

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
        felder = dict(_by_path(exc.detail))
        return Response({"code": "ungueltig", "detail": "Bitte prüfen Sie die Angaben.", "felder": felder}, status=422)
    if isinstance(exc, ParseError):  # the parser's own text is English and quotes the input
        set_rollback()
        return Response({"code": "unlesbar", "detail": KEIN_JSON}, status=400)
    if isinstance(exc, Http404):
        set_rollback()
        return Response({"code": "404", "detail": "Nicht gefunden."}, status=404)
    response = drf_exception_handler(exc, context)
    if isinstance(exc, APIException) and response is not None:
        german = TEXTE.get(response.status_code, "Die Anfrage ist nicht möglich. Bitte prüfen Sie sie.")
        response.data = {"code": str(response.status_code), "detail": german}
    return response
