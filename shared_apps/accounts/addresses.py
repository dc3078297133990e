"""Absolute addresses of other hosts, with the scheme and port under which this one was called."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from tenants.models import Domain, Tenant

#: Longest path that a ticket or a sign-in carries on.
MAX_PATH = 300


def local_path(path: str) -> str:
    """A path on the same host, or "/" when it is anything else."""
    is_local = path.startswith("/") and len(path) <= MAX_PATH and path.isprintable()
    return path if is_local and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "/"


def address(request: HttpRequest, host: str, path: str = "/") -> str:
    """`path` on another host of this portal."""
    port = request.get_host().partition(":")[2]
    return f"{request.scheme}://{host}{':' + port if port else ''}{path}"


def portal_address(request: HttpRequest, path: str = "/") -> str:
    """`path` on the state portal."""
    return address(request, settings.PORTAL_HOST, path)


def tenant_host(tenant: Tenant) -> str | None:
    """The first host name of a youth office."""
    domain = Domain.objects.filter(tenant=tenant).order_by("-is_primary", "pk").first()
    return domain.domain if domain else None
