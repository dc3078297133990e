"""Who operates. `tenants` is below accounts, so the acting person is only known by her role codes here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Protocol

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


class HasRoles(Protocol):
    """What is needed of `shared_apps.accounts.akteur.Akteur`."""

    @property
    def rollen(self) -> frozenset[str]: ...


def may_operate(akteur: HasRoles) -> bool:
    """The operator; she sees technical state, never content."""
    return "BETRIEB" in akteur.rollen


def operators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The counterpart of `@require(may_operate)`; the policy is kept on the view as data."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.akteur is None:
            return redirect_to_login(request.get_full_path())
        if not may_operate(request.akteur):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.policy = may_operate  # type: ignore[attr-defined]  # a mark on a function
    return guarded
