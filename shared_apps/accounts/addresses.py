"""Absolute addresses of other hosts, with the scheme and port under which this one was called."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from tenants.models import Domain, Tenant


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
