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


def public_host(tenant: Tenant | None) -> str:
    """The host at which links of mails work: the office's first one, or the portal's. From our own table only."""
    return (tenant_host(tenant) if tenant else None) or settings.PORTAL_HOST


def public_base(tenant: Tenant | None) -> str:
    """Scheme, host and port of that host, without a slash at the end; no request has a say in it."""
    usual = {"http": "80", "https": "443"}[settings.PUBLIC_SCHEME]
    port = settings.PUBLIC_PORT
    return f"{settings.PUBLIC_SCHEME}://{public_host(tenant)}{f':{port}' if port and port != usual else ''}"


def find_tenant_of_host(host: str) -> Tenant | None:
    """The office that answers at a host (with or without port); None for the portal and for strangers."""
    name = host.rpartition("/")[2].partition(":")[0].lower()
    domain = Domain.objects.select_related("tenant").filter(domain=name).first()
    return domain.tenant if domain else None
