"""From host name to tenant, and the fence around every view."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from tenants.context import at_sign_in, in_tenant, in_tenant_portal, on_portal
from tenants.db.patience import DEADLOCK, sqlstate
from tenants.door.readiness import find_hindernis
from tenants.models import Domain, Tenant, TenantZustand
from tenants.tables.reads import ReadNotRecorded, Reads, is_exempt, tracking

logger = logging.getLogger(__name__)

#: A change of a host or of its state is seen everywhere after this many seconds.
CACHE_SECONDS = 30
_READING = {"GET", "HEAD"}
#: What a page meets when a row it counts on is missing: it does not exist, is None, or is not among what was found.
_OF_MISSING_ROWS = (ObjectDoesNotExist, AttributeError, TypeError, LookupError, ValueError)
#: What a machine is told when it asks an office in maintenance.
RETRY_AFTER_SECONDS = 300
#: Acting person of a request that nobody has signed in for.
NIEMAND = UUID(int=0)


def runs_without_fence(view: Callable) -> Callable:
    """Mark a view (sign-in, one's own account, health) that works on accounts and sessions, outside any tenant."""
    view.runs_without_fence = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def counts_first(count: Callable[..., Any]) -> Callable[[Callable], Callable]:
    """Before the view's transaction begins, call `count(request, **kwargs)`; the view finds the answer as
    `request.counted`.

    For attempts: what was counted stays, whatever becomes of the request, and nobody waits for its end.
    """

    def mark(view: Callable) -> Callable:
        view.counts_first = count  # type: ignore[attr-defined]  # a mark on a function
        return view

    return mark


def runs_without_transaction(view: Callable) -> Callable:
    """Mark a view that asks somebody else's server: it opens `at_sign_in_of(request)` around what it does here, before
    and after, so that no connection waits for an answer from outside. Never one that reads people's data.
    """
    marked: Any = runs_without_fence(view)
    marked.runs_without_transaction = True
    return marked


def runs_on_shared_tables(view: Callable) -> Callable:
    """Mark a view that works on shared tables at every host, as on the portal, never as the office's role.

    For the administration of people (ADR 0014): no tenant role reads users. The acting person is known to the
    database; the view narrows its rows by `request.akteur`.
    """
    view.runs_on_shared_tables = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def find_tenant(host: str) -> Tenant | None:
    """The tenant of a host name without port, or None."""
    key = f"tenants.host.{host}"
    tenant = cache.get(key)
    if tenant is None:
        domain = Domain.objects.select_related("tenant").filter(domain=host).first()
        tenant = domain.tenant if domain else None
        if tenant is not None:
            cache.set(key, tenant, CACHE_SECONDS)
    return tenant


def choose_fence(request: HttpRequest, view: Callable | None = None) -> AbstractContextManager:
    """The weakest role that can serve this request (docs/adr/0016).

    The tenant's own role is for people of the office only. Providers run under its portal role, and so does a
    stranger, who then has no provider and sees no row. Whoever was both would run as the provider.
    Views marked `runs_on_shared_tables` run as on the portal at every host.
    """
    akteur = getattr(request, "akteur", None)
    # Without a person it would run with the rights of a job: strangers act as nobody, not as the system.
    user_id, request_id = akteur.user_id if akteur else NIEMAND, getattr(request, "request_id", "")
    office = None if getattr(view, "runs_on_shared_tables", False) else request.tenant
    if office and akteur and akteur.ist_amt and not akteur.ist_anbieter:
        return in_tenant(office, user_id=user_id, request_id=request_id)
    door = partial(in_tenant_portal, office) if office else on_portal
    return door(
        user_id=user_id,
        request_id=request_id,
        anbieter_ids=akteur.anbieter_ids if akteur else (),
        einrichtung_ids=akteur.einrichtung_ids if akteur else (),
    )


def _is_provider_at_an_office(request: HttpRequest) -> bool:
    akteur = getattr(request, "akteur", None)
    return bool(request.tenant and akteur and akteur.ist_anbieter)


def at_sign_in_of(request: HttpRequest) -> AbstractContextManager:
    """`at_sign_in` for whoever sent this request."""
    akteur = getattr(request, "akteur", None)
    return at_sign_in(user_id=akteur.user_id if akteur else None, request_id=getattr(request, "request_id", ""))


class TenantMiddleware:
    """Sets `request.tenant` (None on the portal) and the URL conf. An unknown host is 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.get_host().rsplit(":", 1)[0].lower()
        request.tenant = None
        if host == settings.PORTAL_HOST or request.path == "/gesundheit/":
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            return self.get_response(request)
        tenant = find_tenant(host)
        if tenant is None or tenant.zustand == TenantZustand.STILLGELEGT:
            return HttpResponseNotFound(
                "Unter dieser Adresse gibt es kein Jugendamt. Bitte prüfen Sie die Adresse.",
                content_type="text/plain; charset=utf-8",
            )
        request.tenant = tenant
        request.urlconf = settings.ROOT_URLCONF
        if tenant.zustand == TenantZustand.WARTUNG or find_hindernis(tenant):
            return _maintenance(request, tenant)
        return self.get_response(request)


def _maintenance(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """One office is closed or was not brought up by the last release; all others and the portal go on working."""
    text = f"{tenant.name}: Hier wird gerade gewartet. Bitte versuchen Sie es in einigen Minuten noch einmal."
    if request.path.startswith("/api/"):
        answer: HttpResponse = JsonResponse({"code": "503", "detail": text}, status=503)
    else:
        answer = HttpResponse(render_to_string("503.html", {"amt": tenant.name}), status=503)
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _require_entry(request: HttpRequest, view: Callable, response: HttpResponse, reads: Reads) -> None:
    """No log, no data: raise inside the transaction when rows of people are shown and no entry says so."""
    shows = not 300 <= response.status_code < 400 and response.status_code != 204
    if not reads.loaded or not shows or is_exempt(view) or connection.needs_rollback:
        return
    if not reads.entries:
        raise ReadNotRecorded(
            f"{request.resolver_match.route}: {sorted(reads.loaded)} were read without record_access();"
            " a view that shows no person is marked with tenants.tables.reads.shows_no_person(reason)"
        )
    if reads.unnamed:
        import_string(settings.READS_RECORDER)(request, sorted(reads.unnamed))


class FenceMiddleware:
    """Runs the view, and the rendering of what it returns, in one fenced transaction.

    No statement of it may run longer than `DB_STATEMENT_SECONDS`: one page must not hold a worker and a connection.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.statement_seconds = settings.DB_STATEMENT_SECONDS
        try:
            return self.get_response(request)
        finally:
            connection.statement_seconds = 0

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if count := getattr(view, "counts_first", None):
            request.counted = count(request, **kwargs)
        try:
            try:
                response = self._work(request, view, args, kwargs)
            except OperationalError as error:
                if request.method not in _READING or sqlstate(error) != DEADLOCK:
                    raise
                # Nothing was written, nobody has seen anything: the page is asked once more instead of a 500.
                logger.warning("A page was the victim of a deadlock and is asked again")
                response = self._work(request, view, args, kwargs)
            except _OF_MISSING_ROWS as error:
                if request.method not in _READING or not _is_provider_at_an_office(request):
                    raise
                # Behind her views (ADR 0016) a page is read in several statements. Between two of them the office can
                # take a person out of her sight: asked once more, the page is a 404 or goes without the person, in
                # whichever way it had failed. A fault of ours fails again, and is a 500.
                logger.warning(
                    "A provider's page failed while it was read and is asked again: %s", type(error).__name__
                )
                response = self._work(request, view, args, kwargs)
        except Exception as error:
            answer = self.process_exception(request, error)
            if answer is None:
                raise
            return answer
        return response

    @staticmethod
    def _work(request: HttpRequest, view: Callable, args: tuple, kwargs: dict[str, Any]) -> HttpResponse:
        if getattr(view, "runs_without_transaction", False):
            return view(request, *args, **kwargs)
        outside = getattr(view, "runs_without_fence", False)
        with tracking() as reads, at_sign_in_of(request) if outside else choose_fence(request, view):
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
            if not outside:
                _require_entry(request, view, response, reads)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A broken rule that no view has caught becomes its page, after the transaction was rolled back."""
        return import_string(settings.DOMAIN_ERROR_VIEW)(request, exception)
