"""Every API view declares its policy as data; without a declaration nobody gets in."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission


def _action(view: Any, method: str) -> str:
    """What a view set does with the method; OPTIONS asks for each method, whatever it is itself."""
    return (getattr(view, "action_map", None) or {}).get(method, "")


class DeclaredPermission(BasePermission):
    """Asks `view.policy`, a mapping of action (or HTTP method) to `policy(akteur) -> bool`.

    A key additionally needs the scope that `view.scopes` names for the action: no scope named, no entry.
    """

    message = "Dazu fehlt Ihnen das Recht."

    def has_permission(self, request: Any, view: Any) -> bool:
        akteur = getattr(request._request, "akteur", None)
        if akteur is None:
            return False
        table = getattr(view, "policy", {})
        method = "get" if request.method == "HEAD" else request.method.lower()  # HEAD runs what GET runs
        action = _action(view, method)
        check = table.get(action) or table.get(method)
        if check is None and method == "options":
            return True
        return bool(check and check(akteur)) and self._is_in_scope(request, view, action, method)

    @staticmethod
    def _is_in_scope(request: Any, view: Any, action: str, method: str) -> bool:
        if not request._request.is_token_auth:
            return True
        scopes = getattr(view, "scopes", {})
        needed = scopes.get(action) or scopes.get(method)
        return needed is not None and needed in request._request.token_scopes
