"""Request id and security headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_plus
from uuid import uuid4

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from config.error_views import bad_request, domain_error
from shared_apps.core.errors import Gestoert
from shared_apps.core.uploads.handler import check_room

#: No C1: a header may be UTF-8, and its bytes are read as Latin-1.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
#: What a page may use of the device: nothing.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
        "idle-detection", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb",
        "xr-spatial-tracking",
    )
)  # fmt: skip


class RequestIdMiddleware:
    """One random id per request, in the answer and in the trail. Never taken from outside."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = str(uuid4())
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id
        return response


class ContentPolicyMiddleware:
    """django-csp, with the one policy of all pages put together once; a page that adds to it has its own made."""

    _OWN = ("_csp_update", "_csp_replace", "_csp_config", "_csp_exempt")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.csp = CSPMiddleware(get_response)
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG or any(hasattr(response, own) for own in self._OWN):
            self.csp.process_response(request, response)  # sets the header
            return response
        response.setdefault(HEADER, self.policy)
        return response


class ControlCharactersMiddleware:
    """Control characters in what no person types: nobody behind this line has to think of them (ADR 0031).

    In a path or a header, and NUL in a query: the request cannot be read (400). In a cookie (quoted, they pass every
    server): the cookie was not sent, so whoever has a broken one signs in again instead of being locked out. What is
    typed into forms and bodies is the fields' business, and they answer by field.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        headers = [str(wert) for name, wert in request.META.items() if name.startswith("HTTP_")]
        query = unquote_plus(request.META.get("QUERY_STRING", ""), errors="replace")
        if any(map(_CONTROL.search, [request.path_info, *headers])) or "\x00" in query:
            return bad_request(request, SuspiciousOperation())
        for name in [name for name, wert in request.COOKIES.items() if _CONTROL.search(name + wert)]:
            del request.COOKIES[name]
        return self.get_response(request)


class RoomMiddleware:
    """A form whose file found no room on disk is not handed on without it: it says so, and what was typed is kept.

    Comes after the one that asks for CSRF and after the drafts, before the view. The API's parser asks itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if request.content_type != "multipart/form-data" or request.path.startswith("/api/"):
            return None
        bool(request.POST)  # reads it
        try:
            check_room(request)
        except Gestoert as error:
            return domain_error(request, error)
        return None


class SecurityHeadersMiddleware:
    """Pages are personal: nothing is stored on disk or in a proxy, nothing is framed, embedded or read from elsewhere.

    Comes before everything that may answer early (unknown host, maintenance, a refused form), so those answers have
    the headers, too. Only a view that shows no person (a photo of rooms) says otherwise about its own answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        response.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        response.setdefault("Cache-Control", "no-store")
        return response
