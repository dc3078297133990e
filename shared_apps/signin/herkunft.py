"""Where an attempt to sign in comes from: the network, and whether this browser has signed this person in before.

Nothing of it is stored in the clear: the throttle keeps keyed hashes, for a quarter of an hour or (codes) a day, and
until the hourly job that clears what is older than a day.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

_SALT = "sojus.geraet"
_AGE = 180 * 24 * 3600
#: People who share a browser.
_NAMES_MAX = 8


@dataclass(frozen=True, slots=True)
class Herkunft:
    """netz: the sender's network. geraet: id of a browser that signed this very person in before, else empty."""

    netz: str
    geraet: str = ""


def find_herkunft(request: HttpRequest, username: str) -> Herkunft:
    """Network and known device of this request, for this name."""
    cookie = _read(request)
    is_known = _name(request, username) in cookie.get("n", [])
    return Herkunft(netz=_network(request), geraet=cookie.get("i", "") if is_known else "")


def remember_device(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """After a good sign-in: a stranger's failures elsewhere no longer keep this browser out."""
    cookie, name = _read(request), _name(request, username)
    others = [n for n in cookie.get("n", []) if n != name]
    names = [*others[1 - _NAMES_MAX :], name]
    value = signing.dumps({"i": cookie.get("i") or secrets.token_hex(16), "n": names}, salt=_SALT)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        value,
        max_age=_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict:
    try:
        return signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=_AGE)
    except signing.BadSignature:
        return {}


def _name(request: HttpRequest, username: str) -> str:
    """The name as the cookie carries it, bound to this host."""
    text = f"{request.get_host()}|{username.strip().lower()}"
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()[:24]


def _network(request: HttpRequest) -> str:
    """The sender's network: /24 of IPv4, /48 of IPv6. Behind our proxy the last address of its header counts."""
    sender = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        sender = request.headers.get("X-Forwarded-For", sender).rpartition(",")[2].strip()
    try:
        address = ip_address(sender)
    except ValueError:
        return "unbekannt"
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))
