"""Every route, as a stranger and signed in: headers that keep a page to itself, no copy of anything personal."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from config.access_table import walk
from tenants.models import Tenant
from tests.architecture.test_settings_fail_closed import COMPLETE, start
from tests.people import PASSWORD

pytestmark = pytest.mark.usefixtures("vg", "hro")
UUID = "0199c0de-0000-7000-8000-000000000001"
HOSTS = {"vg.localhost": "config.urls_tenant", "portal.localhost": "config.urls_portal"}
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}
#: Other referrer policies, with their reason: an address with a secret; the portal shows the office its origin.
REFERRER = {"no-referrer", "strict-origin"}


def route_path(route) -> str:
    """A path of the route, with ids that do not exist."""
    values = {"uuid": UUID, "slug": "vg", "int": "1", "str": "x", "path": "x"}
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: values.get(m[1] or "str", "x"), route.path)


def check(response, path: str) -> None:
    for name, value in EXPECTED.items():
        if name == "Referrer-Policy" and response[name] in REFERRER:
            continue
        assert response[name] == value, (path, name, response.get(name))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy, path
    assert "unsafe" not in policy and "*" not in policy, path
    assert "camera=()" in response["Permissions-Policy"], path
    assert "no-store" in response["Cache-Control"], (path, response["Cache-Control"])
    for cookie in response.cookies.values():
        if cookie["max-age"] == 0:
            continue  # taken away
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"], (path, cookie.key)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_strangers_answers(host, method):
    client = Client(SERVER_NAME=host, raise_request_exception=False)
    for path in sorted({route_path(r) for r in walk(HOSTS[host])}):
        check(getattr(client, method)(path), path)


@pytest.mark.parametrize(("name", "host"), [("clara", "vg.localhost"), ("ines", "portal.localhost")])
def test_answers_to_a_person(cast, name, host):
    client = cast.sign_in(name)
    client.raise_request_exception = False
    seen = set()
    for path in sorted({route_path(r) for r in walk(HOSTS[host])}):
        response = client.get(path)
        check(response, path)
        seen.add((response.status_code, response.get("Content-Type", "").partition(";")[0]))
    assert {(200, "text/html"), (200, "application/json"), (404, "text/html")} <= seen, seen


def test_early_answers_have_them_too(vg):
    for client in (Client(SERVER_NAME="xy.localhost"), Client(SERVER_NAME="vg.localhost", enforce_csrf_checks=True)):
        response = client.post("/anmelden/", {"username": "x"})
        assert response.status_code in {403, 404}
        check(response, "early")
    Tenant.objects.filter(pk=vg.pk).update(zustand="WARTUNG")
    cache.clear()
    response = Client(SERVER_NAME="vg.localhost").get("/")
    assert response.status_code == 503
    check(response, "maintenance")


def test_a_person_at_the_api_and_its_csv_are_not_stored(cast):
    for client, path in ((cast.api("clara"), "/api/v1/reservierungen/"), (cast.sign_in("clara"), "/faelle/csv/")):
        response = client.get(path)
        assert response.status_code == 200
        check(response, path)


def test_static_files_may_be_kept_and_belong_to_this_site():
    response = Client(SERVER_NAME="vg.localhost").get("/static/core/sojus.css")
    assert response.getvalue()  # read to its end, it is closed
    assert response.status_code == 200
    assert "no-store" not in response.get("Cache-Control", "")
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_signing_out_clears_what_the_browser_kept(cast):
    cast.user("anna")
    client = Client(SERVER_NAME="vg.localhost")
    client.post("/anmelden/", {"username": "anna", "password": PASSWORD})
    response = client.post("/abmelden/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    check(response, "/abmelden/")


def test_production_has_secure_host_only_cookies_and_hsts():
    """Read in a process of its own: settings are made when they are first read."""
    code = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEVICE_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_SSL_REDIRECT,"
        " s.SESSION_COOKIE_DOMAIN, s.SESSION_IDLE_SECONDS)"
    )
    done = start(COMPLETE, code)
    assert done.returncode == 0, done.stderr[-600:]
    words = done.stdout.split()
    assert words[:3] == ["__Host-sojus-session", "__Host-sojus-csrf", "__Host-sojus-geraet"]
    assert words[3:] == ["True", "True", "63072000", "True", "True", "None", "900"]
    assert settings.SESSION_COOKIE_HTTPONLY
