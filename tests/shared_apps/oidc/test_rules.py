"""Which addresses are asked: the internet's, and those of the networks that the operator names."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from shared_apps.oidc.rules import compute_server, may_be_asked

INSIDE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.1.2.3", "169.254.169.254", "172.16.0.1", "192.0.0.8",
    "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:10.1.2.3", "::ffff:127.0.0.1", "64:ff9b::a01:203", "64:ff9b:1::a01:203",
    "100::1", "2001:db8::1", "2001:0:4136:e378::1", "2002:a01:203::1", "4000::1", "fc00::1", "fd12:3456::1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "93.184.215.14", "::ffff:8.8.8.8", "64:ff9b::808:808", "2001:4860:4860::8888", "2a00:1450::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_inside__is_not_asked(address):
    assert not may_be_asked(address, [])


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside__is_asked(address):
    assert may_be_asked(address, [])


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("64:ff9b::a01:203", True),
        ("10.2.2.3", False),
        ("fd12:3456::9", True),
        ("fd12:3457::9", False),
        ("127.0.0.1", False),
        ("8.8.8.8", True),
    ],
)
def test_named_network__is_asked_and_no_other(address, asked):
    assert may_be_asked(address, [ip_network("10.1.0.0/16"), ip_network("fd12:3456::/32")]) is asked


@pytest.mark.parametrize(
    ("server", "addresses"),
    [
        ("idp.example:443", ["https://idp.example", "https://IDP.example:443/b", "https://x@idp.example/b?c",
                             "https://idp.example./", "https://idp.example\u3002/", "https://ｉｄｐ.example/"]),
        ("idp.example:8443", ["https://idp.example:8443/", "https://x:y@idp.example:8443"]),
        ("xn--mritz-kva.example:443", ["https://müritz.example/", "https://MÜRITZ.example./", "https://xn--mritz-kva.example"]),
        ("2a00::1:443", ["https://[2a00::1]/", "https://[2a00:0:0:0:0:0:0:1]:443/"]),
        ("8.8.8.8:443", ["https://8.8.8.8/", "https://[::ffff:8.8.8.8]/", "https://[::ffff:808:808]/"]),
        ("idp.example:80", ["http://idp.example/", "http://idp.example:80/"]),
    ],
)  # fmt: skip
def test_one_server__is_the_same_however_it_is_written(server, addresses):
    assert {compute_server(address) for address in addresses} == {server}


@pytest.mark.parametrize("address", ["https://idp.example:99999/", "https://[::1/", "", "quatsch", "https://a..b/"])
def test_no_address_of_a_server__is_nobodys_place(address):
    assert compute_server(address) != compute_server("https://idp.example/")
