"""Who is acting: by session or by API key, and whether this host admits her."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from shared_apps.accounts.selectors import get_akteur
from shared_apps.accounts.services import find_user_by_token
from shared_apps.accounts.sessions import SESSION_TENANT, is_worth_something

__all__ = ["SESSION_TENANT", "AkteurMiddleware"]


class AkteurMiddleware:
    """Sets `request.akteur` (None for strangers) before any view, as the bare login role.

    A session made at one host is worth nothing at another, even if its cookie were carried over:
    the session stores the tenant it was made for. A person whose membership ended is signed out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.akteur = None
        request.is_token_auth = False
        header = request.headers.get("Authorization", "")
        if header.startswith("Token ") and request.path.startswith("/api/"):
            request.is_token_auth = True
            user = find_user_by_token(header.removeprefix("Token ").strip())
            request.user = user or AnonymousUser()
        user = request.user
        if user.is_authenticated:
            if request.is_token_auth or is_worth_something(request):
                request.akteur = get_akteur(user=user, tenant=request.tenant, request_id=request.request_id)
            if request.akteur is None:
                if not request.is_token_auth:
                    logout(request)
                request.user = AnonymousUser()
        return self.get_response(request)
