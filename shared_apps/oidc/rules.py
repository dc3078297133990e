"""Which addresses a sign-in server may have, and which server an address means: whoever types it must not send us into
the internal network, nor have one server count as several."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: All that is given out to machines on the internet.
_UNICAST = IPv6Network("2000::/3")
#: What a gateway makes of an IPv4 address where the network has none (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")
#: Not for machines on the internet, though `is_global` says so: protocols, and the gateways of 6to4.
_SPECIAL = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))


PORTS = {"http": 80, "https": 443}


def compute_server(address: str) -> str:
    """Host and port of an address, the same for all ways to write it: case, a dot at the end, the usual port, letters
    beyond ASCII, a user, an IPv6 address with or without its zeros."""
    try:
        url = urlsplit(address)
        host, port = (url.hostname or "").rstrip("."), url.port or PORTS.get(url.scheme, 0)
    except ValueError:
        return address  # of no server, and nobody will be asked
    try:
        host = str(_reached(ip_address(host)))
    except ValueError:
        with suppress(UnicodeError):
            host = host.encode("idna").decode().lower().rstrip(".")
    return f"{host}:{port}"


def names_user(address: str) -> bool:
    """Whether an address carries a user ("https://user@host/"), which says nothing about the server."""
    return "@" in urlsplit(address).netloc


def may_be_asked(address: str, networks: Sequence[Network]) -> bool:
    """Whether this address, as the resolver gives it, is on the internet or in a network that the operator names."""
    found = _reached(ip_address(address))
    return _is_public(found) or any(found in network for network in networks)


def _reached(address: Address) -> Address:
    """Which machine that is: some IPv6 addresses only wrap an IPv4 address."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public(address: Address) -> bool:
    """Python calls some multicast and reserved addresses global; these are none of a server's."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address):
        return address in _UNICAST
    return not any(address in special for special in _SPECIAL)
