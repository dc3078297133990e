"""Paging and errors of the API, the same everywhere."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import APIException, NotFound, ParseError, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser, get_encoding
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from shared_apps.core.errors import Fehlt, RegelVerletzt, SojusError
from shared_apps.core.liste import GRENZE, Liste
from shared_apps.core.uploads.handler import check_room

KEIN_JSON = "Die Anfrage ist nicht lesbar. Bitte prüfen Sie, ob der Inhalt gültiges JSON ist."
DOPPELT = "Ein Feld steht zweimal im selben Objekt. Bitte senden Sie jedes Feld nur einmal."
KEIN_FORMULAR = "Die Anfrage ist nicht lesbar. Bitte prüfen Sie, ob der Inhalt vollständiges multipart/form-data ist."

ANZAHL = "Wie viele es sind; null, wenn es mehr als 1.000 sind. Bitte folgen Sie next bis null."
NACH = (
    "Schlüssel der Zeile, nach der die Seite beginnt. next enthält ihn; von Hand braucht ihn niemand. Die Zeile darf"
    " inzwischen aus dem Filter gefallen sein."
)
NACH_FEHLT = (
    "Die Zeile, nach der diese Seite beginnt, gibt es für Sie nicht oder nicht mehr. Bitte beginnen Sie wieder mit der"
    " ersten Seite."
)

#: Instead of the library's texts, which are partly English.
TEXTE = {
    401: "Bitte melden Sie sich an oder senden Sie einen gültigen API-Schlüssel.",
    403: "Dazu fehlt Ihnen das Recht, oder der API-Schlüssel reicht dafür nicht.",
    404: "Nicht gefunden.",
    405: "Diese Methode gibt es hier nicht.",
    406: "In diesem Format gibt es keine Antwort. Bitte fordern Sie application/json an.",
    415: (
        "In diesem Format kann die Anfrage nicht gelesen werden. Bitte senden Sie application/json, Dateien als"
        " multipart/form-data."
    ),
    429: "Zu viele Anfragen. Bitte warten Sie einen Moment.",
}


class SojusPagination(PageNumberPagination):
    """`?page=2&page_size=100` (200 at most) of the view's `Liste`; `next` goes on by the last row's key (ADR 0047).

    So a program that follows `next` reads each row once, however many there are, also while rows are added, and while
    it takes them out of its filter one by one. The row it goes on from is looked for among all that `view.seen()` has.
    `count` is null where there are more than `GRENZE`: it would have to be counted for every page.
    """

    page_size_query_param = "page_size"
    max_page_size = 200
    anzahl: int | None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of one page. A list that was bounded by its selector is cut; rows come by the declared order."""
        self.request, self.je_seite = request, self.get_page_size(request)
        self.number, self.nach = self._number(), request.query_params.get("nach", "")
        if isinstance(queryset, list):
            first = (self.number - 1) * self.je_seite
            ids, self.anzahl = queryset[first : first + self.je_seite + 1], len(queryset)
            page = ids[: self.je_seite]
        else:
            ids, page = self._read(view.liste, queryset, view.seen)
        if not page and self.number > 1 and not self.nach:
            raise NotFound
        self.has_next = len(ids) > self.je_seite
        self.last = page[-1].pk if self.has_next and not isinstance(queryset, list) else None
        return page

    def _number(self) -> int:
        wanted = self.request.query_params.get(self.page_query_param, "1")
        if not re.fullmatch(r"[1-9]\d{0,8}", wanted):
            raise NotFound
        return int(wanted)

    def _read(self, liste: Liste, rows: QuerySet, seen: Callable[[], QuerySet]) -> tuple[list[Any], list[Any]]:
        if self.nach:
            if (rest := liste.after(rows, self.nach, unter=seen())) is None:
                raise Fehlt(NACH_FEHLT, code="seite")
            ids = rest.find(self.je_seite + 1)
        elif self.number > self._numbered:
            raise NotFound  # pages by number end where counting does; `next` goes on by key
        else:
            ids = liste.find(rows, self.number, je_seite=self.je_seite)
        found, more = liste.count(rows)
        self.anzahl = None if more else found
        return ids, liste.load(rows.model, ids[: self.je_seite])

    @property
    def _numbered(self) -> int:
        """The last page that can be asked for by its number alone."""
        return -(-GRENZE // self.je_seite)

    def _link(self, number: int, nach: Any = None) -> str:
        url = self.request.build_absolute_uri()
        url = remove_query_param(url, "nach") if nach is None else replace_query_param(url, "nach", nach)
        if number == 1:
            return remove_query_param(url, self.page_query_param)
        return replace_query_param(url, self.page_query_param, number)

    def get_next_link(self) -> str | None:
        """Where to go on; by the key of the last row shown, where rows have one."""
        return self._link(self.number + 1, self.last) if self.has_next else None

    def get_previous_link(self) -> str | None:
        """The page before, by its number; the last that has one, where the page has none."""
        return self._link(min(self.number - 1, self._numbered)) if self.number > 1 else None

    def get_paginated_response(self, data: Any) -> Response:
        """`count` (null: more than `GRENZE`), `next`, `previous`, `results`."""
        return Response(
            {
                "count": self.anzahl,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As the library describes it, with the null."""
        described = super().get_paginated_response_schema(schema)
        described["properties"]["count"] |= {"nullable": True, "description": ANZAHL, "example": 1}
        described["properties"]["next"]["example"] = described["properties"]["previous"]["example"] = None
        return described

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """With `nach`, which `next` fills in."""
        nach = {"name": "nach", "in": "query", "required": False, "schema": {"type": "string"}, "description": NACH}
        return [*super().get_schema_operation_parameters(view), nach]


def _is_storable(data: Any) -> bool:
    """Whether every text in it can be stored and answered: no NUL, no half of a surrogate pair."""
    if isinstance(data, str):
        return "\x00" not in data and not any("\ud800" <= zeichen <= "\udfff" for zeichen in data)
    if isinstance(data, dict):
        return all(_is_storable(key) and _is_storable(value) for key, value in data.items())
    return all(_is_storable(value) for value in data) if isinstance(data, list) else True


def _take_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a field that is there twice, a program would be obeyed half, and not know it."""
    data = dict(pairs)
    if len(data) < len(pairs):
        raise RegelVerletzt(DOPPELT, code="doppelt")
    return data


def _take_float(text: str) -> float:
    if not math.isfinite(zahl := float(text)):
        raise ValueError
    return zahl


def _take_constant(text: str) -> None:
    raise ValueError


class SojusMultiPartParser(MultiPartParser):
    """Files, each of which has found room on disk."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> DataAndFiles:
        """`Gestoert` when one has not."""
        parsed = super().parse(stream, media_type, parser_context)
        check_room((parser_context or {})["request"]._request)
        return parsed


class SojusJSONParser(JSONParser):
    """JSON that the database can take, each field once; anything else, also nesting without end, is a bad request."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: dict | None = None) -> Any:
        try:
            data = json.load(
                codecs.getreader(get_encoding(parser_context or {}))(stream),
                object_pairs_hook=_take_object,
                parse_float=_take_float,
                parse_constant=_take_constant,  # NaN, Infinity
            )
            is_storable = _is_storable(data)
        except (ValueError, RecursionError) as error:
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
        body: dict[str, str | dict[str, list[str]]] = {"code": exc.code, "detail": exc.message}
        je_feld: dict[str, list[str]] = {}
        for einer in exc.einzeln:
            if einer.feld:
                je_feld.setdefault(einer.feld, []).append(einer.message)
        if je_feld:
            body["felder"] = je_feld
        return Response(body, status=exc.status)
    if isinstance(exc, DjangoValidationError):
        exc = ValidationError(exc.message_dict if hasattr(exc, "error_dict") else {"": exc.messages})
    if isinstance(exc, ValidationError):
        set_rollback()
        felder = dict(_by_path(exc.detail))
        return Response({"code": "ungueltig", "detail": "Bitte prüfen Sie die Angaben.", "felder": felder}, status=422)
    if isinstance(exc, ParseError):  # the parser's own text is English and quotes the input
        set_rollback()
        mit_dateien = str(context["request"].content_type).startswith("multipart/")
        return Response({"code": "unlesbar", "detail": KEIN_FORMULAR if mit_dateien else KEIN_JSON}, status=400)
    if isinstance(exc, Http404):
        set_rollback()
        return Response({"code": "404", "detail": "Nicht gefunden."}, status=404)
    response = drf_exception_handler(exc, context)
    if isinstance(exc, APIException) and response is not None:
        german = TEXTE.get(response.status_code, "Die Anfrage ist nicht möglich. Bitte prüfen Sie sie.")
        response.data = {"code": str(response.status_code), "detail": german}
    return response
