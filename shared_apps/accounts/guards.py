"""`@require(policy)` or `@public("why")`: the first line of every view."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from shared_apps.accounts.akteur import Akteur

Policy = Callable[[Akteur], bool]


def anyone(akteur: Akteur) -> bool:
    """Everybody who is signed in at this host."""
    return True


def public(reason: str) -> Callable:
    """Mark a view that everybody may call without signing in, and say why; docs/access.md says so."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        view.public = reason  # type: ignore[attr-defined]  # a mark on a function
        return view

    return decorate


def secret_address(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view whose address holds a secret (a link that sets a password, a code): it is passed on to no other
    address, neither as the way back (`way_back`) nor by the browser as referrer (`GateMiddleware`)."""
    view.has_secret_address = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def way_back(request: HttpRequest, view: Callable | None = None) -> str:
    """Where `next` leads back to after a sign-in or one of its steps; "" when that address holds a secret."""
    return "" if has_secret_address(request, view) else request.get_full_path()


def has_secret_address(request: HttpRequest, view: Callable | None = None) -> bool:
    """Whether this request's own address may not be passed on."""
    return getattr(view or getattr(request.resolver_match, "func", None), "has_secret_address", False)


def require(policy: Policy) -> Callable:
    """Let the view run only when `policy(akteur)` holds; the policy is kept on the view as data."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.akteur is None:
                return redirect_to_login(way_back(request) or "/")
            if not policy(request.akteur):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.policy = policy  # type: ignore[attr-defined]  # a mark on a function
        return guarded

    return decorate
