"""DRF takes over what the middleware found; sessions additionally need the CSRF token."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import SessionAuthentication


class AkteurAuthentication(SessionAuthentication):
    """`Authorization: Token …` or the session of this host."""

    def authenticate(self, request: Any) -> Any:
        inner = request._request
        if getattr(inner, "akteur", None) is None:
            return None
        if not inner.is_token_auth:
            self.enforce_csrf(request)
        return inner.user, None

    def authenticate_header(self, request: Any) -> str:
        return "Token"
