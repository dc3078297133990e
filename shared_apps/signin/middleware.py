"""Who is acting: by session or by API key, and whether this host admits her."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.selectors import build_akteur
from shared_apps.signin.herkunft import remember_device
from shared_apps.signin.selectors.admission import Admission, load_admission
from shared_apps.signin.services import find_token
from shared_apps.signin.session_store import SessionStore
from shared_apps.signin.sessions import SESSION_TENANT, Sitzungsstand, check_session, describe_expired, end_session


def _akteur(request: HttpRequest, admission: Admission) -> Akteur | None:
    return build_akteur(
        user=admission.user,
        memberships=admission.memberships,
        tenant=request.tenant,
        request_id=request.request_id,
    )


__all__ = ["SESSION_TENANT", "AkteurMiddleware"]


class AkteurMiddleware:
    """Sets `request.akteur` (None for strangers) before any view, as `sojus_dienst` (ADR 0028).

    A session made at one host is worth nothing at another, even if its cookie were carried over:
    the session stores the tenant it was made for. A person whose membership ended is signed out.
    A key works at the host it was made for, under `/api/` only. `request.expired` says which session of whom
    has run out, so that nothing she typed is lost. The session of somebody this host no longer admits is ended, run out
    or not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.akteur = None
        request.is_token_auth = False
        request.token_scopes = frozenset()
        request.expired = None
        request.admission = None
        header = request.headers.get("Authorization", "")
        if header.startswith("Token ") and request.path.startswith("/api/"):
            self._by_token(request, header.removeprefix("Token ").strip())
        elif admission := load_admission(cast(SessionStore, request.session), tenant=request.tenant):
            if admission.is_hers:
                request.user = admission.user
            if request.user.is_authenticated:  # or Django has tried earlier keys, and ended the session
                self._by_session(request, admission)
        response = self.get_response(request)
        if name := getattr(request, "signed_in_name", ""):
            remember_device(request, response, name)
        return response

    @staticmethod
    def _by_token(request: HttpRequest, key: str) -> None:
        request.is_token_auth = True
        request.user = AnonymousUser()
        found = find_token(key=key, tenant=request.tenant)
        if found is None:
            return
        token, admission = found
        request.akteur = _akteur(request, admission)
        if request.akteur is not None:
            request.user = admission.user
            request.token_scopes = frozenset(token.umfang)

    @staticmethod
    def _by_session(request: HttpRequest, admission: Admission) -> None:
        stand = check_session(request, admission)
        if stand is Sitzungsstand.FREMD:
            request.user = AnonymousUser()
            return
        akteur = None if stand is Sitzungsstand.WERTLOS else _akteur(request, admission)
        if akteur is None:
            end_session(request)
            request.user = AnonymousUser()
        elif stand is Sitzungsstand.ABGELAUFEN:
            request.expired = describe_expired(request)
            request.user = AnonymousUser()
        else:
            request.akteur, request.admission = akteur, admission
